"""What Glue sees in JSON and Spark does not: columns that are always null, and columns with values of several types.

Spark reads the former as text, and makes text of the latter (or fractions of whole numbers). In Glue they have the null
type, which DropNullFields drops, and are a choice, which ResolveChoice resolves.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from local_glue.job.frames import record, rows
from local_glue.job.names import column

Load = Callable[[str, Mapping[str, str], T.StructType | None], DataFrame]
_PROBES: tuple[tuple[str, T.DataType], ...] = (
    ("long", T.LongType()), ("double", T.DoubleType()), ("boolean", T.BooleanType()),
    ("array", T.ArrayType(T.StringType())), ("struct", T.MapType(T.StringType(), T.StringType())),
    ("all", T.StringType()),
)  # fmt: skip


def null_columns(schema: T.StructType, load: Load, settings: Mapping[str, str]) -> set[str]:
    """The columns whose every value is null."""
    texts = {field.name for field in schema.fields if isinstance(field.dataType, T.StringType)}
    if not texts:
        return set()
    kept = load("json", {**settings, "dropFieldIfAllNull": "true"}, None).columns
    return texts - set(kept)


def mixed_columns(schema: T.StructType, load: Load, settings: Mapping[str, str], nulls: set[str]) -> set[str]:
    """The columns with values of several types, found by reading each as one type after the other."""
    kinds = {field.name: field.dataType for field in schema.fields if field.name not in nulls}
    asked = [name for name, kind in kinds.items() if isinstance(kind, T.StringType | T.DoubleType)]
    if not asked:
        return set()
    lenient = {**settings, "mode": "PERMISSIVE", "columnNameOfCorruptRecord": "__corrupt"}
    counts: DataFrame | None = None
    for kind, data_type in _PROBES:
        probe = load("json", lenient, T.StructType([T.StructField(name, data_type) for name in asked]))
        counted = probe.agg(*(F.count(_real(name, kind)).alias(name) for name in asked))
        counted = counted.withColumn("__kind", F.lit(kind))
        counts = counted if counts is None else counts.unionByName(counted)
    found = {row["__kind"]: row for row in counts.collect()} if counts is not None else {}
    return {name for name in asked if _is_mixed({kind: row[name] for kind, row in found.items()})}


def _real(name: str, kind: str) -> Any:
    # A text such as "NaN" can be read as a number, but it is none in JSON.
    value = column(name)
    infinite = F.abs(value) == float("inf")
    return F.when(~F.isnan(value) & ~infinite, value) if kind == "double" else value


def _is_mixed(count: Mapping[str, int]) -> bool:
    whole = count["long"]
    parts = [whole, count["double"] - whole, count["boolean"], count["array"], count["struct"]]
    texts = count["all"] - sum(parts)
    return sum(part > 0 for part in (*parts, texts)) > 1


def with_choices(
    frame: DataFrame, lines: DataFrame, names: Mapping[str, str], mixed: set[str], nulls: set[str]
) -> DataFrame:
    """The records parsed one by one, so that the mixed columns become choices; the others keep their types.

    Args:
        frame: As Spark reads the files, for the types.
        lines: A column `value` with one JSON text a row, and columns to be added to each record.
        names: The columns of `lines` to be added, and their names in the record.
        mixed: The columns that become choices.
        nulls: The columns of the null type.

    Raises:
        NotImplementedError: a column has structs or arrays beside other values.
    """
    texts = [name for name in frame.columns if name not in mixed]
    before = T.StructType([field for field in frame.schema.fields if field.name in texts and field.name not in nulls])
    records = lines.rdd.flatMap(record.parser(dict(names)))
    made = rows.of_records(frame.sparkSession, records, before)
    return frame if made is None else made.select([column(name) for name in [*frame.columns, *names.values()]])
