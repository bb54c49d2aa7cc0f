"""What a job warns of: its log's structured lines of level WARNING, and lines of Glue's logger of that level."""

import json
import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from local_glue.runs import SAYING, printable

TIMES, LEVELS = ("time", "timestamp", "ts", "asctime"), ("level", "levelname", "severity")
WARNINGS = ("WARN", "WARNING")
SHOWN = 5
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARN(?:ING)? (.+)")
"""A line of the usual form of Python's logging; Spark's own warnings begin in another way."""


def warnings_of(log: Path, known: Collection[str] = ()) -> dict[str, int]:
    """How often a job warned of what, in the order in which it did first; empty without a log.

    Args:
        log: The log of a job run.
        known: Values that the reader knows, such as the run's id; fields with one of them are left out.
    """
    found: Counter[str] = Counter()
    if log.exists():
        with log.open(encoding="utf-8", errors="replace") as lines:
            found.update(text for line in lines if "WARN" in line.upper() and (text := _warning(line, known)))
    return dict(found)


def shown_of(warned: dict[str, int]) -> list[str]:
    """The first `SHOWN` warnings as lines for people, and how many more there are."""
    lines = [f"{text} ({count} times)" if count > 1 else text for text, count in warned.items()]
    rest = len(lines) - SHOWN
    return [*lines[:SHOWN], *([f"… and {rest} more: see its log"] if rest > 0 else [])]


def _warning(line: str, known: Collection[str]) -> str:
    if plain := _PLAIN.match(line):
        return printable(plain[1].strip())
    try:
        entry = json.loads(line)
    except ValueError:
        return ""
    if not isinstance(entry, dict) or str(take(entry, LEVELS)).upper() not in WARNINGS:
        return ""
    text = take(entry, SAYING)
    take(entry, TIMES)
    # A field that the text says already tells nothing.
    fields = {key: as_text(value) for key, value in entry.items()}
    rest = ", ".join(f"{key}={value}" for key, value in fields.items() if value not in known and value not in text)
    return printable(f"{text} ({rest})" if rest else text)


def take(entry: dict[str, Any], names: Collection[str]) -> str:
    """The first of these keys' values that is not empty, taken out of a structured line; "" if there is none."""
    return next((str(entry.pop(name)) for name in names if entry.get(name)), "")


def as_text(value: Any) -> str:
    """A field's value as people read it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
