"""What the text of a field is worth, in plain Python: its value, or None if it is no value of the field's type."""

import re
from datetime import UTC, date, datetime, timedelta
from math import isfinite
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)
BITS = {"BIGINT": 63, "INTEGER": 31}
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
NUMBER = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"
DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
CLOCK = r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.]([0-9]{1,6}))?"
ZONE = r"(?:Z|([+-])([0-9]{2})(?::?([0-9]{2}))?)?"
MOST_HOURS_OF_A_ZONE = 18


def max_bytes(field: Any) -> int | None:
    """The bytes that a VARCHAR field holds, None for another type."""
    return int(field.type[len("VARCHAR(") : -1]) if field.type.startswith("VARCHAR(") else None


def is_required(field: Any) -> bool:
    """Whether an empty value is an error in every row."""
    return field.empty == "error" and not field.optional


def value_of(field: Any, text: str) -> Any:
    """The value; times are microseconds since 1970, dates their ISO text."""
    if max_bytes(field):
        return text
    if field.type in BITS:
        return whole_number(text, field.type, as_pandas=not is_required(field))
    return {"BOOLEAN": _boolean, "DATE": _date, "TIMESTAMP": _micros, "DOUBLE PRECISION": _number}[field.type](text)


def whole_number(text: str, kind: str, *, as_pandas: bool) -> int | None:
    """Digits; `as_pandas` allows for zeros behind a decimal point, too, after up to 15 digits."""
    zeros = re.fullmatch(r"(-?[0-9]{1,15})[.]0+", text) if as_pandas else None
    digits = zeros[1] if zeros else text
    if not re.fullmatch(r"-?[0-9]+", digits):
        return None
    return in_range(int(digits), kind)


def in_range(number: int, kind: str) -> int | None:
    """The number if its type holds it."""
    return number if -(2 ** BITS[kind]) <= number < 2 ** BITS[kind] else None


def out_of_bounds(field: Any, value: Any) -> str | None:
    """The reason that a value is not possible."""
    bounds = field.bounds
    if bounds is None or value is None:
        return None
    low = bounds.least is not None and value < bounds.least
    low = low or (bounds.above is not None and value <= bounds.above)
    if not low and (bounds.most is None or value <= bounds.most):
        return None
    what = "out_of_range" if bounds.most is not None else "negative" if bounds.above is None else "not_positive"
    return f"{field.name.removesuffix('_ms')}_{what}"


def _number(text: str) -> float | None:
    if not re.fullmatch(NUMBER, text):
        return None
    return float(text) if isfinite(float(text)) else None


def _boolean(text: str) -> bool | None:
    return BOOLEANS.get(text.lower())


def _date(text: str) -> str | None:
    found = re.fullmatch(DAY, text)
    if found:
        try:
            day = date(*map(int, found.groups()))
        except ValueError:
            return None
        return day.isoformat() if day >= FIRST_DAY else None
    micros = _micros(text)
    return None if micros is None else (EPOCH + timedelta(microseconds=micros)).date().isoformat()


def _micros(text: str) -> int | None:
    found = re.fullmatch(f"{DAY}[ T]{CLOCK}{ZONE}", text)
    if not found:
        return None
    *parts, fraction, sign, hours, minutes = found.groups()
    try:
        local = datetime(*map(int, parts), int((fraction or "0").ljust(6, "0")), tzinfo=UTC)
        away = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        if int(minutes or 0) > 59 or away > timedelta(hours=MOST_HOURS_OF_A_ZONE):
            return None
        moment = local + away if sign == "-" else local - away
    except (ValueError, OverflowError):
        return None
    return (moment - EPOCH) // timedelta(microseconds=1) if FIRST_DAY <= moment.date() <= LAST_DAY else None
