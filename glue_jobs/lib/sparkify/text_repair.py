"""Text that was encoded twice (`BjÃ¶rk`), repaired where the library ftfy is certain.

Its rules: https://ftfy.readthedocs.io/en/latest/heuristic.html
"""

from collections.abc import Iterable, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.rows.small_frames import FEW, frame_of

SUSPICIOUS = "[^\\x00-\\x7F]{2}|\u00c3 "
"""Matches what text encoded twice always has: a multi-byte character has become as many non-ASCII ones in a row
(for à, the second is a no-break space, which many programs turn into a space)."""


def raw_name(column: str) -> str:
    """The name of the column with a repaired text as it was delivered, NULL where nothing was repaired."""
    return f"{column}_raw"


def find_repairs(frames: Iterable[tuple[DataFrame, Sequence[str]]]) -> DataFrame | None:
    """The repairs of all suspicious values in the named text columns of the frames, each distinct value once.

    Returns:
        value, repaired; None when no value is suspicious.
    """
    values = [
        frame.select(F.explode(F.array(*columns)).alias("value")).where(F.col("value").rlike(SUSPICIOUS))
        for frame, columns in frames
    ]
    if not values:
        return None
    distinct = reduce(DataFrame.unionByName, values).distinct().persist()
    count = distinct.count()
    if not count:
        return None
    if count <= FEW:
        return _repaired_here(distinct)
    repairs = distinct.select("value", _repaired()("value").alias("repaired")).where("repaired <> value").persist()
    repairs.count()  # Computed here, once, because the joins with it run at the same time.
    return repairs


def _repaired_here(distinct: DataFrame) -> DataFrame:
    """The repairs of a few values, made in this process because starting a Python worker takes seconds."""
    from ftfy import fix_encoding

    pairs = [(row.value, fix_encoding(row.value)) for row in distinct.collect()]
    return frame_of(
        distinct.sparkSession, [pair for pair in pairs if pair[0] != pair[1]], "value string, repaired string"
    )


def repair(frame: DataFrame, columns: Sequence[str], repairs: DataFrame | None) -> DataFrame:
    """Puts the repaired text into `columns` and adds `raw_name` of each."""
    for name in columns:
        if repairs is None:
            frame = frame.withColumn(raw_name(name), F.lit(None).cast("string"))
            continue
        found = repairs.select(F.col("value").alias("_value"), F.col("repaired").alias("_repaired"))
        joined = frame.join(F.broadcast(found), F.col(name) == F.col("_value"), "left").drop("_value")
        frame = joined.withColumns(
            {raw_name(name): F.when(F.col("_repaired").isNotNull(), F.col(name)), name: F.coalesce("_repaired", name)}
        ).drop("_repaired")
    return frame


def _repaired():  # type: ignore[no-untyped-def]
    # Imported and defined here, because what the workers get must not depend on this module's path.
    import pandas as pd

    def fix(values: pd.Series) -> pd.Series:
        from ftfy import fix_encoding

        return values.map(fix_encoding)

    return F.pandas_udf(fix, "string")
