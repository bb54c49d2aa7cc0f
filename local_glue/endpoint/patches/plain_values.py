"""Writes times and DynamoDB's values into answers as they are, where they need no change.

moto (5.2.5) lets a parser for times of any form read each, and looks for each of the ten kinds that a value of DynamoDB
can have: half of what a page of a table or of a listing takes.
"""

import re
from datetime import datetime, timezone
from typing import Any

ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}(\d{3})?)?(Z|[+-]\d\d:\d\d)")
UNCHANGED = {"S": str, "N": str, "BOOL": bool, "NULL": bool}
"""Kinds of values that the answer has as moto keeps them."""


def install() -> None:
    """Changes the answers of this process. Can be repeated."""
    from moto.core import serialize
    from moto.core.serialize import BaseJSONSerializer

    if hasattr(serialize, "_parse_any_time"):
        return
    parse_any_time, write_structure = serialize.parse_to_aware_datetime, BaseJSONSerializer._serialize_type_structure

    def parse_time(value: Any) -> datetime:
        if isinstance(value, str) and ISO_8601.fullmatch(value):
            return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(timezone.utc)
        return parse_any_time(value)

    def write(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if key and shape.name == "AttributeValue" and _is_unchanged(value):
            serialized[key] = value
        else:
            write_structure(serializer, serialized, value, shape, key)

    serialize._parse_any_time = parse_any_time  # type: ignore[attr-defined]
    serialize.parse_to_aware_datetime = parse_time
    BaseJSONSerializer._serialize_type_structure = write  # type: ignore[method-assign]


def _is_unchanged(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and len(value) == 1
        and all(isinstance(held, UNCHANGED.get(kind, ())) for kind, held in value.items())
    )
