"""Reads raw lines of archived files, and what is known about the file of each.

Files are read as lines because a rejected row must keep its raw text, and because neither Glue's CSV reader (its
`escaper` is not RFC 4180) nor Spark's (a malformed row's columns depend on which are selected) tells what a broken row
holds. Spark's text reader ends lines at \\n, \\r\\n or \\r, as `intake.line_counter` does.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files import csv_header
from glue_jobs.lib.rows.small_frames import frame_of

if TYPE_CHECKING:
    from glue_jobs.lib.files.ledger import LedgerFile

NOT_BLANK = r"[^\x00-\x20]"
"""A line without such a character is blank; `intake.line_counter` skips those too."""

FIRST_NOT_BLANK = "!"
"""The first character after the space: most lines begin with it or a later one, which is quick to see."""

NUL = "\u0000"
FILES_SCHEMA = "path string, file_id int, header string, positions array<int>, width int, record_parts array<string>"
ENCODED = re.compile(r"[^A-Za-z0-9._/=-]")
"""Spark may give such characters of a path encoded; only keys of version 0.1 have any."""


def read_lines(spark: SparkSession, paths: Sequence[str], keys: Iterable[str] = ()) -> DataFrame:
    """Every line of the files at `paths` with its file's path.

    A file that is gone by now has no lines; its book shows it.

    Args:
        paths: `files.archive.paths_to_read`.
        keys: The keys of the files; if all are of plain characters, paths need not be decoded, line by line.

    Returns:
        line string, path string (s3://…).
    """
    read = spark.read.option("ignoreMissingFiles", "true").text(list(paths))
    found = F.col("_metadata.file_path")
    has_alias = found.startswith("s3a://") | found.startswith("s3n://")
    path = F.when(has_alias, F.concat(F.lit("s3"), F.substr(found, F.lit(4)))).otherwise(found)
    if any(ENCODED.search(key) for key in keys):
        path = F.url_decode(F.replace(path, F.lit("+"), F.lit("%2B")))
    return read.select(F.col("value").alias("line"), path.alias("path"))


def lines_of_files(lines: DataFrame, raw: Column, files: DataFrame) -> DataFrame:
    """The lines that are not blank, with what is known about the file of each; lines of other files are left out.

    Args:
        lines: line, and the column by which files are known: `path` (`read_lines`), or `file_id` of lines read before.
        raw: The line's text as a row keeps it.
        files: `files_frame`; small enough to broadcast (one row per file).

    Returns:
        raw and the columns of `files`.
    """
    known_by = "path" if "path" in lines.columns else "file_id"
    text = lines.select(raw.alias("raw"), known_by)
    is_text = (F.col("raw") >= FIRST_NOT_BLANK) | F.col("raw").rlike(NOT_BLANK)
    return text.where(is_text).join(F.broadcast(files), on=known_by)


def file_ids(files: Iterable["LedgerFile"]) -> dict[str, int]:
    """The number of each file by file_key: its place among `files` in the order (landing key, file key)."""
    keys = sorted((file.landing_key, file.file_key) for file in files)
    return {file_key: index for index, (_, file_key) in enumerate(keys)}


def files_frame(spark: SparkSession, files: Sequence["LedgerFile"], *, dataset: Dataset, lake_bucket: str) -> DataFrame:
    """One row per file: where its lines are read from, and where the contract's columns are in them.

    Returns:
        path, file_id int (see `file_ids`; shorter than the file's names),
        header, positions array<int>, width int, record_parts array<string> (see the ledger).
    """
    ids = file_ids(files)
    rows = [
        (
            f"s3://{lake_bucket}/{file.archive_key}",
            ids[file.file_key],
            csv_header.clean(file.header),
            csv_header.positions(file.header, dataset) if dataset.file_format == "csv" else [],
            len(csv_header.columns_of(file.header)),
            list(file.record_parts),
        )
        for file in files
    ]
    return frame_of(spark, rows, FILES_SCHEMA)
