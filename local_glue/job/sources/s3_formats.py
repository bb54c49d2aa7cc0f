"""Readers for the formats of an S3 source."""

import bz2
import gzip
import io
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from local_glue.job import options
from local_glue.job.clients import client
from local_glue.job.names import column
from local_glue.job.sources import json_texts, json_types
from local_glue.job.sources.s3_listing import S3Object
from local_glue.job.sources.s3_staging import Staged

Reader = Callable[[SparkSession, Staged], DataFrame]
_ATTACH = ("attachFilename", "attachTimestamp")
_CSV = ("separator", "quoteChar", "escaper", "withHeader", "skipFirst", "multiLine", "multiline", *_ATTACH)
_JSON = ("multiline", "multiLine", *_ATTACH)
# SIMD reading and strict quoting change how fast Glue reads well-formed input, not what it reads.
_WITHOUT_EFFECT = ("optimizePerformance", "strictCheckForQuoting", "writeHeader")
_HEAD_BYTES = 1 << 20


def reader(format: str | None, format_options: Mapping[str, Any]) -> Reader:
    """The reader for a format, after a check of its options.

    Raises:
        NotImplementedError: the format or an option is not supported.
    """
    if format == "csv":
        options.check("format csv", format_options, _CSV, _WITHOUT_EFFECT)
        return _raw_lines(format_options) if _is_raw(format_options) else _csv(format_options)
    if format == "json":
        options.check("format json", format_options, _JSON, _WITHOUT_EFFECT)
        return _json(format_options)
    if format in ("parquet", "glueparquet"):
        options.check("format parquet", format_options, _ATTACH, ("useGlueParquetWriter",))
        return lambda spark, files: _attach(files, _load(spark, files, "parquet", {}), format_options)
    raise NotImplementedError(f"local_glue does not read the format {format!r} from S3, only csv, json and parquet")


def _is_raw(given: Mapping[str, Any]) -> bool:
    quoted = str(given.get("quoteChar", '"')) != "-1"
    special = ("escaper", "withHeader", "skipFirst", "multiLine", "multiline")
    return not quoted and not any(options.flag(given.get(name, False)) for name in special)


def _raw_lines(given: Mapping[str, Any]) -> Reader:
    """A reader of unquoted lines, split at the separator into as many columns as the first line has.

    Blank lines are dropped. No CSV parser is used, so all other characters stay as they are.
    """
    separator = _one_character("separator", given.get("separator", ","))

    def read(spark: SparkSession, files: Staged) -> DataFrame:
        lines = _load(spark, files, "text", {})
        columns = _first_line(files.objects).count(separator) + 1
        text = F.col("value")
        if columns == 1:
            parts = [text.alias("col0")]
        else:
            cut = F.split(text, f"\\x{{{ord(separator):x}}}", columns)
            parts = [F.get(cut, F.lit(index)).alias(f"col{index}") for index in range(columns)]
        return _attach(files, lines, given, parts, keep=F.length(text) > 0)

    return read


def _csv(given: Mapping[str, Any]) -> Reader:
    quote = str(given.get("quoteChar", '"'))
    header = options.flag(given.get("withHeader", False))
    escaper = given.get("escaper")
    settings = {
        "sep": _one_character("separator", given.get("separator", ",")),
        "quote": "" if quote == "-1" else _one_character("quoteChar", quote),
        # Without an escaper, a doubled quote stands for a quote.
        "escape": _one_character("escaper", escaper) if escaper else ("" if quote == "-1" else quote),
        "header": str(header or options.flag(given.get("skipFirst", False))).lower(),
        "multiLine": str(options.flag(given.get("multiLine", given.get("multiline", False)))).lower(),
        "enforceSchema": "false" if header else "true",
        "inferSchema": "false",
        "maxCharsPerColumn": "-1",
    }

    def read(spark: SparkSession, files: Staged) -> DataFrame:
        frame = _load(spark, files, "csv", settings)
        names = frame.columns if header else [f"col{index}" for index in range(len(frame.columns))]
        parts = [column(old).alias(new) for old, new in zip(frame.columns, names, strict=True)]
        return _attach(files, frame, given, parts)

    return read


def _json(given: Mapping[str, Any]) -> Reader:
    multiline = options.flag(given.get("multiline", given.get("multiLine", False)))
    settings = {"multiLine": str(multiline).lower(), "mode": "FAILFAST"}

    def read(spark: SparkSession, files: Staged) -> DataFrame:
        def load(format: str, options: Mapping[str, str], schema: StructType | None = None) -> DataFrame:
            return _load(spark, files, format, options, schema)

        texts = None if multiline else json_texts.text_columns(files.objects)
        if texts is not None:
            schema = StructType([StructField(name, StringType()) for name in texts])
            return _attach(files, load("json", settings, schema), given)
        frame = load("json", settings)
        nulls = json_types.null_columns(frame.schema, load, settings)
        mixed = json_types.mixed_columns(frame.schema, load, settings, nulls)
        if mixed:
            lines = _attach(files, load("text", {"wholetext": str(multiline).lower()}), given)
            added = {name: name for name in lines.columns if name != "value"}
            return json_types.with_choices(frame, lines, added, mixed, nulls)
        parts = [F.lit(None).alias(name) if name in nulls else column(name) for name in frame.columns]
        return _attach(files, frame, given, parts)

    return read


def _load(
    spark: SparkSession, files: Staged, format: str, settings: Mapping[str, str], schema: StructType | None = None
) -> DataFrame:
    frame_reader = spark.read.format(format).options(**settings)
    if schema is not None:
        frame_reader = frame_reader.schema(schema)
    if files.folder:
        frame_reader = frame_reader.option("recursiveFileLookup", "true")
    return frame_reader.load(files.paths)


def _attach(
    files: Staged,
    frame: DataFrame,
    given: Mapping[str, Any],
    parts: list[Column] | None = None,
    keep: Column | None = None,
) -> DataFrame:
    columns = list(parts) if parts is not None else [column(name) for name in frame.columns]
    if given.get("attachFilename"):
        columns.append(files.uri(F.col("_metadata.file_path")).alias(given["attachFilename"]))
    if given.get("attachTimestamp"):
        columns.append(F.unix_millis("_metadata.file_modification_time").alias(given["attachTimestamp"]))
    return (frame if keep is None else frame.where(keep)).select(*columns)


def _one_character(option: str, value: Any) -> str:
    text = str(value)
    if len(text) != 1:
        raise ValueError(f"format_options['{option}'] must be one character, not {value!r}")
    return text


def _first_line(objects: list[S3Object]) -> str:
    """The first line of the first file that is not empty, at most a megabyte; empty without one."""
    item = objects[0]
    last = min(item.size, _HEAD_BYTES) - 1
    body = client("s3").get_object(Bucket=item.bucket, Key=item.key, Range=f"bytes=0-{last}")["Body"].read()
    lines = io.BytesIO(_unpack(item.key, body)).read(_HEAD_BYTES).splitlines()
    return next((line.decode("utf-8", "replace") for line in lines if line), "")


def _unpack(key: str, body: bytes) -> bytes:
    try:
        if key.endswith(".gz"):
            return zlib.decompressobj(wbits=31).decompress(body, _HEAD_BYTES)
        return bz2.BZ2Decompressor().decompress(body, _HEAD_BYTES) if key.endswith(".bz2") else body
    except (OSError, zlib.error, gzip.BadGzipFile):
        return b""
