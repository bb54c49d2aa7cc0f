"""What the books, and the files that were put aside, say about a run."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Protocol

import pyarrow.parquet as pq

from glue_jobs.lib.contracts.books import LOAD_FILES, LOAD_RUNS
from glue_jobs.lib.files import rejected
from glue_jobs.lib.files.ledger import REJECTED
from glue_jobs.lib.warehouse import sql

USUAL_RUNS, EXAMPLES = 20, 2

Row = dict[str, Any]


class Warehouse(Protocol):
    """Answers SELECTs."""

    def rows(self, query: str) -> Sequence[Sequence[Any]]:
        """All rows of the answer."""


@dataclass
class Facts:
    """One run, of a workflow or of a job.

    Attributes:
        runs: Rows of load_runs, in order of start.
        files: Rows of load_files.
        usual_ms: Median duration of earlier runs, by job.
        usual_s: Median seconds of each step in earlier runs, by job and step.
        waiting: Plays that wait: reason, how many, since when (UTC).
        problems: `rejected.messages` of the files that were put aside.
        examples: Rejected lines with their reasons, by dataset and first reason.
    """

    runs: list[Row]
    files: list[Row]
    usual_ms: dict[str, float] = field(default_factory=dict)
    usual_s: dict[tuple[str, str], float] = field(default_factory=dict)
    waiting: Sequence[Sequence[Any]] = ()
    problems: dict[tuple[str, str], str] = field(default_factory=dict)
    examples: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)


def gather(warehouse: Warehouse, s3: Any, lake_bucket: str, run: str | None) -> Facts | None:
    """Reads what there is about a run; None if the books do not have it.

    Args:
        run: Id of a workflow run or of a job run; None is the workflow run that began last.
    """
    if run is None:
        last = warehouse.rows(
            f"SELECT workflow_run_id, run_id FROM {LOAD_RUNS.full_name} ORDER BY started_at DESC LIMIT 1"
        )
        run = next((row[0] or row[1] for row in last), None)
    if run is None:
        return None
    one_run = f"{sql.literal(run)} IN (run_id, workflow_run_id)"
    runs = _table(warehouse, LOAD_RUNS, f"WHERE {one_run} ORDER BY started_at")
    if not runs:
        return None
    ids = ", ".join(sql.literal(row["run_id"]) for row in runs)
    files = _table(warehouse, LOAD_FILES, f"WHERE run_id IN ({ids}) ORDER BY dataset, source_file")
    facts = Facts(runs, files, waiting=_waiting(warehouse, runs))
    _add_usual(warehouse, facts)
    refused = {file["checksum"] for file in files if file["state"] == REJECTED}
    facts.problems = rejected.messages(s3, lake_bucket, refused)
    for row in runs:
        _add_examples(s3, lake_bucket, row, facts)
    return facts


def seconds_of(row: Row) -> Mapping[str, float]:
    """How long each step of a job took."""
    return json.loads(row["measures"] or "{}").get("seconds", {})


def _table(warehouse: Warehouse, table: Any, rest: str) -> list[Row]:
    names = [str(name) for name in table.column_names]
    columns = ", ".join(map(sql.identifier, names))
    rows = warehouse.rows(f"SELECT {columns} FROM {table.full_name} {rest}")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _waiting(warehouse: Warehouse, runs: Sequence[Row]) -> Sequence[Sequence[Any]]:
    if not any(row["pending_after"] for row in runs):
        return ()
    return warehouse.rows(
        "SELECT reason, COUNT(*), MIN(first_seen) FROM music.pending_streams GROUP BY reason ORDER BY COUNT(*) DESC"
    )


def _add_usual(warehouse: Warehouse, facts: Facts) -> None:
    for row in facts.runs:
        job = row["job_name"]
        before = _table(
            warehouse, LOAD_RUNS,
            f"WHERE job_name = {sql.literal(job)} AND started_at < {sql.literal(str(row['started_at']))} "
            f"ORDER BY started_at DESC LIMIT {USUAL_RUNS}",
        )  # fmt: skip
        if before:
            facts.usual_ms[job] = median(other["duration_ms"] for other in before)
        for step in seconds_of(row):
            if known := [seconds_of(other)[step] for other in before if step in seconds_of(other)]:
                facts.usual_s[job, step] = median(known)


def _add_examples(s3: Any, bucket: str, row: Row, facts: Facts) -> None:
    """A few lines for each reason, out of the run's own quarantine folders."""
    for dataset in sorted({file["dataset"] for file in facts.files if file["run_id"] == row["run_id"]}):
        for raw, reasons, file in _quarantined(s3, bucket, f"quarantine/{dataset}/run_id={row['run_id']}/"):
            found = facts.examples.setdefault((dataset, reasons[0]["rule"]), [])
            if len(found) < EXAMPLES:
                messages = "; ".join(reason["message"] or reason["rule"] for reason in reasons)
                found.append((raw, f"{file}: {messages}"))


def _quarantined(s3: Any, bucket: str, prefix: str) -> Iterator[tuple[str, list[Row], str]]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for key in (item["Key"] for item in page.get("Contents", []) if item["Key"].endswith(".parquet")):
            content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            rows = pq.read_table(io.BytesIO(content), columns=["raw", "_errors", "_source_file"])
            yield from zip(*(column.to_pylist() for column in rows.columns), strict=True)
