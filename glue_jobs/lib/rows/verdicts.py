"""Verdicts on lines that their own file decides; a verdict is one of the outcomes that books count."""

from collections.abc import Collection

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.rows.json_lines import NEW_FIELDS
from glue_jobs.lib.rows.periods import day_of
from glue_jobs.lib.rows.rule import REJECT_RATE_EXCEEDED, reason_of
from glue_jobs.lib.run.spans import Span


def with_first_verdict(
    rows: DataFrame,
    *,
    rejected: Collection[int],
    window: Span | None,
    time_field: str | None,
) -> DataFrame:
    """Puts `verdict`, which is NULL for rows that depend on others, in place of what only their file needs.

    Args:
        rows: `checked_rows.sifted`.
        rejected: file_ids with too many rows in error; all their rows are quarantined.
        window: The days of a backfill, None for all.
        time_field: Column that gives a row's day, None if rows have none.
    """
    in_error = F.col("raw").isNotNull()
    if rejected:
        in_error = in_error | F.col("file_id").isin(sorted(rejected))
    verdict = F.when(in_error, Count.QUARANTINED)
    if window and time_field:
        verdict = verdict.when(~_is_within(window, time_field), Count.OUT_OF_WINDOW)
    return rows.withColumn("verdict", verdict).drop("raw", NEW_FIELDS)


def with_rejection(checked: DataFrame) -> DataFrame:
    """Adds the reason of rows whose file is rejected for its many errors (`checked_rows.with_checks`)."""
    message = "too many rows of the file are in error, so all of it is rejected; see --max_reject_rate"
    return checked.withColumn("_errors", F.concat("_errors", reason_of(REJECT_RATE_EXCEEDED, message)))


def _is_within(window: Span, time_field: str) -> Column:
    day = day_of(time_field)
    within = F.lit(True)
    if window.first:
        within = within & (day >= F.lit(window.first))
    if window.last:
        within = within & (day <= F.lit(window.last))
    return within
