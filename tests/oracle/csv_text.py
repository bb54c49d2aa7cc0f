"""Judges a line of CSV in plain Python, character by character."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from oracle.texts import is_required, max_bytes, out_of_bounds, value_of

NUL, NUL_SHOWN = "\x00", "\ufffd"
LONGEST_RECORD = 1 << 20


def judge(
    dataset: Any, line: str, latest: int, names: Sequence[str], in_record: bool
) -> tuple[list[str], list[str], dict[str, Any]]:
    """Reasons, warnings and values of a line under a header of these names; times are possible up to `latest`."""
    reasons = ["nul_byte"] if NUL in line else []
    fields = split(line.replace(NUL, NUL_SHOWN))
    if fields is None:
        return [*reasons, "unbalanced_quotes"], [], {}
    reasons += ["multiline_record"] if in_record else []
    if len(fields) != len(names):
        return [*reasons, "ragged_row"], [], {}
    warnings, values = [], {}
    for field in dataset.fields:
        text = _text(field, fields, names)
        value = value_of(field, text) if text else None
        limit = max_bytes(field)
        if not text and is_required(field):
            reasons.append(f"{field.name}_empty")
        if not text and field.empty == "warning":
            warnings.append(f"{field.name}_missing")
        if limit and len(text.encode()) > limit:
            reasons.append("value_too_long")
        if text and value is None:
            reasons.append(f"{field.name}_invalid")
        if broken := out_of_bounds(field, value):
            reasons.append(broken)
        if field.name == dataset.time_field and value is not None and value > latest:
            reasons.append(f"{field.name}_future")
        values[field.name] = value
    return reasons, warnings, values


def column_names(header: str) -> list[str]:
    """The names in a header: case, quotes and spaces do not count."""
    (names,) = csv.reader([header])
    return [name.strip().strip('"').strip().lower() for name in names]


def split(line: str) -> list[str] | None:
    """The fields of a line; None where a quote is not closed when its field ends."""
    fields, at = [], 0
    while True:
        start = at
        while line.startswith(" ", at):
            at += 1
        if line.startswith('"', at):
            found = _quoted(line, at)
            if found is None:
                return None
            text, at = found
        else:
            end = line.find(",", start)
            text, at = line[start : end if end >= 0 else len(line)], end if end >= 0 else len(line)
            if text.count('"') % 2:
                return None
        fields.append(text)
        if at == len(line):
            return fields
        at += 1


def _quoted(line: str, at: int) -> tuple[str, int] | None:
    """The text between quotes from `at` on, and where the field ends."""
    text = ""
    while True:
        end = line.find('"', at + 1)
        if end < 0:
            return None
        text += line[at + 1 : end]
        at = end
        if not line.startswith('"', end + 1):
            break
        text, at = text + '"', end + 1
    at += 1
    while line.startswith(" ", at):
        at += 1
    return (text, at) if at == len(line) or line[at] == "," else None


def _text(field: Any, fields: Sequence[str], names: Sequence[str]) -> str:
    """The field's text without spaces around it; a column may have another name, or be missing."""
    known = next((name for name in (field.name, *field.also_named) if name in names), None)
    return "" if known is None else fields[names.index(known)].strip(" ")


def parts_of_records(lines: Sequence[str], *, width: int) -> set[str]:
    """The lines of well-formed records of several lines."""
    parts, begun = set(), None
    for number, line in enumerate(lines):
        if begun is not None and sum(len(part.encode()) for part in lines[begun : number + 1]) > LONGEST_RECORD:
            begun = None if line.count('"') % 2 == 0 else number
        elif line.count('"') % 2:
            if begun is None:
                begun = number
            elif _fields_of_record(lines[begun : number + 1]) == width:
                parts.update(lines[begun : number + 1])
                begun = None
            else:
                begun = number
    return parts


def _fields_of_record(lines: Sequence[str]) -> int | None:
    try:
        (record,) = csv.reader(io.StringIO("\n".join(lines)), strict=True)
    except (csv.Error, ValueError):
        return None
    return len(record)
