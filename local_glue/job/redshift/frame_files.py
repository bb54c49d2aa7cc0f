"""Writes a frame as CSV files with a manifest to S3, as the connector stages them for COPY.

The lines are built by Spark SQL, not by its CSV writer: every string is quoted, so that blanks, backslashes, quotes,
line breaks and the empty string stay as they are, and only a null is written as the null mark without quotes.
"""

import json
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

from local_glue.faults import side_effect
from local_glue.job.clients import client
from local_glue.job.names import backquoted
from local_glue.job.redshift.errors import RedshiftError
from local_glue.job.sources.s3_listing import S3SourceError, split_uri

NULL_MARK = "@NULL@"
_AS_TEXT = (T.IntegralType, T.DecimalType, T.FloatType, T.DoubleType, T.BooleanType, T.DateType)
_NESTED = (T.ArrayType, T.MapType, T.StructType)


@dataclass(frozen=True)
class StagedFile:
    """One CSV file on S3."""

    bucket: str
    key: str
    size: int

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def stage_frame(frame: DataFrame, temp_dir: str, null_mark: str = NULL_MARK) -> list[StagedFile]:
    """Writes `<temp_dir>/<uuid>/part-*.csv` and, unless the frame is empty, `manifest.json`.

    Returns:
        The files that hold rows; none for an empty frame.

    Raises:
        RedshiftError: the bucket does not exist, or the type of a column cannot be loaded.
    """
    bucket, prefix = _place(temp_dir)
    # Spark writes to disk and the files are uploaded, because S3A's commit takes longer than a small load.
    folder = Path(tempfile.mkdtemp(prefix="redshift-csv-"))
    try:
        csv_lines(frame, null_mark).write.mode("overwrite").text((folder / "out").as_uri())
        parts = [path for path in sorted((folder / "out").glob("part-*")) if path.stat().st_size]
        return _upload(parts, bucket, f"{prefix}{uuid.uuid4()}/")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def csv_lines(frame: DataFrame, null_mark: str = NULL_MARK) -> DataFrame:
    """The frame as one column of CSV lines, with the fields in the frame's order.

    Raises:
        RedshiftError: the type of a column cannot be loaded.
    """
    # As SQL text: building it from Columns takes a thousand calls to the JVM in a run with a dozen tables.
    mark = "'" + null_mark.replace("\\", "\\\\").replace("'", "\\'") + "'"
    fields = [f"coalesce({_as_text(field)}, {mark})" for field in frame.schema.fields]
    with _session_in_utc(frame.sparkSession):
        return frame.selectExpr(f"concat_ws(',', {', '.join(fields)}) AS value")


def _as_text(field: T.StructField) -> str:
    kind, column = field.dataType, backquoted(field.name)
    if isinstance(kind, T.StringType):
        return _quoted(column)
    if isinstance(kind, _AS_TEXT):
        return f"CAST({column} AS STRING)"
    if isinstance(kind, T.TimestampType | T.TimestampNTZType):
        return f"date_format({column}, 'yyyy-MM-dd HH:mm:ss.SSSSSS')"
    if isinstance(kind, _NESTED):
        return _quoted(f"to_json({column})")
    if isinstance(kind, T.NullType):
        return "CAST(NULL AS STRING)"
    raise RedshiftError(f"column {field.name} is {kind.simpleString()}, which the connector cannot load: cast it first")


@contextmanager
def _session_in_utc(spark: SparkSession) -> Iterator[None]:
    # The connector uses the zone of Glue's JVM, which is UTC, not that of the session.
    zone = spark.conf.get("spark.sql.session.timeZone")
    if zone == "UTC":
        yield
        return
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    try:
        yield
    finally:
        spark.conf.set("spark.sql.session.timeZone", zone)


def _quoted(text: str) -> str:
    return f"""concat('"', replace({text}, '"', '""'), '"')"""


def _place(temp_dir: str) -> tuple[str, str]:
    try:
        bucket, prefix = split_uri(temp_dir)
    except S3SourceError as error:
        raise RedshiftError(f"redshiftTmpDir: {error}") from None
    return bucket, prefix if not prefix or prefix.endswith("/") else prefix + "/"


def _upload(parts: list[Path], bucket: str, prefix: str) -> list[StagedFile]:
    side_effect(f"s3:write:s3://{bucket}/{prefix}")
    staged = [
        StagedFile(bucket, f"{prefix}part-{number:05d}.csv", path.stat().st_size) for number, path in enumerate(parts)
    ]
    try:
        if not parts:
            client("s3").head_bucket(Bucket=bucket)
            return []
        with ThreadPoolExecutor(min(8, len(parts))) as pool:
            list(
                pool.map(
                    lambda pair: client("s3").upload_file(str(pair[0]), bucket, pair[1].key),
                    zip(parts, staged, strict=True),
                )
            )
        client("s3").put_object(Bucket=bucket, Key=f"{prefix}manifest.json", Body=_manifest(staged))
    except ClientError as error:
        raise _missing_bucket(error, bucket) from None
    except Exception as error:
        # upload_file wraps the error of S3.
        if "NoSuchBucket" in str(error):
            raise RedshiftError(f"redshiftTmpDir: bucket '{bucket}' does not exist: create it") from None
        raise
    return staged


def _manifest(staged: list[StagedFile]) -> bytes:
    entries = [{"url": f.uri, "mandatory": True, "meta": {"content_length": f.size}} for f in staged]
    return json.dumps({"entries": entries}).encode()


def _missing_bucket(error: ClientError, bucket: str) -> Exception:
    if error.response["Error"]["Code"] in ("NoSuchBucket", "404"):
        return RedshiftError(f"redshiftTmpDir: bucket '{bucket}' does not exist: create it or correct redshiftTmpDir")
    return error
