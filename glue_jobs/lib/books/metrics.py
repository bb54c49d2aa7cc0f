"""The metrics that a run publishes to CloudWatch, for Terraform's alarms and dashboard. Imports no Spark.

There is one call per run, after its data is published. A lost call costs one point on a chart (and, hours later, an
alarm about a stale warehouse), so a failure is only logged, and timeouts are short.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from glue_jobs.lib.books.book import RunBook
from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.run import aws, logs
from glue_jobs.lib.run.arguments import JobConfig

NAMESPACE = "MusicLoader"
DIMENSION = "Job"
"""The only dimension: job names are unique in an account, and runs outside a workflow count too."""

ROWS = {f"Rows{count.title().replace('_', '')}": count for count in Count}
"""Metrics that are counts of the run's book (`RowsAlreadyLoaded`), so a chart can show whether it balances."""

FILE_STATES = {"ACCEPTED": "FilesAccepted", "REPEATED": "FilesRepeated", "REJECTED": "FilesRejected",
               "NEW_COLUMNS": "FilesWithNewColumns"}  # fmt: skip


def publish_run(book: RunBook) -> None:
    """Publishes the counts of a run's book; called once the run's data is published."""
    counts = {Count.READ: book.read, Count.PENDING_BEFORE: book.pending_before, **book.outcomes}
    values: dict[str, float] = {name: counts.get(count, 0) for name, count in ROWS.items()}
    came = book.read + book.pending_before
    if came and "replay" not in book.measures:  # rows that a replay leaves in quarantine are no news
        values["RejectedShare"] = book.outcomes.get(Count.QUARANTINED, 0) / came
    values["RowsWithNewFields"] = book.warnings_by_rule.get("new_columns", 0)
    _put(book.job_name, book.started_at, {**values, "Published": 1})


def publish_files(config: JobConfig, outcomes: Mapping[str, int]) -> None:
    """Publishes how many files validate_files accepted, knew already or rejected."""
    publish_counts(config, {name: outcomes.get(state, 0) for state, name in FILE_STATES.items()})


def publish_counts(config: JobConfig, counts: Mapping[str, int]) -> None:
    """Publishes counts of a run that has no book."""
    _put(config.job_name, config.started_at, counts)


def _put(job: str, started_at: datetime, values: Mapping[str, float]) -> None:
    seconds = (datetime.now(UTC) - started_at).total_seconds()
    data = [_datum(job, name, value, "None" if name == "RejectedShare" else "Count") for name, value in values.items()]
    data.append(_datum(job, "DurationSeconds", seconds, "Seconds"))
    try:
        aws.client("cloudwatch", patient=False).put_metric_data(Namespace=NAMESPACE, MetricData=data)
    except Exception as cause:
        logs.warning(
            "metrics not published, the run goes on; allow cloudwatch:PutMetricData, and in a network without a way "
            "to the internet make an endpoint for monitoring",
            cause=str(cause)[:300],
        )


def _datum(job: str, name: str, value: float, unit: str) -> dict[str, Any]:
    dimensions = [{"Name": DIMENSION, "Value": job}]
    return {"MetricName": name, "Dimensions": dimensions, "Value": float(value), "Unit": unit}
