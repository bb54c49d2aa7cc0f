"""Rows of user and song files: which are in error, and which of a key's rows wins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pyspark.sql import Column, DataFrame, Row, Window
from pyspark.sql import functions as F

from glue_jobs.lib.catalogue.rds_sql import FILE_KEY, staged_columns
from glue_jobs.lib.contracts.model import Dataset, Table
from glue_jobs.lib.rows import checked_rows as rules
from glue_jobs.lib.rows import csv_lines

SMALL_FILE = 100
"""Rows below which a file is never rejected as a whole."""

KEYS = {"users": "user_id", "songs": "track_id"}
FIRST_IN_FILE = {"users": (), "songs": ("id",)}
"""What orders a key's rows within one file, before the order of its lines."""


@dataclass
class FileCounts:
    """Lines of one file, as Spark found them."""

    lines: int = 0
    in_error: int = 0
    repeated: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)


def checked_rows(raw: DataFrame, files: DataFrame, *, dataset: Dataset, run_start: datetime) -> DataFrame:
    """`rules.with_checks` of the parsed lines, and `_line`: grows with the line's place in its file, as read."""
    parsed = csv_lines.parse_lines(raw, files, dataset=dataset)
    checked = rules.with_checks(parsed, dataset=dataset, run_start=run_start)
    # Neither the joins with few files nor the rules move a row, so the id still tells how lines were read.
    return checked.withColumn("_line", F.monotonically_increasing_id())


def count_lines(rows: DataFrame) -> list[Row]:
    """One row a file: path, file_key (NULL for a path that is no known file's), lines, in_error, warned."""
    in_error, warned = F.size("_errors") > 0, F.size("_warnings") > 0
    return (
        rows.groupBy("path", "file_key")
        .agg(
            F.count("*").alias("lines"),
            F.count_if(in_error).alias("in_error"),
            F.count_if(~in_error & warned).alias("warned"),
        )
        .collect()
    )


def count_rules(rows: DataFrame) -> dict[str, dict[str, int]]:
    """By file key, how many rows broke each rule; a row counts for every rule that it broke."""
    return _counts(rows, F.array_distinct(F.col("_errors.rule")))


def count_warnings(rows: DataFrame) -> dict[str, dict[str, int]]:
    """By file key, how many rows without errors have each warning."""
    return _counts(rows.where(F.size("_errors") == 0), F.col("_warnings"))


def with_file_errors(rows: DataFrame, messages: Mapping[str, str]) -> DataFrame:
    """Adds to every row of the files in `messages` (by file key) that its file was rejected, and why."""
    if not messages:
        return rows
    spark = rows.sparkSession
    rejected = spark.createDataFrame(list(messages.items()), "file_key string, _message string")
    reason = F.struct(F.lit(rules.REJECT_RATE_EXCEEDED), F.lit(None).cast("string"), F.col("_message"))
    whole = F.concat("_errors", F.array(reason).cast(rules.ERRORS_TYPE))
    errors = F.when(F.col("_message").isNull(), F.col("_errors")).otherwise(whole).alias("_errors")
    joined = rows.join(F.broadcast(rejected), on="file_key", how="left")
    return joined.select(*(errors if name == "_errors" else F.col(name) for name in rows.columns))


def ranked_rows(rows: DataFrame, *, dataset: Dataset) -> DataFrame:
    """Rows without errors and `_rank`: 1 for the one of its key that wins.

    That is: of the file accepted last (landing key, file key); in it the smallest `id` of a track; then the first line.
    """
    newest_file = [F.desc("accepted_at"), F.desc("source_file"), F.desc("file_key")]
    first_row = [F.asc(name) for name in (*FIRST_IN_FILE[dataset.name], "_line")]
    order = Window.partitionBy(KEYS[dataset.name]).orderBy(*newest_file, *first_row)
    return rows.where(F.size("_errors") == 0).withColumn("_rank", F.row_number().over(order))


def count_repeated(ranked: DataFrame) -> dict[str, int]:
    """By file key, how many rows did not win."""
    counted = ranked.where(F.col("_rank") > 1).groupBy("file_key").count().collect()
    return {row["file_key"]: row["count"] for row in counted}


def winners(ranked: DataFrame, table: Table) -> DataFrame:
    """One row a key, in the columns of the table's stage in RDS."""
    found = ranked.where(F.col("_rank") == 1).withColumn(FILE_KEY.name, F.col("file_key"))
    return found.select(*staged_columns(table))


def is_rejected(counts: FileCounts, max_rate: float) -> bool:
    """Whether more of the file's rows are in error than a run takes."""
    return counts.lines >= SMALL_FILE and counts.in_error > max_rate * counts.lines


def _counts(rows: DataFrame, names: Column) -> dict[str, dict[str, int]]:
    counted: Sequence[Row] = (
        rows.select("file_key", F.explode(names).alias("name")).groupBy("file_key", "name").count().collect()
    )
    found: dict[str, dict[str, int]] = {}
    for row in counted:
        found.setdefault(row["file_key"], {})[row["name"]] = row["count"]
    return found
