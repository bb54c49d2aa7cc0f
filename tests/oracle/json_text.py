"""Judges a line of JSON in plain Python; types are taken literally."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from typing import Any

from oracle.texts import BITS, NUMBER, in_range, is_required, max_bytes, out_of_bounds, whole_number

MOST_DIGITS = MOST_LEVELS = 1000
LONG_NUMBER = re.compile(rf"[0-9.eE+-]{{{MOST_DIGITS + 1}}}")
DEEPEST = 5000
BROKEN = {"not_json", "not_an_object", "beyond_limits"}
ROUNDED_FROM = 10**15
FIRST_MS, LAST_MS = 100_000_000_000, 253_402_300_799_999
SECONDS_BELOW = 10**11


class Number(str):
    """A number as it is written."""


class Pairs(list):
    """An object: its keys and values in order."""


class BeyondLimitsError(Exception):
    """It is more than a parser takes."""


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Python's parser calls itself for each level of a value."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(usual + DEEPEST)
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)


@_deep_recursion()
def judge(dataset: Any, line: str, latest: int) -> tuple[list[str], list[str], dict[str, Any]]:
    """Reasons, warnings and values of a line; times are possible up to `latest`, microseconds since 1970."""
    found, reason = _object(line)
    pairs = dict(found or [])
    fields = {field.name: pairs.get(field.name) for field in dataset.fields}
    texts = [fields[field.name] for field in dataset.fields if max_bytes(field)]
    has_nul = "\0" in line or any(type(text) is str and "\0" in text for text in texts)
    reasons = ["nul_byte"] if has_nul else []
    reasons += ["lone_surrogate"] if found is not None and _escapes_half(line) else []
    if found is None:
        return [*reasons, reason], [], {}
    broken, warnings, values = judge_object(dataset, found, latest)
    return [*reasons, *broken], warnings, values


def judge_object(dataset: Any, found: Pairs, latest: int) -> tuple[list[str], list[str], dict[str, Any]]:
    """Reasons, warnings and values of an object's fields."""
    reasons, pairs = [], dict(found)
    fields = {field.name: pairs.get(field.name) for field in dataset.fields}
    names = [key for key, _ in found if key in fields]
    warnings = ["duplicate_key"] if len(names) > len(set(names)) else []
    values = {}
    for field in dataset.fields:
        text = _as_text(fields[field.name])
        if not text:
            reasons += _absence(field, fields, is_written=field.name in pairs)
        value, broken = _typed(field, fields[field.name], text, is_row_time=field.name == dataset.time_field)
        reasons += broken
        if outside := out_of_bounds(field, value):
            reasons.append(outside)
        if field.choices and text and text not in field.choices:
            reasons.append(f"{field.name}_unknown")
        if field.name == dataset.time_field and value is not None and value > latest:
            reasons.append(f"{field.name}_future")
        values[field.name] = value
    return reasons, warnings, values


@_deep_recursion()
def may_differ(dataset: Any, line: str, latest: int, reasons: Sequence[str], values: Sequence[Any]) -> bool:
    """Whether a parser may find these reasons, or values, too, for what is said of the line is not all there is.

    What is not JSON, or too large, may be called any of three names. Of a field that is written more than once the last
    value counts, but if the values have different types it may be called wrong, and a text of digits a number.
    """
    found, reason = _object(line)
    if found is None:
        return reason in BROKEN and bool(BROKEN & set(reasons)) and not _is_json(line)
    types: dict[str, set[Any]] = {}
    for key, value in found:
        types.setdefault(key, set()).add(type(value))
    doubtful = [field.name for field in dataset.fields if len(types.get(field.name, ())) > 1]
    loose = Pairs((key, _as_number(value) if key in doubtful else value) for key, value in found)
    right = judge_object(dataset, loose, latest)
    if not doubtful or _about_others(right[0], doubtful) != _about_others(reasons, doubtful):
        return False
    return bool(reasons) or list(right[2].values()) == list(values)


def _about_others(reasons: Sequence[str], names: Sequence[str]) -> list[str]:
    """The reasons that are not about these fields, nor about a line as a whole."""
    about = (*(f"{name}_" for name in names), "value_too_long", "nul_byte", "lone_surrogate")
    return [reason for reason in reasons if not reason.startswith(about)]


def _is_json(line: str) -> bool:
    try:
        _parse(line)
    except (BeyondLimitsError, ValueError):
        return False
    return True


def _as_number(value: Any) -> Any:
    return Number(value.strip(" ")) if type(value) is str and re.fullmatch(NUMBER, value.strip(" ")) else value


def _object(line: str) -> tuple[Pairs | None, str]:
    """The object in the line, or the reason that there is none."""
    try:
        value = _parse(line)
    except BeyondLimitsError:
        return None, "beyond_limits"
    except ValueError:
        # What is broken and large may be either.
        is_large = line.count("{") + line.count("[") >= MOST_LEVELS or LONG_NUMBER.search(line)
        return None, "beyond_limits" if is_large else "not_an_object" if _are_objects(line) else "not_json"
    return (value, "") if isinstance(value, Pairs) else (None, "not_an_object")


def _parse(text: str) -> Any:
    """The value of JSON text."""
    if _depth(text) >= MOST_LEVELS:
        raise BeyondLimitsError
    return json.loads(text, object_pairs_hook=Pairs, parse_int=_number, parse_float=_number, parse_constant=_refuse)


def _number(text: str) -> Number:
    if sum(map(str.isdigit, text)) > MOST_DIGITS:
        raise BeyondLimitsError
    return Number(text)


def _refuse(text: str) -> None:
    raise ValueError(text)


def _depth(text: str) -> int:
    """How deep brackets are nested; it is looked at if there are enough of them."""
    if text.count("{") + text.count("[") < MOST_LEVELS:
        return 0
    depth = deepest = 0
    for bracket in re.findall(r"[{}\[\]]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)):
        depth += 1 if bracket in "{[" else -1
        deepest = max(deepest, depth)
    return deepest


def _are_objects(line: str) -> bool:
    """Whether there is another number of objects than one, with commas between them."""
    try:
        values = _parse(f"[{line}]")
    except (ValueError, BeyondLimitsError):
        return False
    return all(value is None or isinstance(value, Pairs) for value in values)


def _escapes_half(line: str) -> bool:
    """Whether one half of a surrogate pair is escaped without the other behind or before it."""
    high_ends = None
    for escape in re.finditer(r"\\(?:u([0-9a-fA-F]{4})|.)", line):
        unit = int(escape[1] or "0", 16)
        if 0xDC00 <= unit < 0xE000 and high_ends == escape.start():
            high_ends = None
        elif high_ends is not None or 0xDC00 <= unit < 0xE000:
            return True
        elif 0xD800 <= unit < 0xDC00:
            high_ends = escape.end()
    return high_ends is not None


def _as_text(value: Any) -> str:
    """The value as text without spaces around it, "" for null."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value).strip(" ")
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Pairs):
        return {key: _plain(inner) for key, inner in value}
    return list(map(_plain, value)) if isinstance(value, list) else value


def _absence(field: Any, fields: dict[str, Any], *, is_written: bool) -> list[str]:
    """The reasons that a field without a value has none."""
    if not is_written:
        return [] if field.optional or not _applies(field.written_when, fields) else [f"{field.name}_missing"]
    must_be_filled = is_required(field) or (field.filled_when and _applies(field.filled_when, fields))
    return [f"{field.name}_empty"] if must_be_filled else []


def _applies(when: Any, fields: dict[str, Any]) -> bool:
    if when is None:
        return True
    text = _as_text(fields[when.field])
    return (text not in when.values) if when.unless else (text in when.values)


def _typed(field: Any, value: Any, text: str, *, is_row_time: bool) -> tuple[Any, list[str]]:
    """The field's value, and what is wrong with what is written."""
    wrong = [f"{field.name}_invalid"]
    if not text:
        return None, []
    is_text = type(value) is str
    if limit := max_bytes(field):
        too_long = len(text.encode(errors="replace")) > limit
        return text, [] if is_text and not too_long else ["value_too_long"] if is_text else wrong
    if field.as_text:
        number = whole_number(text, field.type, as_pandas=True)
        return number, [] if is_text and number is not None else wrong
    if not isinstance(value, Number):
        return None, wrong
    if field.type == "TIMESTAMP":
        return _time(field.name, float(value), is_row_time=is_row_time)
    found = _whole(value, field.type) if field.type in BITS else float(value) if isfinite(float(value)) else None
    return found, [] if found is not None else wrong


def _whole(number: Number, kind: str) -> int | None:
    """The whole number; with a fraction or an exponent it is read as a double, and then has up to 15 digits."""
    if re.fullmatch(r"-?[0-9]+", number):
        return in_range(int(number), kind)
    double = float(number)
    return in_range(int(double), kind) if abs(double) < ROUNDED_FROM and double == int(double) else None


def _time(name: str, ms: float, *, is_row_time: bool) -> tuple[int | None, list[str]]:
    if isfinite(ms) and FIRST_MS <= ms <= LAST_MS and ms == int(ms):
        return int(ms) * 1000, []
    what = "negative" if ms < 0 else "in_seconds" if is_row_time and ms < SECONDS_BELOW else "invalid"
    return None, [f"{name}_{what if isfinite(ms) else 'invalid'}"]
