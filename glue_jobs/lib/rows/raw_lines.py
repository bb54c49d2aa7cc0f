"""Reads raw lines of accepted files, and what is known about the file of each.

Files are read as lines because a rejected row must keep its raw text, and because neither Glue's reader (its `escaper`
is not RFC 4180) nor Spark's (a malformed row's columns depend on which are selected) tells what a broken row holds.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files import csv_header
from glue_jobs.lib.rows.small_frames import frame_of

if TYPE_CHECKING:
    from glue_jobs.lib.files.ledger import LedgerFile

NOT_A_SEPARATOR = "\u0001"
"""The column separator that the reader is given; a line that contains it comes in parts and is joined again."""

NOT_BLANK = r"[^\x00-\x20]"
"""Spark's CSV reader drops lines of only spaces and control characters; `intake.line_counter` skips them too."""

NUL = "\u0000"
LINES_SCHEMA = "line string, path string"
FILES_SCHEMA = "path string, file_id int, header string, positions array<int>, width int, record_parts array<string>"


def read_lines(glue_context: Any, *, paths: Sequence[str], transformation_ctx: str) -> DataFrame:
    """Every line of the files below `paths` with the file's path: line string, path string (s3://…).

    With a `transformation_ctx`, only files that its bookmark has not seen are read. No input gives an empty frame.
    """
    spark = glue_context.spark_session
    if not paths:
        return frame_of(spark, [], LINES_SCHEMA)
    read = glue_context.create_dynamic_frame.from_options(
        connection_type="s3",
        connection_options={"paths": list(paths), "recurse": True},
        format="csv",
        format_options={
            "separator": NOT_A_SEPARATOR,
            "quoteChar": -1,
            "withHeader": False,
            "attachFilename": "path",
        },
        transformation_ctx=transformation_ctx,
    ).toDF()
    parts = sorted((name for name in read.columns if re.fullmatch(r"col\d+", name)), key=lambda name: int(name[3:]))
    if not parts:
        return frame_of(spark, [], LINES_SCHEMA)
    line = F.col(parts[0]) if len(parts) == 1 else F.concat_ws(NOT_A_SEPARATOR, *parts)
    return read.select(line.alias("line"), F.regexp_replace("path", "^s3[an]://", "s3://").alias("path"))


def path_of(file: "LedgerFile", lake_bucket: str) -> str:
    """The s3:// URI of an accepted or archived file."""
    return f"s3://{lake_bucket}/{file.archived_key or file.accepted_key}"


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
            path_of(file, lake_bucket),
            ids[file.file_key],
            csv_header.clean(file.header),
            csv_header.positions(file.header, dataset) if dataset.file_format == "csv" else [],
            len(csv_header.columns_of(file.header)),
            list(file.record_parts),
        )
        for file in files
    ]
    return frame_of(spark, rows, FILES_SCHEMA)
