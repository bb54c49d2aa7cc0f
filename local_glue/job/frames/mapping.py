"""apply_mapping: columns and fields of structs, selected, renamed, cast, and put into structs."""

import re
from collections.abc import Sequence
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from local_glue.job.frames import choices
from local_glue.job.names import backquoted

Tree = dict[str, "Tree | Column"]
"""The columns of the result, by name; a struct is a tree of its fields."""


def apply_mapping(frame: DataFrame, mappings: Sequence[Any], case_sensitive: bool) -> DataFrame:
    """Fields selected, renamed and cast; values that cannot be cast become null, and fields that are not there go.

    `a.b` is the field `b` of the struct `a`; a name with a dot stands in backquotes.

    Raises:
        ValueError: A mapping has the wrong form.
        NotImplementedError: A path leads into an array, a choice would be cast, or two mappings lead to one place.
    """
    result: Tree = {}
    for mapping in mappings:
        source, target, kind = _parts(mapping)
        found = _found(frame.schema, source, case_sensitive)
        if not found:
            continue
        if kind:
            choices.refuse(frame, "apply_mapping with types", found[:1])
        reference = ".".join(map(backquoted, found))
        _put(result, target, choices.cast_reference(reference, kind) if kind else F.col(reference))
    return frame.select(*_columns(result))


def fields(path: str) -> list[str]:
    """The names along a path.

    Raises:
        NotImplementedError: It leads into an array.
    """
    if "[]" in re.sub("`[^`]*`", "", path):
        raise NotImplementedError(f"local_glue does not support the nested path {path!r}: use toDF() and explode")
    return [name.strip("`") for name in re.findall(r"`[^`]*`|[^.`]+", path)]


def _parts(mapping: Any) -> tuple[list[str], list[str], str | None]:
    parts = tuple(mapping)
    if len(parts) == 4:
        return fields(parts[0]), fields(parts[2]), parts[3]
    if len(parts) == 2:
        return fields(parts[0]), fields(parts[1]), None
    raise ValueError(f"a mapping is (source, source type, target, target type) or (source, target), not {mapping!r}")


def _found(schema: T.DataType, path: Sequence[str], case_sensitive: bool) -> list[str]:
    """The path in the schema's own letters; empty if it is not there."""
    if not isinstance(schema, T.StructType):
        return []
    known = {name if case_sensitive else name.lower(): name for name in schema.names}
    name = known.get(path[0] if case_sensitive else path[0].lower())
    if name is None or len(path) == 1:
        return [name] if name is not None else []
    rest = _found(schema[name].dataType, path[1:], case_sensitive)
    return [name, *rest] if rest else []


def _put(tree: Tree, path: Sequence[str], value: Column) -> None:
    *structs, last = path
    for name in structs:
        inner = tree.setdefault(name, {})
        if not isinstance(inner, dict):
            raise _collision(path)
        tree = inner
    if last in tree:
        raise _collision(path)
    tree[last] = value


def _collision(path: Sequence[str]) -> NotImplementedError:
    return NotImplementedError(f"local_glue does not support two mappings to {'.'.join(path)}: give one another name")


def _columns(tree: Tree) -> list[Column]:
    return [(F.struct(*_columns(node)) if isinstance(node, dict) else node).alias(name) for name, node in tree.items()]
