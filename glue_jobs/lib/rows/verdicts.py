"""Verdicts on lines that their own file decides; a verdict is one of the outcomes that books count."""

from collections.abc import Collection

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.rows.rule import REJECT_RATE_EXCEEDED, reason_of
from glue_jobs.lib.run.spans import Span


def with_first_verdict(
    checked: DataFrame,
    *,
    rejected: Collection[int],
    window: Span | None,
    time_field: str | None,
) -> DataFrame:
    """Adds `verdict` to rows that can be decided alone; it is NULL for rows that depend on others.

    Args:
        checked: file_id, _errors, and the time field if there is a window.
        rejected: file_ids with too many rows in error; all their rows are quarantined, with that reason added.
        window: The days of a backfill, None for all.
        time_field: Column that gives a row's day, None if rows have none.
    """
    in_rejected = _is_in("file_id", rejected)
    message = "too many rows of the file are in error, so all of it is rejected; see --max_reject_rate"
    errors = F.when(in_rejected, F.concat("_errors", reason_of(REJECT_RATE_EXCEEDED, message))).otherwise(
        F.col("_errors")
    )
    verdict = F.when(F.size(errors) > 0, Count.QUARANTINED)
    if window and time_field:
        verdict = verdict.when(~_is_within(window, time_field), Count.OUT_OF_WINDOW)
    return checked.withColumns({"_errors": errors, "verdict": verdict})


def _is_in(column: str, values: Collection[int]) -> Column:
    return F.col(column).isin(sorted(values)) if values else F.lit(False)


def _is_within(window: Span, time_field: str) -> Column:
    day = F.to_date(time_field)
    within = F.lit(True)
    if window.first:
        within = within & (day >= F.lit(window.first))
    if window.last:
        within = within & (day <= F.lit(window.last))
    return within
