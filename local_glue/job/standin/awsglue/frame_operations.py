"""The transforms on DataFrames. Columns are top-level: nested paths are refused."""

from collections.abc import Sequence
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from local_glue.job.names import backquoted, column

_TYPES = {"long": "bigint", "short": "smallint", "byte": "tinyint", "bool": "boolean"}


def select_fields(frame: DataFrame, paths: Sequence[str]) -> DataFrame:
    """The named columns that exist."""
    wanted = [_plain(path) for path in _listed(paths)]
    return frame.select(*[column(name) for name in wanted if name in frame.columns])


def drop_fields(frame: DataFrame, paths: Sequence[str]) -> DataFrame:
    """All columns but the named ones."""
    return frame.drop(*[_plain(path) for path in _listed(paths)])


def rename_field(frame: DataFrame, old: str, new: str) -> DataFrame:
    """One column under another name."""
    return frame.withColumnRenamed(_plain(old), _plain(new))


def apply_mapping(frame: DataFrame, mappings: Sequence[Any], case_sensitive: bool) -> DataFrame:
    """Columns selected, renamed and cast; values that cannot be cast become null."""
    known = {name if case_sensitive else name.lower(): name for name in frame.columns}
    columns = []
    for mapping in mappings:
        source, target, kind = _mapping(mapping)
        name = known.get(source if case_sensitive else source.lower())
        if name is not None:
            columns.append((_cast(name, kind) if kind else column(name)).alias(target))
    return frame.select(*columns)


def cast_fields(frame: DataFrame, specs: Sequence[tuple[str, str]]) -> DataFrame:
    """Columns cast by ("column", "cast:type").

    Raises:
        NotImplementedError: another action than a cast.
    """
    casts = {}
    for path, action in specs:
        if not action.startswith("cast:"):
            raise NotImplementedError(f"local_glue does not support resolveChoice with {action!r}, only cast:<type>")
        casts[_plain(path)] = action.removeprefix("cast:")
    columns = [_cast(name, casts[name]).alias(name) if name in casts else column(name) for name in frame.columns]
    return frame.select(*columns)


def join(left: DataFrame, keys1: Sequence[str], keys2: Sequence[str], right: DataFrame) -> DataFrame:
    """The inner join; a name that both frames have gets a leading dot in the second, as in Glue."""
    names = [f".{name}" if name in left.columns else name for name in right.columns]
    renamed = dict(zip(right.columns, names, strict=True))
    second = right.toDF(*names)
    on = [
        left[backquoted(_plain(one))] == second[backquoted(renamed[_plain(two)])]
        for one, two in zip(_listed(keys1), _listed(keys2), strict=True)
    ]
    return left.join(second, on, "inner")


def _mapping(mapping: Any) -> tuple[str, str, str | None]:
    parts = tuple(mapping)
    if len(parts) == 4:
        return _plain(parts[0]), _plain(parts[2]), parts[3]
    if len(parts) == 2:
        return _plain(parts[0]), _plain(parts[1]), None
    raise ValueError(f"a mapping is (source, source type, target, target type) or (source, target), not {mapping!r}")


def _cast(name: str, kind: str) -> Column:
    return F.expr(f"try_cast({backquoted(name)} AS {_TYPES.get(kind.lower(), kind)})")


def _listed(paths: Sequence[str]) -> Sequence[str]:
    return [paths] if isinstance(paths, str) else paths


def _plain(path: str) -> str:
    name = path.strip("`")
    if "." in name and not path.startswith("`"):
        raise NotImplementedError(f"local_glue does not support the nested path {path!r}: use toDF() and select")
    return name
