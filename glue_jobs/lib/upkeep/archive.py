"""Moves loaded files to `archive/<dataset>/YYYY/MM/DD/<12 hex of checksum>/<landing key>`."""

import base64
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from botocore.exceptions import ClientError

from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.files.ledger import ARCHIVED, LOADED, Ledger, LedgerFile
from glue_jobs.lib.run import aws, logs, parallel
from glue_jobs.lib.run.errors import PipelineError

BATCH = 400
DATES = (
    r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)",
    r"(?<!\d)(\d{4})/(\d{2})/(\d{2})(?!\d)",
    r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)",
    r"(?<!\d)(\d{4})/(\d{2})(?!\d)",
)
PACKED = (".gz", ".bz2", ".zst", ".snappy", ".deflate", ".lz4")
YEARS = range(1970, 2101)
"""Other numbers of four digits are not taken for years."""


@dataclass(frozen=True)
class _Copied:
    file: LedgerFile
    key: str
    owns_object: bool


def file_date(file: LedgerFile) -> date:
    """The date in the landing key, the first of the month if it has no day; otherwise the day of acceptance."""
    for form in DATES:
        for found in re.finditer(form, file.landing_key):
            year, month, day = (int(part) for part in (*found.groups(), "1")[:3])
            if year in YEARS and 1 <= month <= 12 and 1 <= day <= 31:
                try:
                    return date(year, month, day)
                except ValueError:
                    continue
    return file.accepted_at.date()


def archive_key(file: LedgerFile) -> str:
    """The file's key in the archive."""
    folder = f"archive/{file.dataset}/{file_date(file):%Y/%m/%d}/{file.checksum[:12]}/"
    suffix = _honest_suffix(file)
    return s3_copy.fit_key(folder, file.landing_key, room_for=suffix) + suffix


def _honest_suffix(file: LedgerFile) -> str:
    """The suffix for a key whose ending is wrong for the content: Hadoop unpacks by name."""
    is_packed = (file.accepted_key or "").endswith(".gz")
    if is_packed and not file.landing_key.endswith(".gz"):
        return ".gz"
    return ".csv" if not is_packed and file.landing_key.lower().endswith(PACKED) else ""


def archive_files(bucket: str, ledger: Ledger, dataset: str) -> int:
    """Moves the dataset's loaded files to the archive; returns how many.

    A file is copied and compared, then the ledger is updated, then the accepted object is deleted; so the ledger
    always leads to a complete object.

    Raises:
        PipelineError: A file's object is gone, or its copy differs; the others are archived.
    """
    files = ledger.open_files(dataset, (LOADED,))
    failures: list[str] = []
    done = 0
    for batch in parallel.batches(files, BATCH):
        copied = []
        for outcome in parallel.in_parallel(lambda file: _copy(bucket, file), batch):
            if isinstance(outcome, _Copied):
                copied.append(outcome)
            else:
                failures.append(outcome)
        ledger.put([replace(item.file, state=ARCHIVED, archived_key=item.key) for item in copied])
        _delete(bucket, ledger, dataset, copied)
        done += len(copied)
        logs.info("files archived", dataset=dataset, done=done, of=len(files))
    if failures:
        raise PipelineError(f"{failures[0]} ({len(failures)} such files; the others are archived)")
    return done


def _copy(bucket: str, file: LedgerFile) -> _Copied | str:
    s3, key, source = aws.client("s3"), archive_key(file), file.accepted_key or ""
    try:
        found = s3.head_object(Bucket=bucket, Key=source)
    except ClientError as cause:
        if cause.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return f"'{source}', the accepted object of {file.file_key}, is gone; deliver the file again"
        raise
    s3_copy.copy({"Bucket": bucket, "Key": source}, bucket, key, size=file.bytes, file_key=file.file_key, checksum=True)
    copy = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    if not _is_same(file, found["ETag"], copy):
        return f"'{key}' differs from '{source}' after copying; run the job again"
    return _Copied(file, key, s3_copy.file_key_in(found) == file.file_key)


def _is_same(file: LedgerFile, etag: str, copy: dict) -> bool:
    if copy["ContentLength"] != file.bytes:
        return False
    checksum = copy.get("ChecksumSHA256", "-")
    if "-" not in checksum:
        return base64.b64decode(checksum).hex() == file.checksum
    # Copied in parts: S3 has no checksum of the whole; an ETag without parts is comparable.
    return "-" in copy["ETag"] or "-" in etag or copy["ETag"] == etag


def _delete(bucket: str, ledger: Ledger, dataset: str, copied: Sequence[_Copied]) -> None:
    """Deletes objects that no other file needs; catalogue files that came again share the object of their content."""
    needed = Counter(file.accepted_key for file in ledger.open_files(dataset) if file.accepted_key)
    own = {item.file.accepted_key or "" for item in copied if item.owns_object and not needed[item.file.accepted_key]}
    aws.delete_objects(bucket, sorted(own))
