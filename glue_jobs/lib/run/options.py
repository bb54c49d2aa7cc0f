"""What one run may set, and how the text of each option is read; a wrong one raises ValueError with what it takes."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

NEW_COLUMNS = IGNORE, WARN, REJECT = "ignore", "warn", "reject"
"""What to do with a file that has columns of which the contract knows nothing."""


def _date(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("a date, YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as cause:
        raise ValueError("a date that exists, YYYY-MM-DD") from cause


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError as cause:
        raise ValueError("a number from 0 to 1") from cause
    if not 0 <= rate <= 1:
        raise ValueError("a number from 0 to 1")
    return rate


def _days(text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text):
        raise ValueError("a whole number of days, 0 or more")
    return int(text)


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("true or false")
    return text.lower() == "true"


def _quarantine_prefix(text: str) -> str:
    if not re.fullmatch(r"quarantine/[a-z_]+/.*", text) or text.startswith(
        ("quarantine/files/", "quarantine/replayed/")
    ):
        raise ValueError(
            "a prefix of rows in the lake bucket, such as quarantine/streams/ or quarantine/streams/run_id=…/"
        )
    return text


def _new_columns(text: str) -> dict[str, str]:
    named = dict(pair.rpartition(":")[::2] for pair in text.split(","))
    if not set(named.values()) <= {*NEW_COLUMNS}:
        raise ValueError(f"{', '.join(NEW_COLUMNS)}, or that for each dataset, such as streams:reject,users:warn")
    return named


OPTIONS: dict[str, Callable[[str], Any]] = {
    "from_date": _date,
    "to_date": _date,
    "recompute": _flag,
    "dry_run": _flag,
    "full": _flag,
    "replay": _quarantine_prefix,
    "max_reject_rate": _rate,
    "pending_days": _days,
    "new_columns": _new_columns,
}
"""What one run may set; every value also works as a workflow run property."""
