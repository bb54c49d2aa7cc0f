"""Handled errors of a run as JSON lines in S3 (`logs/errors/<date>/<run_id>.jsonl`), which saves searching logs."""

import json
from datetime import UTC, datetime
from typing import Any

from glue_jobs.lib.run import aws
from glue_jobs.lib.run.arguments import JobConfig

KINDS = ("rejected_file", "rejected_rows", "retried_call", "quality_check", "new_columns")


class ErrorLog:
    """Collects the errors that a run handled; `flush` writes them."""

    def __init__(self, config: JobConfig) -> None:
        self.config = config
        self.entries: list[dict[str, Any]] = []

    @property
    def key(self) -> str:
        """The object that `flush` writes, in the lake bucket."""
        return f"logs/errors/{self.config.started_at:%Y-%m-%d}/{self.config.run_id}.jsonl"

    def add(self, kind: str, **facts: Any) -> None:
        """Adds one handled error.

        Raises:
            ValueError: `kind` is not one of KINDS.
        """
        if kind not in KINDS:
            raise ValueError(f"'{kind}' is no kind of handled error; take one of {', '.join(KINDS)}")
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        run = {"at": at, "job_name": self.config.job_name, "run_id": self.config.run_id}
        self.entries.append({**run, "kind": kind, **facts})

    def flush(self) -> str | None:
        """Writes all entries so far (again, if called twice); returns the key, None when there is no entry."""
        if not self.entries:
            return None
        lines = (json.dumps(entry, ensure_ascii=False, default=str) for entry in self.entries)
        body = "".join(f"{line}\n" for line in lines).encode()
        aws.client("s3").put_object(
            Bucket=self.config.lake_bucket, Key=self.key, Body=body, ContentType="application/x-ndjson"
        )
        return self.key
