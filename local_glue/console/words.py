"""How pages say states, times and sizes."""

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from local_glue.runs import outcome, printable, root, seconds

if TYPE_CHECKING:
    from flask import Flask

STATES = {
    "SUCCEEDED": ("good", "✓"),
    "RUNNING": ("busy", "●"),
    "STARTING": ("busy", "●"),
    "STOPPING": ("fair", "■"),
    "STOPPED": ("fair", "■"),
    "WAITING": ("idle", "○"),
    "not run": ("idle", "○"),
}
"""The class and the sign of each state; any other is bad."""

ACTIVE = ("RUNNING", "STARTING", "STOPPING", "WAITING")
SHOWN_ID = 11
NO_BREAK = "\N{NO-BREAK SPACE}"


def install(app: "Flask") -> None:
    """Gives templates these words as filters."""
    filters = (kind, sign, took, clock, ago, size, short_id, outcome, seconds, root, printable)
    app.jinja_env.filters.update({function.__name__: function for function in filters})
    app.jinja_env.globals["ACTIVE"] = ACTIVE


def kind(state: str) -> str:
    """The class of a state."""
    return STATES.get(state, ("bad", ""))[0]


def sign(state: str) -> str:
    """The sign beside a state, for eyes that see no colours."""
    return STATES.get(state, ("", "✕"))[1]


def took(value: float | None) -> str:
    """A time span: 0.4 s, 12 s, 3 min 5 s, 2 h 10 min; its blanks do not break."""
    return "" if value is None else _took(value).replace(" ", NO_BREAK)


def _took(value: float) -> str:
    whole = round(value)
    if value < 9.95:
        return f"{value:.1f} s"
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def clock(value: datetime | None) -> str:
    """A moment in UTC, to the second."""
    return f"{value.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S}" if value else ""


def ago(value: datetime, now: datetime | None = None) -> str:
    """How long ago a moment was, in its largest unit."""
    past = max(0.0, ((now or datetime.now(timezone.utc)) - value).total_seconds())
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if count := int(past // length):
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def size(value: Any) -> str:
    """A number of bytes."""
    number = float(value)
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def short_id(run_id: str) -> str:
    """The beginning of a run's id, which is enough to tell it from others, and which attempt it is."""
    first, attempt, number = run_id.partition("_attempt_")
    return first[:SHOWN_ID] + (f" attempt {int(number) + 1}" if attempt and number.isdigit() else "")
