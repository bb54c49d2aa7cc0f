"""Sinks other than Redshift: files on S3 and tables of PostgreSQL."""

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame

from local_glue.faults import side_effect
from local_glue.job.connections import Jdbc, from_options
from local_glue.job.names import qualified
from local_glue.job.options import check, flag

_FORMATS = {"csv": "csv", "json": "json", "parquet": "parquet", "glueparquet": "parquet"}
_CSV = ("separator", "quoteChar", "escaper", "writeHeader", "compression")
_JDBC = ("useConnectionProperties", "connectionName", "url", "user", "password", "dbtable", "bulkSize")


def write_s3(
    frame: DataFrame, connection_options: Mapping[str, Any], format: str | None, format_options: Mapping[str, Any]
) -> None:
    """Adds files under `path`, partitioned by `partitionKeys` if given.

    Raises:
        NotImplementedError: the stand-in does not support an option or the format.
        ValueError: the path is missing.
    """
    check("S3 sinks", connection_options, ("path", "partitionKeys", "compression"), ("groupFiles", "groupSize"))
    if format not in _FORMATS:
        raise NotImplementedError(f"local_glue does not write the format {format!r} to S3, only {', '.join(_FORMATS)}")
    if not connection_options.get("path"):
        raise ValueError("an S3 sink needs connection_options['path']")
    known = _CSV if format == "csv" else ("compression",)
    check(f"format {format}", format_options, known, ("useGlueParquetWriter", "optimizePerformance"))
    writer = frame.write.mode("append").format(_FORMATS[format])
    if format == "csv":
        writer = writer.options(**_csv_options(format_options))
    compression = format_options.get("compression") or connection_options.get("compression")
    if compression:
        writer = writer.option("compression", compression)
    if connection_options.get("partitionKeys"):
        writer = writer.partitionBy(*connection_options["partitionKeys"])
    side_effect(f"s3:write:{connection_options['path']}")
    writer.save(connection_options["path"])


def write_postgresql(frame: DataFrame, connection_options: Mapping[str, Any], target: Jdbc | None = None) -> None:
    """Appends the rows to `dbtable` by column name, each partition in a separate transaction.

    Raises:
        NotImplementedError: the stand-in does not support an option.
        ConnectionFailedError: the database does not answer or refuses the credentials.
        ValueError: dbtable is missing.
    """
    check("postgresql sinks", connection_options, _JDBC)
    if not connection_options.get("dbtable"):
        raise ValueError("a postgresql sink needs connection_options['dbtable']")
    target = target or from_options("postgresql", connection_options)
    target.connect().close()
    table = qualified(connection_options["dbtable"])
    properties = {"user": target.user, "password": target.password, "driver": "org.postgresql.Driver"}
    properties |= {"batchsize": str(connection_options.get("bulkSize", 1000)), "reWriteBatchedInserts": "true"}
    side_effect(f"postgresql:{table}:write")
    frame.write.mode("append").jdbc(target.postgres_url, table, properties=properties)


def _csv_options(given: Mapping[str, Any]) -> dict[str, str]:
    quote = str(given.get("quoteChar", '"'))
    return {
        "sep": given.get("separator", ","),
        "quote": "" if quote == "-1" else quote,
        "escape": given.get("escaper") or quote,
        "header": str(flag(given.get("writeHeader", True))).lower(),
    }
