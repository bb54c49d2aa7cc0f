"""Values and columns in the form of the Data API."""

from datetime import datetime
from decimal import Decimal
from typing import Any

_TYPE_NAMES = {
    *("int2", "int4", "int8", "float4", "float8", "numeric", "bool", "varchar", "bpchar"),
    *("date", "timestamp", "timestamptz"),
}


def metadata(column: Any) -> dict[str, Any]:
    """What GetStatementResult says of a column of psycopg's."""
    kind = column.type_display.partition("(")[0]
    shown = kind if kind in _TYPE_NAMES else "varchar"
    return {"name": column.name, "label": column.name, "typeName": shown, "nullable": 1, "isCaseSensitive": False}


def field(value: Any) -> dict[str, Any]:
    """A value: whole numbers, floats and booleans by type, everything else as text."""
    if value is None:
        return {"isNull": True}
    if isinstance(value, bool):
        return {"booleanValue": value}
    if isinstance(value, int):
        return {"longValue": value}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, datetime):
        return {"stringValue": value.isoformat(sep=" ")}
    return {"stringValue": f"{value:f}" if isinstance(value, Decimal) else str(value)}
