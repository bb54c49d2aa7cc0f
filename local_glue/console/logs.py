"""Logs as pages show them: structured lines as time, level, text and the rest; all other lines as they are."""

import json
from collections.abc import Collection
from datetime import datetime

from local_glue.runs import SAYING
from local_glue.warned import LEVELS, TIMES, as_text, take


def readable(log: str, known: Collection[str] = ()) -> str:
    """The log with its JSON lines rewritten.

    Args:
        log: The lines of a log.
        known: Values that the page says already, such as the run's id; they are left out.
    """
    return "\n".join(_line(line, known) if line.startswith("{") else line for line in log.split("\n"))


def _line(line: str, known: Collection[str]) -> str:
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    text = take(entry, SAYING)
    if not text:
        return line
    moment, level = _clock(take(entry, TIMES)), take(entry, LEVELS)
    rest = [f"{key}={as_text(value)}" for key, value in entry.items() if value not in known]
    return "  ".join(part for part in (moment, level, text, " ".join(rest)) if part)


def _clock(moment: str) -> str:
    try:
        return f"{datetime.fromisoformat(moment):%H:%M:%S}"
    except ValueError:
        return moment
