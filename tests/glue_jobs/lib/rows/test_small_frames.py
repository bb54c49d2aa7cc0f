"""Rows on the driver become frames unchanged, whether they are few or many."""

from datetime import UTC, date, datetime

import pytest
from chispa.dataframe_comparer import assert_df_equality
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.rows import small_frames

pytestmark = pytest.mark.spark

TYPES = ("BIGINT", "INTEGER", "BOOLEAN", "DATE", "TIMESTAMP", "DOUBLE PRECISION", "VARCHAR(65535)")
THINGS = Table(
    name="things",
    grain="one row a thing",
    columns=tuple(Column(kind.split("(")[0].split()[0].lower(), kind) for kind in TYPES),
    key=("bigint",),
    publish="merge",
    dist="ALL",
    sort=(),
    why="a test",
)
ROWS = [
    (2**63 - 1, -5, True, date(1999, 12, 31), datetime(2024, 6, 25, 1, 2, 3, 456789, UTC), 0.1, 'Zoë "x"\\ ;\n,\t☃'),
    (1, None, None, None, None, None, ""),
    (2, 0, False, date(2024, 2, 29), datetime(2024, 1, 1, tzinfo=UTC), 1e300, None),
]


@pytest.mark.parametrize("few", [1000, 0])
def test_every_type_arrives_as_it_is(spark, monkeypatch, few):
    monkeypatch.setattr(small_frames, "FEW", few)
    frame = small_frames.frame_of(spark, ROWS, THINGS)
    assert_df_equality(frame, spark.createDataFrame(ROWS, THINGS.spark_schema), ignore_nullable=True)


def test_columns_may_be_named_in_ddl_text(spark):
    frame = small_frames.frame_of(spark, [("a\u0000b", [2, 0]), (None, None)], "`path` string, positions array<int>")
    expected = spark.createDataFrame([("a\u0000b", [2, 0]), (None, None)], "path string, positions array<int>")
    assert_df_equality(frame, expected, ignore_nullable=True)


def test_a_text_is_looked_up_by_its_number_without_a_join_and_split_once(spark):
    frame = spark.createDataFrame([(1,), (0,), (None,), (3,)], "file_id int")
    found = frame.withColumn("text", small_frames.lookup(["a|b, ☃", "", "\n"], F.col("file_id")))
    expected = [(1, ""), (0, "a|b, ☃"), (None, None), (3, None)]
    assert_df_equality(found, spark.createDataFrame(expected, "file_id int, text string"), ignore_nullable=True)
    plan = found._jdf.queryExecution().executedPlan().toString()
    assert [word for word in ("Join", "split(", "Exchange") if word in plan] == []


def test_no_rows_make_an_empty_frame(spark):
    frame = small_frames.frame_of(spark, [], THINGS)
    assert frame.collect() == []
    assert frame.columns == THINGS.column_names


def test_what_is_no_number_is_nothing(spark):
    [row] = small_frames.frame_of(spark, [(1, None, None, None, None, float("nan"), None)], THINGS).collect()
    assert row["double"] is None
