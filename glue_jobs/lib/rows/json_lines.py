"""Parses JSON lines into fields: the text of each and, if it has the contract's type, its value."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset, Field
from glue_jobs.lib.files import csv_header
from glue_jobs.lib.rows import values
from glue_jobs.lib.rows.raw_lines import NOT_BLANK
from glue_jobs.lib.rows.rule import text_name

OPTIONS = {"mode": "PERMISSIVE", "allowSingleQuotes": "false"}
EARLIEST_MS, LATEST_MS = 100_000_000_000, 253_402_300_799_999
"""Epoch milliseconds of March 1973 (in seconds it is the year 5138, so units are not mixed up), and of 9999."""

JSON_TYPES = {"BIGINT": "bigint", "INTEGER": "int", "DOUBLE PRECISION": "double", "TIMESTAMP": "double"}


def parse_json(lines: DataFrame, files: DataFrame, *, dataset: Dataset) -> DataFrame:
    """Fields of each line; blank lines are left out.

    Args:
        lines: line, path (`raw_lines.read_lines`).
        files: `raw_lines.files_frame`; small enough to broadcast (one row per file).
        dataset: The dataset whose fields are taken; others are ignored.

    Returns:
        raw, path, file_id (NULL when `files` lacks the path), object_count (1 for a line that is one JSON object, NULL
        for one that is not JSON), and per contract field `<field>_text` (trimmed, NULL when empty, null or
        missing) and the typed `<field>` (NULL when of another type).
    """
    known = ["path", "file_id"]
    raw = F.expr(rf"trim(LEADING '{csv_header.BOM}' FROM trim(TRAILING '\r' FROM line))")
    read = (
        lines.select(raw.alias("raw"), "path")
        .where(F.col("raw").rlike(NOT_BLANK))
        .join(F.broadcast(files), on="path", how="left")
        .select("raw", *known, *_parsed(F.col("raw"), dataset))
    )
    texts = read.select(
        "raw",
        *known,
        F.size("_texts").alias("_size"),
        F.get("_texts", F.lit(0)).alias("_text"),
        F.get("_values", F.lit(0)).alias("_value"),
    )
    # `[null]` is an array of one as well.
    objects = F.when(F.col("_size") == 1, F.col("_text").isNotNull().cast("int")).when(
        F.col("_size") >= 0, F.col("_size")
    )
    flat = texts.select(
        "raw",
        *known,
        objects.alias("object_count"),
        *(values.trimmed(F.col(f"_text.{name}")).alias(text_name(name)) for name in dataset.field_names),
        "_value",
    )
    return flat.select(
        "raw", *known, "object_count", *(text_name(name) for name in dataset.field_names), *map(_typed, dataset.fields)
    )


def _parsed(raw: Column, dataset: Dataset) -> list[Column]:
    """The line as an array, because the parser would not notice what comes after a first object.

    It is parsed twice: with all fields as text, and with types; a value of another type is null there.
    """
    array = F.concat(F.lit("["), raw, F.lit("]"))
    texts = ", ".join(f"`{name}`: string" for name in dataset.field_names)
    typed = ", ".join(f"`{field.name}`: {JSON_TYPES[field.type]}" for field in _numbers(dataset))
    return [
        F.from_json(array, f"array<struct<{texts}>>", OPTIONS).alias("_texts"),
        F.from_json(array, f"array<struct<{typed}>>", OPTIONS).alias("_values"),
    ]


def _numbers(dataset: Dataset) -> list[Field]:
    return [field for field in dataset.fields if field.type in JSON_TYPES and not field.as_text]


def _typed(field: Field) -> Column:
    if field.type not in JSON_TYPES or field.as_text:
        return values.parsed(text_name(field.name), field).alias(field.name)
    value = F.col(f"_value.{field.name}")
    if field.type == "DOUBLE PRECISION":
        value = F.when(F.abs(value) < float("inf"), value)
    if field.type == "TIMESTAMP":
        value = F.when(value.between(EARLIEST_MS, LATEST_MS), F.timestamp_millis(value.cast("bigint")))
    return value.alias(field.name)
