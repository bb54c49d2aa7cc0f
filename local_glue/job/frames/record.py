"""Records as scripts see them in Filter and Map: dictionaries. What is here is sent to Spark's Python workers.

Workers may not be able to import this package, so nothing here imports from it; `rows.py` sends the module itself.
"""

import datetime
import decimal
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1


class DynamicRecord(dict):  # type: ignore[type-arg]
    """One record: a dictionary, as are the structs in it."""


def to_record(row: Any, choices: Sequence[str] = ()) -> DynamicRecord:
    """The record of a row; a choice is the one value that it holds."""
    record = DynamicRecord(zip(row.__fields__, row, strict=True))
    for name, value in record.items():
        if name in choices:
            value = next((item for item in value if item is not None), None) if value is not None else None
        record[name] = _plain(value)
    return record


def _plain(value: Any) -> Any:
    if hasattr(value, "__fields__"):
        return to_record(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def kind_of(value: Any) -> str:
    """Glue's name for the type of a Python value.

    Raises:
        TypeError: Glue has no type for it.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        if not LONG_MIN <= value <= LONG_MAX:
            raise TypeError(f"a record holds {value}, which is beyond 64 bits: make it a Decimal or a text")
        return "int" if INT_MIN <= value <= INT_MAX else "long"
    kinds = ((float, "double"), (str, "string"), (decimal.Decimal, "decimal"), (datetime.datetime, "timestamp"),
             (datetime.date, "date"), (bytes, "binary"), (bytearray, "binary"), (dict, "struct"), (list, "array"),
             (tuple, "array"))  # fmt: skip
    for cls, kind in kinds:
        if isinstance(value, cls):
            return kind
    raise TypeError(f"a record holds a {type(value).__name__}, for which Glue has no type: {value!r:.100}")


def shape_of(value: Any) -> dict[str, Any]:
    """What is known of a type from one value: its kinds, and the shapes of what is in it."""
    shape: dict[str, Any] = {"kinds": {kind_of(value)}, "fields": {}, "element": None}
    if isinstance(value, dict):
        shape["fields"] = {str(name): shape_of(item) for name, item in value.items()}
    elif isinstance(value, list | tuple):
        for item in value:
            shape["element"] = merge(shape["element"], shape_of(item))
    return shape


def merge(one: dict[str, Any] | None, two: dict[str, Any] | None) -> dict[str, Any] | None:
    """What is known from the values of both."""
    if one is None or two is None:
        return one or two
    names = dict.fromkeys((*one["fields"], *two["fields"]))
    return {
        "kinds": one["kinds"] | two["kinds"],
        "fields": {name: merge(one["fields"].get(name), two["fields"].get(name)) for name in names},
        "element": merge(one["element"], two["element"]),
    }


def mapped(function: Callable[[DynamicRecord], Any], choices: Sequence[str]) -> Callable[[Any], dict[str, Any]]:
    """The function of rows that gives what `function` makes of the record.

    The result raises TypeError if `function` returns no record.
    """

    def run(row: Any) -> dict[str, Any]:
        result = function(to_record(row, choices))
        if not isinstance(result, dict):
            raise TypeError(f"the function of Map returned a {type(result).__name__}: return the record")
        return dict(result)

    return run


def parser(names: Mapping[str, str]) -> Callable[[Any], Iterator[dict[str, Any]]]:
    """The function that gives the records of a row with a JSON text `value`, each with the row's columns in `names`."""

    def parse(row: Any) -> Iterator[dict[str, Any]]:
        if not row["value"].strip():
            return
        found = json.loads(row["value"])
        for item in found if isinstance(found, list) else [found]:
            yield {**item, **{new: row[old] for old, new in names.items()}}

    return parse


def to_values(record: Mapping[str, Any] | None, layout: Sequence[tuple[str, Any]]) -> tuple[Any, ...] | None:
    """A record's values in the order of a layout: pairs of a name and what to do with the value (see `rows.layout`)."""
    if record is None:
        return None
    return tuple(_fitted(record.get(name), how) for name, how in layout)


def _fitted(value: Any, how: Any) -> Any:
    if value is None or how is None:
        return value
    action, detail = how
    if action == "choice":
        kind = kind_of(value)
        # A choice with long has no member int: all its whole numbers are in one member.
        kind = "long" if kind == "int" and "int" not in detail else kind
        return tuple(value if kind == member else None for member in detail)
    if action == "struct":
        return to_values(value, detail)
    return [_fitted(item, detail) for item in value]
