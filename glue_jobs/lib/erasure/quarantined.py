"""What the quarantine and the error logs keep of users: rejected rows, rejected files, messages that quote a line.

Rows are taken out of their Parquet files. A rejected file is deleted as a whole, because nobody knows what its lines
are; whoever sent it was told to correct it and send it again.
"""

import hashlib
import io
import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from glue_jobs.lib.contracts.datasets import DATASETS
from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.erasure import versions
from glue_jobs.lib.erasure.lines import UserLines
from glue_jobs.lib.erasure.rewrite import Filter, count
from glue_jobs.lib.files.rejected import FOLDER, REASON_SUFFIX
from glue_jobs.lib.intake.gunzip import DamagedError, TruncatedError
from glue_jobs.lib.intake.other_formats import SIGNATURES
from glue_jobs.lib.run import aws, logs, parallel

QUOTING = ("missing_columns", "not_csv", "not_json")
"""Reasons whose message shows the beginning of the file."""

QUOTED = "(erased)"
HEAD = 8
SHOWN = 5


def find_rows(bucket: str, dataset: Dataset, users: Collection[int], parts: Collection[str] = ()) -> dict[str, int]:
    """By key of a Parquet file of rejected rows, how many of its rows are about the users.

    Args:
        parts: MD5 (hex) of the users' lines that were part of a record of several lines.
    """
    keys, columns = list(_parquet_keys(bucket, dataset)), ["raw", dataset.user_field or "", "_errors"]
    found = parallel.in_parallel(lambda key: len(_rows_of(_table(bucket, key, columns), dataset, users, parts)), keys)
    return {key: rows for key, rows in zip(keys, found, strict=True) if rows}


def remove_rows(
    bucket: str, dataset: Dataset, keys: Sequence[str], users: Collection[int], parts: Collection[str] = ()
) -> None:
    """Takes the rows out of the files; one without other rows is deleted."""

    def remove(key: str) -> None:
        table = _table(bucket, key)
        gone = set(_rows_of(table, dataset, users, parts))
        kept = table.filter(pa.array([index not in gone for index in range(table.num_rows)], pa.bool_()))
        if not kept.num_rows:
            aws.delete_objects(bucket, [key])
            return
        body = io.BytesIO()
        # Spark reads no times of nanoseconds, as which pyarrow reads Spark's own.
        pq.write_table(kept, body, use_deprecated_int96_timestamps=True)
        aws.client("s3").put_object(Bucket=bucket, Key=key, Body=body.getvalue())

    parallel.in_parallel(remove, keys)


def find_files(bucket: str, datasets: Sequence[Dataset], users: Collection[int]) -> list[str]:
    """Keys of rejected files that mention the users, noncurrent versions of them included; each once.

    A file of another format than text cannot be searched: the log names those.
    """
    found, closed = set(), set()
    for version in versions.list_versions(bucket, FOLDER):
        if version.is_marker or version.key.endswith(REASON_SUFFIX):
            continue
        own = [dataset for dataset in datasets if f"/{dataset.name}/" in version.key]
        if not own and any(f"/{name}/" in version.key for name in DATASETS):
            continue
        for dataset in own or datasets:
            mentions = _mentions(bucket, version, dataset, users)
            if mentions is None:
                closed.add(version.key)
            elif mentions:
                found.add(version.key)
    if closed:
        logs.warning(
            "rejected files of another format than text cannot be searched; look at them, delete those that are about "
            "the users",
            count=len(closed),
            keys=sorted(closed)[:SHOWN],
        )
    return sorted(found)


def with_reasons(keys: Sequence[str]) -> list[str]:
    """The rejected files and the objects that say why."""
    return [name for key in keys for name in (key, f"{key}{REASON_SUFFIX}")]


def quoting_logs(bucket: str, datasets: Sequence[Dataset], users: Collection[int]) -> dict[str, bytes]:
    """By key of an error log that quotes a line of the users, its content without the quotation."""
    lines = {dataset.name: UserLines(dataset, users) for dataset in datasets}

    def rewritten(key: str) -> bytes | None:
        entries = [json.loads(line) for line in b"".join(versions.read(bucket, key)).splitlines()]
        quoting = [entry for entry in entries if _quotes(entry, lines)]
        for entry in quoting:
            entry["message"] = QUOTED
        return "".join(f"{json.dumps(entry, ensure_ascii=False)}\n" for entry in entries).encode() if quoting else None

    keys = [item["Key"] for item in aws.list_objects(bucket, "logs/errors/")]
    found = zip(keys, parallel.in_parallel(rewritten, keys), strict=True)
    return {key: body for key, body in found if body is not None}


def _quotes(entry: dict[str, Any], lines: dict[str, UserLines]) -> bool:
    """Whether an entry of the error log shows the beginning of a file that is a line of the users."""
    judge = lines.get(entry.get("dataset", ""))
    if judge is None or entry.get("kind") != "rejected_file" or entry.get("reason") not in QUOTING:
        return False
    quoted = entry.get("message", "").partition(": ")[2]
    return judge.mentioned_in(quoted)


def _parquet_keys(bucket: str, dataset: Dataset) -> Iterator[str]:
    for folder in (f"quarantine/{dataset.name}/", f"quarantine/replayed/{dataset.name}/"):
        yield from (item["Key"] for item in aws.list_objects(bucket, folder) if item["Key"].endswith(".parquet"))


def _table(bucket: str, key: str, columns: list[str] | None = None) -> pa.Table:
    return pq.read_table(io.BytesIO(b"".join(versions.read(bucket, key))), columns=columns)


def _rows_of(table: pa.Table, dataset: Dataset, users: Collection[int], parts: Collection[str]) -> list[int]:
    lines, gone = UserLines(dataset, users), frozenset(parts)
    columns = (table.column(name).to_pylist() for name in ("raw", dataset.user_field or "", "_errors"))
    return [
        index
        for index, (raw, text, errors) in enumerate(zip(*columns, strict=True))
        if lines.holds_row(raw or "", text, {error["rule"] for error in errors or ()})
        or (gone and hashlib.md5((raw or "").encode(), usedforsecurity=False).hexdigest() in gone)
    ]


def _mentions(bucket: str, version: versions.Version, dataset: Dataset, users: Collection[int]) -> bool | None:
    """Whether the file has a line about the users; None if it is no text."""
    content = versions.read(bucket, version.key, version.id)
    head = next(content, b"")
    if any(head.startswith(signature) for signature in SIGNATURES if signature != b"\x1f\x8b"):
        return None
    filter_ = Filter(dataset, users)
    try:
        count(_with_head(head, content), filter_)
    except (TruncatedError, DamagedError):
        # What could be read is judged; nobody can read the rest.
        return bool(filter_.removed.lines) or None
    return bool(filter_.removed.lines)


def _with_head(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest
