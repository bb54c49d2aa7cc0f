"""Lines of users in archived files: found by Spark, file by file taken out, and the ledger told.

A file without the users' lines is a new object, named by its own checksum as every archived file is. The ledger is
moved to it in one write, so whoever reads it finds a file and its line count that belong together, before and after.
The former object is deleted last, when no load can be about to read it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.erasure import versions
from glue_jobs.lib.erasure.lines import checksums_of_quoted, mention
from glue_jobs.lib.erasure.rewrite import Filter, Removed, count, rewrite
from glue_jobs.lib.files import archive
from glue_jobs.lib.files.ledger import ACCEPTED, REJECTED, Ledger, LedgerFile
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.rows import raw_lines
from glue_jobs.lib.run import aws, logs, parallel

BATCH = 2000
"""Files that one Spark job looks through."""

ERASED = "erased"
"""Reason of a file that waited for its load and had no other lines."""


@dataclass(frozen=True)
class Archived:
    """An archived file with lines of the users, and what is left out of it.

    Attributes:
        key: Where it is.
        record_parts: `record_parts` of its dataset.
        new_key, checksum, bytes: Of the file without them; None, "" and 0 until it is made, or if there
            are no other lines.
    """

    dataset: Dataset
    key: str
    removed: Removed
    record_parts: frozenset[str] = frozenset()
    new_key: str | None = None
    checksum: str = ""
    bytes: int = 0


def find(run: LoadRun, dataset: Dataset, users: Collection[int]) -> list[Archived]:
    """The archived files of the dataset that have lines of the users."""
    bucket = run.config.lake_bucket
    keys = [item["Key"] for item in aws.list_objects(bucket, f"archive/{dataset.name}/")]
    parts = record_parts(run.ledger, dataset)

    def look(key: str) -> Archived:
        return Archived(dataset, key, count(versions.read(bucket, key), Filter(dataset, users, parts)), parts)

    found: list[Archived] = []
    for done, batch in enumerate(parallel.batches(keys, BATCH)):
        candidates = _that_mention(run, batch, users)
        found += [file for file in parallel.in_parallel(look, candidates) if file.removed.lines]
        logs.info("archive searched", dataset=dataset.name, done=min((done + 1) * BATCH, len(keys)), of=len(keys))
    return found


def rewritten(run: LoadRun, file: Archived, users: Collection[int]) -> Archived:
    """Writes the file without the users' lines, unless it has no others; the former object stays."""
    if not file.removed.has_others:
        return file
    bucket, s3 = run.config.lake_bucket, aws.client("s3")
    filter_ = Filter(file.dataset, users, file.record_parts)
    made = rewrite(versions.read(bucket, file.key), filter_)
    with made.body as body:
        ending = f"{file.dataset.file_format}{'.gz' if file.key.endswith('.gz') else ''}"
        new_key = f"{file.key.rpartition('/')[0]}/{made.checksum}.{ending}"
        metadata = s3.head_object(Bucket=bucket, Key=file.key)["Metadata"]
        s3.upload_fileobj(body, bucket, new_key, ExtraArgs={"Metadata": metadata})
    return replace(file, new_key=new_key, checksum=made.checksum, bytes=made.bytes)


def move_ledger(ledger: Ledger, dataset: Dataset, files: Sequence[Archived], *, run_id: str) -> None:
    """Has the ledger's entries name the new files; one that waited for its load and is empty is closed."""
    by_key = {file.key: file for file in files}
    moved = [
        _moved(entry, by_key[entry.archive_key], run_id)
        for entry in ledger.files_of(dataset.name)
        if entry.archive_key in by_key
    ]
    ledger.put(moved)
    logs.info("ledger moved to files without the users' lines", dataset=dataset.name, files=len(moved))


def forget_parts(ledger: Ledger, dataset: Dataset, files: Sequence[Archived]) -> None:
    """Takes what the ledger remembers of the users' records of several lines out of it."""
    gone = {part for file in files for part in file.removed.parts}
    ledger.put(
        [
            replace(entry, record_parts=tuple(part for part in entry.record_parts if part not in gone))
            for entry in ledger.files_of(dataset.name)
            if gone.intersection(entry.record_parts)
        ]
    )


def forget_headers(ledger: Ledger, dataset: Dataset, users: Collection[int]) -> None:
    """Takes lines of the users that were taken for headers out of the ledger's entries of rejected files."""
    rejected = [entry for entry in ledger.files_of(dataset.name) if entry.state == REJECTED and entry.header]
    quoted = checksums_of_quoted(
        ((entry.dataset, entry.checksum, entry.header) for entry in rejected), [dataset], users
    )
    ledger.put([replace(entry, header="") for entry in rejected if entry.checksum in quoted])


def former_versions(bucket: str, dataset: Dataset, users: Collection[int]) -> list[versions.Version]:
    """Noncurrent versions of archived files, of this version and the first, that have lines of the users."""

    def look(version: versions.Version) -> bool:
        found = count(versions.read(bucket, version.key, version.id), Filter(dataset, users))
        return bool(found.lines)

    return [version for version in _noncurrent(bucket, dataset) if look(version)]


def record_parts(ledger: Ledger, dataset: Dataset) -> frozenset[str]:
    """MD5 of every line of the dataset's files that is part of a record of several lines."""
    if dataset.file_format != "csv":
        return frozenset()
    return frozenset(part for file in ledger.files_of(dataset.name) for part in file.record_parts)


def _that_mention(run: LoadRun, keys: Sequence[str], users: Collection[int]) -> list[str]:
    """Of the archived files, those with a line that may be a user's."""
    paths = archive.paths_to_read(run.config.lake_bucket, keys)
    if not paths:
        return []
    lines = raw_lines.read_lines(run.glue.spark, paths, keys)
    is_suspect = F.col("line").rlike(mention(users)) | F.col("line").contains("\\u")
    prefix = f"s3://{run.config.lake_bucket}/"
    return sorted(row.path.removeprefix(prefix) for row in lines.where(is_suspect).select("path").distinct().collect())


def _moved(entry: LedgerFile, file: Archived, run_id: str) -> LedgerFile:
    if file.new_key is None:
        closed = {"state": REJECTED, "reason": ERASED, "run_id": run_id} if entry.state == ACCEPTED else {}
        return replace(entry, archive_key=None, lines=0, bytes=0, **closed)
    lines = entry.lines - file.removed.lines
    return replace(entry, archive_key=file.new_key, checksum=file.checksum, lines=lines, bytes=file.bytes)


def _noncurrent(bucket: str, dataset: Dataset) -> Iterator[versions.Version]:
    for folder in ("archive", "accepted"):
        found = versions.list_versions(bucket, f"{folder}/{dataset.name}/")
        yield from (version for version in found if not (version.is_latest or version.is_marker))
