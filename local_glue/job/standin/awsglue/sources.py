"""The reader for each connection_type."""

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from local_glue.job.bookmarked_run import BookmarkedRun
from local_glue.job.options import refuse
from local_glue.job.redshift import reader as redshift
from local_glue.job.sources import jdbc, s3

_FORMATS = ("parquet", "glueparquet")


def read_frame(
    spark: SparkSession,
    run: BookmarkedRun | None,
    connection_type: str,
    connection_options: Mapping[str, Any],
    format: str | None,
    format_options: Mapping[str, Any],
    ctx: str,
) -> DataFrame:
    """Reads a source.

    Raises:
        NotImplementedError: the stand-in does not support the connection_type.
    """
    if connection_type == "s3":
        return s3.read(spark, run, connection_options, format, format_options, ctx)
    if connection_type in _FORMATS:
        return s3.read(spark, run, connection_options, connection_type, format_options, ctx)
    refuse(f"{connection_type} sources", format=format, format_options=format_options)
    if connection_type == "redshift":
        return redshift.read(spark, run, connection_options, ctx)
    if connection_type == "postgresql":
        return jdbc.read(spark, run, connection_options, ctx)
    raise NotImplementedError(
        f"local_glue does not read from connection_type {connection_type!r}: it reads s3, postgresql and redshift"
    )
