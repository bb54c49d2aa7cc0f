"""Manifests say which files came: `manifests/<dataset>/<run of validate_files>.json`, a JSON line a file.

They are all that loads read with a job bookmark. What Glue's readers do with raw lines, with many new files at once
and with odd keys is capped or not documented; a bookmark over one small file a run meets none of it. Of a line, loads
take the `file_key` only and ask the ledger for the rest; the other fields are there for people and for a lost ledger.
"""

import json
from collections.abc import Sequence
from typing import Any

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files.ledger import LedgerFile
from glue_jobs.lib.run import aws
from glue_jobs.lib.run.arguments import JobConfig


def manifest_key(dataset: str, run_id: str) -> str:
    """The key of the manifest that the run writes for the dataset."""
    return f"manifests/{dataset}/{run_id}.json"


def write_manifest(config: JobConfig, dataset: str, files: Sequence[LedgerFile]) -> str | None:
    """Names `files`, which wait for a load; returns the manifest's key, None without files."""
    if not files:
        return None
    key = manifest_key(dataset, config.run_id)
    body = "".join(f"{json.dumps(_line(file), ensure_ascii=False)}\n" for file in files)
    aws.client("s3").put_object(
        Bucket=config.lake_bucket, Key=key, Body=body.encode(), ContentType="application/x-ndjson"
    )
    return key


def new_file_keys(glue_context: Any, lake_bucket: str, dataset: Dataset) -> list[str]:
    """file_keys named by manifests that the job's bookmark has not seen, each once, in order.

    They count as seen when the job saves its bookmark.
    """
    read = glue_context.create_dynamic_frame.from_options(
        connection_type="s3",
        connection_options={"paths": [f"s3://{lake_bucket}/manifests/{dataset.name}/"], "recurse": True},
        format="json",
        transformation_ctx=bookmark_of(dataset),
    ).toDF()
    if "file_key" not in read.columns:  # without new files, Glue gives a frame without columns
        return []
    return sorted(row.file_key for row in read.select("file_key").distinct().collect())


def bookmark_of(dataset: Dataset) -> str:
    """The name of the dataset's bookmark; under another name all manifests would be read again."""
    return f"manifests_{dataset.name}"


def _line(file: LedgerFile) -> dict[str, Any]:
    # Texts only: Glue infers types, and numbers of several sizes would become a choice of types.
    return {
        "file_key": file.file_key,
        "archive_key": file.archive_key,
        "landing_key": file.landing_key,
        "checksum": file.checksum,
        "lines": str(file.lines),
        "header": file.header,
        "accepted_at": file.accepted_at.isoformat(timespec="microseconds"),
    }
