"""Removes what dead runs left: stage tables, temporary files, quarantine folders of runs that were never booked.

A run keeps a folder below `temp/` while it is open and deletes it when it ends well. A folder that was not written to
for a day belongs to a dead run.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from glue_jobs.lib.contracts.books import LOAD_RUNS
from glue_jobs.lib.contracts.datasets import DATASETS
from glue_jobs.lib.run import aws, logs
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import STAGES_FILE
from glue_jobs.lib.warehouse import sql

if TYPE_CHECKING:
    from glue_jobs.lib.warehouse.warehouse import Warehouse

DEAD_AFTER = timedelta(days=1)


@dataclass
class DeadRun:
    """A run that did not end well.

    Attributes:
        prefix: Its folder in the lake bucket.
        stages: Stage tables it may have left in the warehouse.
        quarantines: Its quarantine folders.
    """

    run_id: str
    prefix: str
    stages: list[str] = field(default_factory=list)
    quarantines: list[str] = field(default_factory=list)


def find_dead_runs(config: JobConfig, *, now: datetime | None = None) -> list[DeadRun]:
    """Runs of any job whose temporary folder has not changed for a day; not this one."""
    latest: dict[tuple[str, str], datetime] = {}
    for item in aws.list_objects(config.lake_bucket, "temp/"):
        parts = item["Key"].split("/")
        if len(parts) > 3:
            key = (parts[1], parts[2])
            latest[key] = max(latest.get(key, item["LastModified"]), item["LastModified"])
    before = (now or datetime.now(UTC)) - DEAD_AFTER
    return [
        _dead_run(config, f"temp/{job}/{run_id}/", run_id)
        for (job, run_id), changed in sorted(latest.items())
        if changed < before and run_id != config.run_id
    ]


def sweep(config: JobConfig, dead: Sequence[DeadRun], open_warehouse: Callable[[], "Warehouse"]) -> None:
    """Removes what the `dead` runs left; quarantine folders only of runs that are not in the warehouse's books.

    Args:
        open_warehouse: Called only if there is a table to drop or a quarantine folder to decide on.
    """
    if any(run.stages or run.quarantines for run in dead):
        warehouse = open_warehouse()
        stages = [stage for run in dead for stage in run.stages]
        if stages:
            warehouse.drop(stages)
        booked = _booked(warehouse, [run.run_id for run in dead if run.quarantines])
        for run in dead:
            for folder in run.quarantines if run.run_id not in booked else ():
                aws.delete_prefix(config.lake_bucket, folder)
    # Last, so that after a crash before this, everything is swept again.
    for run in dead:
        aws.delete_prefix(config.lake_bucket, run.prefix)
        logs.info("swept what a dead run left", dead_run_id=run.run_id, stages=run.stages, quarantines=run.quarantines)


def _dead_run(config: JobConfig, prefix: str, run_id: str) -> DeadRun:
    # Of every dataset: once the run's folder below temp/ is gone, no other workflow would find these.
    folders = [
        f"quarantine/{dataset}/run_id={run_id}/"
        for dataset in DATASETS
        if next(aws.list_objects(config.lake_bucket, f"quarantine/{dataset}/run_id={run_id}/"), None)
    ]
    try:
        body = aws.client("s3").get_object(Bucket=config.lake_bucket, Key=f"{prefix}{STAGES_FILE}")["Body"].read()
        stages = list(json.loads(body))
    except ClientError as cause:
        if cause.response["Error"]["Code"] not in ("NoSuchKey", "404"):
            raise
        stages = []
    return DeadRun(run_id, prefix, stages, folders)


def _booked(warehouse: "Warehouse", run_ids: Sequence[str]) -> set[str]:
    if not run_ids:
        return set()
    wanted = ", ".join(sql.literal(run_id) for run_id in run_ids)
    query = f"SELECT run_id FROM {LOAD_RUNS.full_name} WHERE run_id IN ({wanted})"
    return {row["run_id"] for row in warehouse.read(query, "run_id string").collect()}
