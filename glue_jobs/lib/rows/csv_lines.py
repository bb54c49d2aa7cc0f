"""Raw lines of accepted files, and the fields in them.

Files are read as lines because a rejected row must keep its raw text, and because neither Glue's reader (its `escaper`
is not RFC 4180) nor Spark's (a malformed row's columns depend on which are asked for) says what a broken row holds.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files import csv_header
from glue_jobs.lib.rows.small_frames import frame_of

if TYPE_CHECKING:
    from glue_jobs.lib.files.ledger import LedgerFile

NOT_A_SEPARATOR = "\u0001"
"""What the reader is told separates columns; a line that holds it comes as several and is put together again."""

NOT_BLANK = r"[^\x00-\x20]"
"""Spark's CSV reader drops lines of nothing but spaces and control characters; `intake_lines` counts alike."""

NUL = "\u0000"
NUL_SHOWN = "\ufffd"
LINES_SCHEMA = "line string, path string"
FILES_SCHEMA = (
    "path string, file_id int, source_file string, file_key string, header string, positions array<int>, width int,"
    " accepted_at timestamp"
)


def read_lines(glue_context: Any, *, paths: Sequence[str], transformation_ctx: str) -> DataFrame:
    """Every line of the files below `paths` with the file's path: line string, path string (s3://…).

    With a `transformation_ctx` only files that its bookmark has not seen, else all. No input gives an empty frame.
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
    """Where the lines of an accepted or archived file are."""
    return f"s3://{lake_bucket}/{file.archived_key or file.accepted_key}"


def file_ids(files: Iterable["LedgerFile"]) -> dict[str, int]:
    """By file_key, the file's place among `files` in the order (landing key, file key)."""
    keys = sorted((file.landing_key, file.file_key) for file in files)
    return {file_key: index for index, (_, file_key) in enumerate(keys)}


def files_frame(spark: SparkSession, files: Sequence["LedgerFile"], *, dataset: Dataset, lake_bucket: str) -> DataFrame:
    """One row a file: where its lines are read from and where in them the contract's columns are.

    Returns:
        path, file_id int (the file's place in the order of landing keys; it stands for the names where they would be
        long), source_file (landing key), file_key, header, positions array<int>, width int, accepted_at.
    """
    ids = file_ids(files)
    rows = [
        (
            path_of(file, lake_bucket),
            ids[file.file_key],
            file.landing_key,
            file.file_key,
            csv_header.clean(file.header),
            csv_header.positions(file.header, dataset) if dataset.file_format == "csv" else [],
            len(csv_header.columns_of(file.header)),
            file.accepted_at,
        )
        for file in files
    ]
    return frame_of(spark, rows, FILES_SCHEMA)


def parse_lines(lines: DataFrame, files: DataFrame, *, dataset: Dataset) -> DataFrame:
    """Fields of each line; header lines (also repeated ones) and blank lines are left out.

    Args:
        lines: line, path (`read_lines`).
        files: `files_frame`; small enough to broadcast (one row a file).
        dataset: Whose columns to take.

    Returns:
        raw, path, file_id, source_file, file_key, accepted_at, field_count, width, quotes_broken, and a string column
        per contract field: its text, NULL when the line is too short. source_file is NULL when `files` lacks it.
    """
    known = ["path", "file_id", "source_file", "file_key", "accepted_at", "width", "positions"]
    is_header = (F.col("raw") == F.col("header")) | (F.col("raw") == F.concat(F.lit(csv_header.BOM), "header"))
    split = (
        lines.select(F.expr(r"trim(TRAILING '\r' FROM line)").alias("raw"), "path")
        .where(F.col("raw").rlike(NOT_BLANK))
        .join(F.broadcast(files), on="path", how="left")
        .where(~F.coalesce(is_header, F.lit(False)))
        .select("raw", *known, _split_fields(F.col("raw")).alias("_fields"))
    )
    texts = [
        _unquoted(F.get("_fields", F.get("positions", F.lit(index)))).alias(name)
        for index, name in enumerate(dataset.field_names)
    ]
    return split.select(
        "raw",
        "path",
        "file_id",
        "source_file",
        "file_key",
        "accepted_at",
        F.size("_fields").alias("field_count"),
        "width",
        _quotes_broken(F.col("raw"), F.col("_fields")).alias("quotes_broken"),
        *texts,
    )


def _split_fields(raw: Column) -> Column:
    """The line's fields, quotes still around them (RFC 4180: a comma inside quotes separates nothing)."""
    text = F.when(raw.contains(NUL), F.translate(raw, NUL, NUL_SHOWN)).otherwise(raw)
    # Between an even number of quotes and the next one a text is outside quotes: there, and only there, commas
    # separate. NUL can stand for them because `text` holds none.
    pieces = F.transform(
        F.split(text, '"', -1),
        lambda piece, index: F.when(index % 2 == 0, F.replace(piece, F.lit(","), F.lit(NUL))).otherwise(piece),
    )
    quoted = F.split(F.array_join(pieces, '"'), NUL, -1)
    return F.when(raw.contains('"'), quoted).otherwise(F.split(text, ",", -1))


def _inside(field: Column) -> Column:
    return F.substr(field, F.lit(2), F.length(field) - 2)


def _is_quoted(field: Column) -> Column:
    return field.startswith('"') & field.endswith('"') & (F.length(field) >= 2)


def _unquoted(field: Column) -> Column:
    return F.when(_is_quoted(field), F.replace(_inside(field), F.lit('""'), F.lit('"'))).otherwise(field)


def _quotes_broken(raw: Column, fields: Column) -> Column:
    """Quotes that leave open where a field ends: an odd number, or some neither around a field nor plain text."""
    quotes = F.length(raw) - F.length(F.translate(raw, '"', ""))
    return F.when(raw.contains('"'), (quotes % 2 == 1) | F.exists(fields, _is_ambiguous)).otherwise(F.lit(False))


def _is_ambiguous(field: Column) -> Column:
    whole = _is_quoted(field) & ~F.replace(_inside(field), F.lit('""'), F.lit("")).contains('"')
    plain_text = ~field.startswith('"') & ~field.contains(",")
    return field.contains('"') & ~whole & ~plain_text
