"""Drives the local AWS with boto3 as a user of AWS would: put objects, start the workflow, look at the result."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from oracle import Delivery, assert_warehouse_equals, recompute, recompute_star

from local_glue.stack import Stack

LANDING, LAKE, LEDGER = "music-landing", "music-lake", "ProcessedFiles"
ORACLES = {"streams": ("music", recompute), "sparkify": ("sparkify", recompute_star)}
"""The schema of each workflow, and the function that recomputes it."""


class Pipeline:
    """A workflow on a local stack.

    Attributes:
        delivered: All valid files put so far, in order; the warehouse is recomputed from them.
    """

    def __init__(self, stack: Stack, folder: Path, *, workflow: str = "streams") -> None:
        self.stack, self.folder, self.workflow = stack, folder, workflow
        self.s3, self.glue, self.dynamodb = (stack.client(name) for name in ("s3", "glue", "dynamodb"))
        self.delivered: list[Delivery] = []

    def put(self, key: str, content: bytes | str | Path, *, valid: bool = True, clean: bool = False) -> None:
        """Puts one object into the landing bucket; `valid` files count for `recompute`."""
        path = content if isinstance(content, Path) else self._keep(key, content)
        self.s3.put_object(Bucket=LANDING, Key=key, Body=path.read_bytes())
        if valid:
            self.delivered.append(Delivery(key.partition("/")[0], path, clean=clean))

    def run(self, properties: Mapping[str, str] | None = None) -> str:
        """Runs the workflow; returns the workflow run's id.

        Raises:
            AssertionError: A job did not succeed; the message is the job's.
        """
        run = self.start_and_wait(properties)
        failures = self.failures(run)
        assert not failures, f"{failures}"
        assert run["Status"] == "COMPLETED"
        jobs = sum(node["Type"] == "JOB" for node in run["Graph"]["Nodes"])
        assert run["Statistics"]["SucceededActions"] == jobs, run["Statistics"]
        return run["WorkflowRunId"]

    def run_failing(self, properties: Mapping[str, str] | None = None) -> tuple[str, str]:
        """Runs the workflow, in which one job must fail; returns the job's name and its error message."""
        failures = self.failures(self.start_and_wait(properties))
        assert len(failures) == 1, failures
        return failures.popitem()

    def start_and_wait(self, properties: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Runs the workflow; returns the finished workflow run with its graph."""
        return self.wait(
            self.glue.start_workflow_run(Name=self.workflow, RunProperties=dict(properties or {}))["RunId"]
        )

    def wait(self, run_id: str) -> dict[str, Any]:
        """The workflow run with its graph, when it has finished."""
        return self.stack.wait_for_workflow(self.workflow, run_id)

    def status(self, run_id: str) -> str:
        """The state of a workflow run."""
        return self.glue.get_workflow_run(Name=self.workflow, RunId=run_id)["Run"]["Status"]

    def failures(self, run: Mapping[str, Any]) -> dict[str, str]:
        """Error messages of the jobs that did not succeed, by job."""
        jobs = [
            job
            for node in run["Graph"]["Nodes"]
            if node["Type"] == "JOB"
            for job in node.get("JobDetails", {}).get("JobRuns", [])
        ]
        return {job["JobName"]: job.get("ErrorMessage", "") for job in jobs if job["JobRunState"] != "SUCCEEDED"}

    def rows(self, sql: str, *values: Any, database: str = "warehouse") -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with self.stack.connect(database) as connection:
            return connection.execute(sql, values or None).fetchall()

    def execute(self, sql: str, *, database: str = "warehouse") -> None:
        """Executes a statement that returns nothing."""
        with self.stack.connect(database) as connection:
            connection.execute(sql)

    def file_books(self, workflow_run_id: str) -> dict[str, dict[str, Any]]:
        """Rows of load_files that the run booked, by landing key; rules decoded."""
        sql = (
            "SELECT f.source_file, f.state, f.reason, f.read, f.loaded, f.already_loaded, f.repeated, f.quarantined,"
            " f.pending_after, f.out_of_window, f.quarantined_by_rule, f.warnings_by_rule"
            " FROM music.load_files f JOIN music.load_runs r ON r.run_id = f.run_id WHERE r.workflow_run_id = %s"
        )
        names = (
            *("key", "state", "reason", "read", "loaded", "already_loaded", "repeated", "quarantined"),
            *("pending", "out_of_window", "quarantined_by_rule", "warnings_by_rule"),
        )
        books = [dict(zip(names, row, strict=True)) for row in self.rows(sql, workflow_run_id)]
        for book in books:
            for name in ("quarantined_by_rule", "warnings_by_rule"):
                book[name] = json.loads(book[name] or "{}")
        return {book["key"]: book for book in books}

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """Keys below a prefix."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def ledger(self) -> list[dict[str, str]]:
        """The files in the ledger."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=LEDGER, ConsistentRead=True)
        items = [{name: value.get("S") for name, value in item.items()} for page in pages for item in page["Items"]]
        return [item for item in items if "dataset" in item]

    def assert_tidy(self) -> None:
        """Fails unless no file waits, and the archive holds just the files that the ledger has there."""
        files = self.ledger()
        assert [file["file_key"] for file in files if file.get("open_dataset")] == []
        assert self.keys(LAKE, "archive/") == sorted({file["archive_key"] for file in files if file.get("archive_key")})

    def assert_exact(self, *, tables: Iterable[str] | None = None) -> None:
        """Fails unless the warehouse equals DuckDB's recomputation from everything delivered."""
        schema, expected = ORACLES[self.workflow]
        with self.stack.connect("warehouse") as connection:
            assert_warehouse_equals(connection, expected(self.delivered), tables=tables, schema=schema)

    def _keep(self, key: str, content: bytes | str) -> Path:
        suffix = ".gz" if key.endswith(".gz") else ""
        path = self.folder / f"{len(list(self.folder.iterdir()))}{suffix}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path
