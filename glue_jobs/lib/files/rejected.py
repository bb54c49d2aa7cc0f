"""Files that are rejected as a whole: `quarantine/files/<date>/<12 hex>/<landing key>`, the reason next to it."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.files.ledger import LedgerFile
from glue_jobs.lib.run import aws, logs
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.error_log import ErrorLog

FOLDER = "quarantine/files/"
REASON_SUFFIX = ".reason.json"


@dataclass(frozen=True)
class Problem:
    """Why a file is rejected. `message` names the file and the wrong value, `remedy` says what its sender can do."""

    reason: str
    message: str
    remedy: str


def quarantine_key(config: JobConfig, file: LedgerFile) -> str:
    """The file's key in the lake bucket; the reason's key is this plus REASON_SUFFIX."""
    folder = f"{FOLDER}{config.started_at:%Y-%m-%d}/{_mark(file.checksum)}/"
    return s3_copy.fit_key(folder, file.landing_key, room_for=REASON_SUFFIX)


def tell(errors: ErrorLog, file: LedgerFile, problem: Problem, *, is_put_aside: bool = True) -> None:
    """Says that the file is rejected, why, and where it will be; the end of `local-glue run` shows it."""
    facts = {"file": file.landing_key, "dataset": file.dataset, "reason": problem.reason}
    errors.add("rejected_file", checksum=file.checksum, message=problem.message, remedy=problem.remedy, **facts)
    if is_put_aside:
        facts["put_aside"] = f"s3://{errors.config.lake_bucket}/{quarantine_key(errors.config, file)}"
    logs.warning(f"file rejected: {problem.message}; {problem.remedy}", **facts)


def put_aside(
    config: JobConfig, file: LedgerFile, problem: Problem, *, source: dict[str, str] | None, etag: str | None = None
) -> str:
    """Copies the object at `source` (Bucket, Key, VersionId), if there is one, to quarantine with its reason.

    Returns:
        The key in the lake bucket.
    """
    key = quarantine_key(config, file)
    if source:
        s3_copy.copy(source, config.lake_bucket, key, size=file.bytes, etag=etag, file_key=file.file_key)
    facts = {
        "file": file.landing_key,
        "dataset": file.dataset,
        "reason": problem.reason,
        "message": problem.message,
        "remedy": problem.remedy,
        "checksum": file.checksum,
        "run_id": config.run_id,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    aws.client("s3").put_object(
        Bucket=config.lake_bucket,
        Key=f"{key}{REASON_SUFFIX}",
        Body=json.dumps(facts, ensure_ascii=False, indent=2).encode(),
        ContentType="application/json",
    )
    return key


def messages(s3: Any, lake_bucket: str, checksums: Collection[str]) -> dict[tuple[str, str], str]:
    """Message and remedy of rejected files, by landing key and checksum; at least of those with these checksums.

    Args:
        s3: A client of the account, or local stack, that the bucket is in.
    """
    found: dict[tuple[str, str], str] = {}
    marks = {_mark(checksum) for checksum in checksums}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=lake_bucket, Prefix=FOLDER) if marks else ():
        for key in (item["Key"] for item in page.get("Contents", []) if item["Key"].endswith(REASON_SUFFIX)):
            if key.removeprefix(FOLDER).split("/")[1] in marks:
                facts = json.loads(s3.get_object(Bucket=lake_bucket, Key=key)["Body"].read())
                found[facts["file"], facts["checksum"]] = f"{facts['message']}; {facts['remedy']}"
    return found


def _mark(checksum: str) -> str:
    """What the name of a rejected file's folder says of its checksum."""
    return checksum[:12]
