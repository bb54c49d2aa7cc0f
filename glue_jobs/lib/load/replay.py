"""Rows of the quarantine, read again under today's rules as if they had just been delivered (`--replay`).

The live quarantine, `quarantine/<dataset>/run_id=<run>/`, holds each row that is rejected today once. A replay writes
the rows that still fail to its own folder there, and moves the objects that it read to `quarantine/replayed/`. Before
it publishes it lists them in an object below `open/`. So it may die anywhere: the list of a run that is in the books is
work to finish, which the next run does; the list of any other run means nothing.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files import archive, s3_copy
from glue_jobs.lib.files.ledger import LOADED, LedgerFile
from glue_jobs.lib.load.load_run import WarehouseRun
from glue_jobs.lib.rows import raw_lines
from glue_jobs.lib.rows.rule import ERRORS_TYPE, PENDING_EXPIRED, REJECT_RATE_EXCEEDED
from glue_jobs.lib.rows.small_frames import frame_of
from glue_jobs.lib.run import aws, logs
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.errors import BooksError, ConfigError

FOLDER_OF_RUN = re.compile(r"quarantine/[^/]+/run_id=(?P<run_id>[^/]+)/")
DEAD_AFTER = timedelta(days=1)
"""A run whose list is older is over; if it is not in the books by then, it never will be."""

GIVEN_UP = "@pending_streams"
"""Ends the file key of plays that were given up: they are not lines of a file, but made from `pending_streams`."""


@dataclass(frozen=True)
class Replayed:
    """What a replay reads.

    Attributes:
        lines: line, file_id; of plays that were given up the line is made from their columns.
        objects: Keys of the objects that hold the rows.
        refused: Keys of files that were rejected whole for their share of rows in error; it is judged again.
    """

    lines: DataFrame | None
    objects: tuple[str, ...]
    refused: frozenset[str] = frozenset()


def finish_former(run: WarehouseRun, dataset: Dataset) -> None:
    """Moves what replays that died after they had published did not move."""
    if run.config.dry_run:
        return
    lists = _lists(run.config, dataset)
    for run_id, objects in _unfinished(run, dataset, lists).items():
        finish(run.config, dataset, objects, run_id=run_id)
    before = datetime.now(UTC) - DEAD_AFTER
    old = [key for key, changed in lists.items() if changed < before]
    aws.delete_objects(run.config.lake_bucket, old)


def find_rows(run: WarehouseRun, dataset: Dataset) -> tuple[tuple[LedgerFile, ...], Replayed]:
    """What runs in the books have quarantined below `--replay`: the files, with as many lines as rows, and the lines.

    Raises:
        ConfigError: The prefix is not in the dataset's quarantine.
        BooksError: The ledger does not know a file.
    """
    objects = _objects(run, dataset)
    if not objects:
        logs.warning(f"there are no rows in quarantine below '{run.config.replay}'; nothing to replay")
        return (), Replayed(None, ())
    rows = run.keep(_rows(run, dataset, objects))
    found = rows.groupBy("file_key", "source_file").agg(
        F.count("*").alias("lines"), F.max("is_refused").alias("refused")
    )
    by_file = found.collect()
    files = _files(run, dataset, by_file)
    refused = frozenset(row.file_key for row in by_file if row.refused)
    ids = frame_of(run.glue.spark, list(raw_lines.file_ids(files).items()), "file_key string, file_id int")
    lines = rows.join(F.broadcast(ids), on="file_key").select("line", "file_id")
    if not run.config.dry_run:
        _put_list(run.config, dataset, objects)
    return files, Replayed(lines, tuple(objects), refused)


def finish(config: JobConfig, dataset: Dataset, objects: Iterable[str], *, run_id: str | None = None) -> None:
    """Moves the objects that a replay has read and published, then deletes its list; safe to repeat."""
    bucket, markers = config.lake_bucket, set()
    for key in objects:
        if aws.object_exists(bucket, key):
            target = key.replace(f"quarantine/{dataset.name}/", f"{_folder(dataset)}", 1)
            s3_copy.copy({"Bucket": bucket, "Key": key}, bucket, target, size=0)
            aws.delete_objects(bucket, [key])
        markers.add(f"{key.rpartition('/')[0]}/_SUCCESS")
    aws.delete_objects(bucket, sorted(markers))
    aws.delete_objects(bucket, [_list_key(dataset, run_id or config.run_id)])


def _objects(run: WarehouseRun, dataset: Dataset) -> list[str]:
    """Keys of the objects with rows; those of runs that are not in the books are left to clean_up."""
    prefix, home = run.config.replay or "", f"quarantine/{dataset.name}/"
    if not prefix.startswith(home):
        raise ConfigError(f"--replay of {run.config.job_name} takes a prefix below {home}; it was given '{prefix}'")
    runs: dict[str, str] = {}
    for item in aws.list_objects(run.config.lake_bucket, prefix):
        folder = FOLDER_OF_RUN.match(item["Key"])
        if folder and item["Key"].endswith(".parquet"):
            runs[item["Key"]] = folder["run_id"]
    booked = run.booked(set(runs.values()))
    unfinished = _unfinished(run, dataset, _lists(run.config, dataset))
    moved = {key for objects in unfinished.values() for key in objects}
    return [key for key, run_id in runs.items() if run_id in booked and key not in moved]


def _rows(run: WarehouseRun, dataset: Dataset, objects: Sequence[str]) -> DataFrame:
    """line, file_key, source_file, is_refused."""
    texts = ", ".join(f"`{name}` string" for name in dataset.field_names)
    schema = f"raw string, {texts}, _errors {ERRORS_TYPE}, _source_file string, _file_key string"
    paths = [archive.path(run.config.lake_bucket, key) for key in objects]
    read = run.glue.spark.read.schema(schema).parquet(*paths)
    is_given_up = F.array_contains("_errors.rule", PENDING_EXPIRED)
    return read.select(
        F.when(is_given_up, _csv_line(dataset.field_names)).otherwise(F.col("raw")).alias("line"),
        F.coalesce("_file_key", F.concat("_source_file", F.lit(GIVEN_UP))).alias("file_key"),
        F.col("_source_file").alias("source_file"),
        F.array_contains("_errors.rule", REJECT_RATE_EXCEEDED).alias("is_refused"),
    )


def _csv_line(names: Sequence[str]) -> Column:
    """The values as a line of CSV, quoted where they need it."""

    def quoted(text: Column) -> Column:
        doubled = F.replace(text, F.lit('"'), F.lit('""'))
        return F.when(text.rlike('[",]'), F.concat(F.lit('"'), doubled, F.lit('"'))).otherwise(text)

    return F.concat_ws(",", *(quoted(F.coalesce(F.col(name), F.lit(""))) for name in names))


def _files(run: WarehouseRun, dataset: Dataset, found: Sequence[Any]) -> tuple[LedgerFile, ...]:
    known = run.ledger.get(row.file_key for row in found if not row.file_key.endswith(GIVEN_UP))
    return tuple(_file(run, dataset, row, known) for row in found)


def _file(run: WarehouseRun, dataset: Dataset, row: Any, known: Mapping[str, LedgerFile]) -> LedgerFile:
    if row.file_key in known:
        return replace(known[row.file_key], lines=row.lines)
    if not row.file_key.endswith(GIVEN_UP):
        raise BooksError(
            f"rows in quarantine below {run.config.replay} are of {row.file_key}, which DynamoDB table "
            f"'{run.ledger.table}' does not know, so nobody knows their columns; nothing was published: restore the "
            "table to a point in time after the file was accepted, run again"
        )
    return LedgerFile(
        file_key=row.file_key,
        dataset=dataset.name,
        landing_key=row.source_file,
        checksum="",
        header=",".join(dataset.field_names),
        lines=row.lines,
        bytes=0,
        state=LOADED,
        reason=None,
        archive_key=None,
        accepted_at=run.config.started_at,
    )


def _lists(config: JobConfig, dataset: Dataset) -> dict[str, datetime]:
    """Keys of the lists that are there, and when each was written."""
    items = aws.list_objects(config.lake_bucket, f"{_folder(dataset)}open/")
    return {item["Key"]: item["LastModified"] for item in items}


def _unfinished(run: WarehouseRun, dataset: Dataset, lists: Iterable[str]) -> dict[str, list[str]]:
    """By run in the books, the objects that it has replayed and not, or not all, moved."""
    folder = f"{_folder(dataset)}open/"
    by_run = {key.removeprefix(folder).removesuffix(".json"): key for key in lists}
    return {run_id: _read_list(run.config, by_run[run_id]) for run_id in sorted(run.booked(by_run))}


def _read_list(config: JobConfig, key: str) -> list[str]:
    return json.loads(aws.client("s3").get_object(Bucket=config.lake_bucket, Key=key)["Body"].read())


def _put_list(config: JobConfig, dataset: Dataset, objects: Sequence[str]) -> None:
    key, body = _list_key(dataset, config.run_id), json.dumps(objects).encode()
    aws.client("s3").put_object(Bucket=config.lake_bucket, Key=key, Body=body, ContentType="application/json")


def _folder(dataset: Dataset) -> str:
    return f"quarantine/replayed/{dataset.name}/"


def _list_key(dataset: Dataset, run_id: str) -> str:
    return f"{_folder(dataset)}open/{run_id}.json"
