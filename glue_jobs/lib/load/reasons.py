"""The rows in error of a delivery: their reasons are counted for the books, and the rows go to the quarantine."""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.load.outcomes import Outcomes, count_outcomes
from glue_jobs.lib.rows import quarantine


def add_decided(run: LoadRun, delivered: Delivery, counted: Outcomes) -> None:
    """Adds the rows whose verdict did not depend on others: those in error, and those that a backfill leaves out."""
    if delivered.rows is not None and (delivered.in_error is not None or run.window):
        counted.add(count_outcomes(delivered.rows.where(F.col("verdict").isNotNull())))


def quarantine_errors(run: LoadRun, delivered: Delivery, counted: Outcomes, *, others: DataFrame | None = None) -> None:
    """Adds the reasons to `counted` and writes the quarantine, if there is anything to write and it is no dry run.

    Args:
        counted: What became of the delivery's rows.
        others: Rows that are not from the run's files: `quarantine.columns`, source_file, file_key.
    """
    dataset, parts = delivered.inputs.dataset, []
    if delivered.in_error is not None:
        count_reasons(delivered.in_error, counted)
        parts.append(delivered.in_error.join(F.broadcast(delivered.names(run)), on="file_id", how="left"))
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
