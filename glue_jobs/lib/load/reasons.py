"""The rows in error of a delivery: their reasons are counted for the books, and the rows go to the quarantine."""

from collections import Counter
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.load.outcomes import Outcome, Outcomes, count_outcomes
from glue_jobs.lib.rows import quarantine
from glue_jobs.lib.rows.rule import REJECT_RATE_EXCEEDED


def add_decided(run: LoadRun, delivered: Delivery, counted: Outcomes) -> None:
    """Adds the rows whose verdict did not depend on others: those in error, and those that a backfill leaves out."""
    if delivered.rows is not None and run.window:
        counted.add(count_outcomes(delivered.rows.where(F.col("verdict").isNotNull())))
    elif delivered.rows is not None:
        counted.add(_quarantined(delivered))


def _quarantined(delivered: Delivery) -> Outcomes:
    """The rows in error, and those of files with too many of them, as they were counted when they were read."""
    found = Outcomes()
    for file_id, content in delivered.content.items():
        problem = delivered.rejected.get(file_id)
        if problem and problem.reason != REJECT_RATE_EXCEEDED:
            continue  # its rows are not even quarantined
        if rows := content.rows if problem else content.errors:
            found.rows += rows
            found.files[file_id] = Outcome(verdicts=Counter({Count.QUARANTINED: rows}))
    return found


def quarantine_errors(run: LoadRun, delivered: Delivery, counted: Outcomes, *, others: DataFrame | None = None) -> None:
    """Adds the reasons to `counted` and writes the quarantine, if there is anything to write and it is no dry run.

    Args:
        counted: What became of the delivery's rows.
        others: Rows that are not from the run's files: `quarantine.columns`, source_file, file_key.
    """
    dataset, parts = delivered.inputs.dataset, []
    if delivered.in_error is not None:
        count_reasons(delivered.in_error, counted)
        parts.append(delivered.named(delivered.in_error))
    if others is not None:
        parts.append(others)
    columns = [*quarantine.columns(dataset), "source_file", "file_key"]
    if parts and not run.config.dry_run:
        rows = reduce(DataFrame.unionByName, (part.select(*columns) for part in parts))
        quarantine.write_quarantine(rows, dataset=dataset, config=run.config)


def count_reasons(in_error: DataFrame, counted: Outcomes) -> None:
    """Adds to the outcome of each file how many of its rows broke which rule."""
    broken = in_error.select("file_id", F.explode(F.array_distinct("_errors.rule")).alias("rule"))
    for row in broken.groupBy("file_id", "rule").agg(F.count("*").alias("rows")).collect():
        counted.files[row.file_id].rules[row.rule] = row.rows
