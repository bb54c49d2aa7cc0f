"""Takes over what version 0.1 left in `accepted/`, where files waited for their load and then for the archive."""

from collections.abc import Sequence
from dataclasses import replace

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.files.archive import archive_key
from glue_jobs.lib.files.ledger import Ledger, LedgerFile
from glue_jobs.lib.run import aws, logs, parallel

FORMER_PREFIX = "accepted/"


def take_over(bucket: str, ledger: Ledger, dataset: Dataset, files: Sequence[LedgerFile]) -> list[LedgerFile]:
    """Moves those of the open `files` that lie in `accepted/` to the archive; returns all, as they are then.

    Like a file of today, each is copied, then recorded, then deleted, so that a crash in between costs nothing.
    """
    former = [file for file in files if (file.archive_key or "").startswith(FORMER_PREFIX)]
    if not former:
        return list(files)
    moved = parallel.in_parallel(lambda file: _copied(bucket, dataset, file), former)
    ledger.put(moved)
    aws.delete_objects(bucket, sorted({file.archive_key for file in former if file.archive_key}))
    logs.info("files of version 0.1 moved from accepted/ to the archive", dataset=dataset.name, files=len(moved))
    now = {file.file_key: file for file in moved}
    return [now.get(file.file_key, file) for file in files]


def _copied(bucket: str, dataset: Dataset, file: LedgerFile) -> LedgerFile:
    source = file.archive_key or ""
    key = archive_key(
        dataset,
        file.landing_key,
        checksum=file.checksum,
        gzipped=source.endswith(".gz"),
        delivered_at=file.accepted_at,
    )
    if not aws.object_exists(bucket, source):
        # The load puts a file aside that waits for it and is not there.
        logs.warning("the object of a file is not in accepted/", file=file.file_key, key=source)
        return replace(file, archive_key=key)
    where = {"Bucket": bucket, "Key": source}
    s3_copy.copy(where, bucket, key, size=file.bytes, file_key=file.file_key, sha256=file.checksum)
    return replace(file, archive_key=key)
