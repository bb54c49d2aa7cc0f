"""Frames made from a few rows on the driver."""

import json
import math
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Table

FEW = 1000
NUL = "\u0000"


def frame_of(spark: SparkSession, rows: Iterable[Sequence[Any]], table: Table | str) -> DataFrame:
    """`rows`, in the order of the columns, as a frame in one partition; datetimes must have a time zone.

    A few rows are put into the plan as JSON text, because `createDataFrame` would start a Python worker for them.

    Args:
        table: The columns; or DDL text, without nested structs.
    """
    schema = table if isinstance(table, str) else table.spark_schema
    rows = list(rows)
    if len(rows) > FEW:
        return spark.createDataFrame(rows, schema).coalesce(1)
    columns = columns_of(schema)
    records = [dict(zip([name for name, _ in columns], map(_plain, row), strict=True)) for row in rows]
    fields = ", ".join(f"`{name}`: {kind}" for name, kind in columns)
    parsed = F.from_json(F.lit(json.dumps(records)), f"array<struct<{fields}>>", {"mode": "FAILFAST"})
    return spark.range(0, 1, 1, 1).select(F.inline(parsed))


def lookup(values: Iterable[str], index: Column) -> Column:
    """Of texts without NUL the one at `index`, NULL if there is none; in the plan, so that Spark joins nothing."""
    # Spark splits a constant once, when it plans.
    return F.get(F.split(F.lit(NUL.join(values)), NUL), index)


def columns_of(schema: str) -> list[tuple[str, str]]:
    """Name and type of each column of DDL text without nested structs."""
    return [(name.strip("`"), kind) for name, kind in (part.split(maxsplit=1) for part in schema.split(","))]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
