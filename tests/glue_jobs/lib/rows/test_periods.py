"""Days and hours by arithmetic are those of Spark's own calendar, for any time that a row can have."""

import pytest
from chispa.dataframe_comparer import assert_df_equality
from pyspark.sql import functions as F

from glue_jobs.lib.rows.periods import day_of, hour_of

pytestmark = pytest.mark.spark

EDGES = (
    *("1970-01-01 00:00:00", "1969-12-31 23:59:59.999999", "1969-12-31 23:00:00", "0001-01-01 00:00:00"),
    *("1582-10-04 23:59:59", "1582-10-15 00:00:00", "1900-02-28 12:59:59.5", "2024-02-29 23:59:59.999999"),
    *("2025-03-30 02:30:00", "2016-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999"),
)


@pytest.fixture(scope="module")
def times(spark):
    edges = spark.createDataFrame([(edge,) for edge in (*EDGES, None)], "text string")
    # A step that meets every second of the day and many microseconds, from 1900 to 2100.
    steps = spark.range(20_000).select((F.col("id") * 315_569_251_999 - 2_208_988_800_000_000).alias("micros"))
    return edges.select(F.col("text").cast("timestamp").alias("time")).union(
        steps.select(F.timestamp_micros("micros").alias("time"))
    )


def assert_same(times, ours, sparks):
    # As texts: Python knows no time before the year 1 in its own zone.
    periods = [
        times.select(F.col("time").cast("string"), period.cast("string").alias("period")) for period in (ours, sparks)
    ]
    assert_df_equality(*periods, ignore_row_order=True, ignore_nullable=True)


def test_a_day_is_the_one_that_spark_says(times):
    assert_same(times, day_of("time"), F.to_date("time"))


def test_an_hour_begins_when_spark_says(times):
    assert_same(times, hour_of("time"), F.date_trunc("hour", "time"))
