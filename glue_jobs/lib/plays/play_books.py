"""What became of the plays that a run read or that were waiting, counted."""

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.datasets import STREAMS
from glue_jobs.lib.load.outcomes import Outcome, Outcomes
from glue_jobs.lib.plays import classify
from glue_jobs.lib.rows.checked_rows import BEFORE_SIGNUP, PENDING_EXPIRED, REJECT_RATE_EXCEEDED, error_rules


def outcomes(classified: DataFrame, *, run_start: datetime) -> Outcomes:
    """Counts `plays.classify`; one small row a file and verdict comes to the driver."""
    names = [rule.name for rule in error_rules(STREAMS, run_start=run_start)]
    # value_too_long is one rule for several columns.
    names = list(dict.fromkeys([*names, REJECT_RATE_EXCEEDED, PENDING_EXPIRED]))
    of_rule = [
        F.count_if(F.array_contains("_errors.rule", name)).alias(f"rule{index}") for index, name in enumerate(names)
    ]
    counted = classified.groupBy("is_stored", "file_id", "verdict").agg(
        F.count("*").alias("rows"),
        F.count_if(BEFORE_SIGNUP).alias(BEFORE_SIGNUP),
        F.collect_set(F.when(F.col("verdict") == classify.LOADED, F.to_date("listen_time"))).alias("days"),
        *of_rule,
    )
    found = Outcomes()
    for row in counted.collect():
        found.rows += row.rows
        if row.verdict == classify.EXISTING:
            continue
        outcome = found.waiting if row.is_stored else found.files.setdefault(row.file_id, Outcome())
        outcome.verdicts[row.verdict] += row.rows
        if row.verdict == classify.QUARANTINED:
            outcome.rules.update({name: row[f"rule{index}"] for index, name in enumerate(names) if row[f"rule{index}"]})
        if row.verdict == classify.LOADED and row[BEFORE_SIGNUP]:
            outcome.warnings[BEFORE_SIGNUP] += row[BEFORE_SIGNUP]
        found.days.update(row.days)
    return found
