"""Files that are rejected as a whole: `quarantine/files/<date>/<12 hex>/<landing key>`, the reason next to it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.files.ledger import LedgerFile
from glue_jobs.lib.run import aws
from glue_jobs.lib.run.arguments import JobConfig

REASON_SUFFIX = ".reason.json"


@dataclass(frozen=True)
class Problem:
    """Why a file is rejected. `message` names the file and the wrong value, `remedy` says what its sender can do."""

    reason: str
    message: str
    remedy: str


def quarantine_key(config: JobConfig, file: LedgerFile) -> str:
    """The file's key in the lake bucket; the reason's key is this plus REASON_SUFFIX."""
    folder = f"quarantine/files/{config.started_at:%Y-%m-%d}/{file.checksum[:12]}/"
    return s3_copy.fit_key(folder, file.landing_key, room_for=REASON_SUFFIX)


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
