"""Judges single lines of files in plain Python, written from docs/tables.md: what is wrong with each, or its values.

It shares no code with `glue_jobs`; of the contracts it reads the fields alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from oracle import csv_text, json_text
from oracle.texts import EPOCH

BOM = "\ufeff"
CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True)
class Verdict:
    """What a row has: the rules it breaks in their order and, without errors, warnings and values by field."""

    reasons: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


def judge(dataset: Any, lines: Iterable[str], *, header: str, run_start: datetime) -> list[tuple[str, Verdict]]:
    """The rows of one file: each line's text as a row keeps it, and its verdict; blank lines and headers are no rows.

    Args:
        dataset: The contract.
        lines: In the order of the file, without line ends; all but the header.
        header: The first line, without byte order mark; "" for JSON.
        run_start: UTC.
    """
    latest = latest_micros(run_start)
    lines = list(lines)
    if dataset.file_format == "json":
        kept = [line.lstrip(BOM) for line in lines]
        return [(line, _verdict(*json_text.judge(dataset, line, latest))) for line in kept if not is_blank(line)]
    names = csv_text.column_names(header)
    parts = csv_text.parts_of_records(lines, width=len(names))
    rows = [line for line in lines if not is_blank(line) and line not in (header, BOM + header)]
    return [(line, _verdict(*csv_text.judge(dataset, line, latest, names, line in parts))) for line in rows]


def latest_micros(run_start: datetime) -> int:
    """The last time that is possible, as microseconds since 1970."""
    return (run_start.astimezone(UTC) + CLOCKS_DIFFER - EPOCH) // timedelta(microseconds=1)


def is_blank(line: str) -> bool:
    """Whether there is nothing but spaces and control characters."""
    return all(character <= " " for character in line)


def _verdict(reasons: list[str], warnings: list[str], values: dict[str, Any]) -> Verdict:
    return Verdict(tuple(reasons)) if reasons else Verdict((), tuple(warnings), values)
