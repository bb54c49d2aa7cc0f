"""Values and errors of a database as text, for people and programs."""

import json
from datetime import date, datetime, timezone
from typing import Any


def describe(error: Any) -> str:
    """A database error as one line."""
    primary = error.diag.message_primary or str(error)
    parts = [primary, error.diag.message_detail, error.diag.message_hint]
    return "SQL error: " + " ".join(" ".join(part.split()) for part in parts if part)


def text_of(value: Any) -> str:
    """A value as CSV shows it; NULL is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime):
        plain = value.astimezone(timezone.utc).replace(tzinfo=None) if value.tzinfo else value
        return plain.isoformat(sep=" ", timespec="microseconds" if plain.microsecond else "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=text_of)
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
