"""Tables of the Data Catalog: where their files are, in which format, and which partitions a predicate leaves."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from local_glue.job.clients import client
from local_glue.job.names import column

FORMATS = ("csv", "json", "parquet")
_SERDES = {
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe": "csv",
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": "csv",
    "org.openx.data.jsonserde.JsonSerDe": "json",
    "org.apache.hive.hcatalog.data.JsonSerDe": "json",
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe": "parquet",
}


class CatalogError(Exception):
    """A table of the Data Catalog cannot be used."""


@dataclass(frozen=True)
class Partition:
    """A folder with files, and the values of the partition keys for them."""

    location: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class CatalogTable:
    """A table with files on S3."""

    name: str
    location: str
    format: str
    columns: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, str], ...]
    serde: Mapping[str, str]
    parameters: Mapping[str, str]

    @property
    def csv_options(self) -> dict[str, Any]:
        """The format_options that the table's parameters stand for."""
        delimiter = self.serde.get("field.delim") or self.serde.get("separatorChar") or self.parameters.get("delimiter")
        skipped = self.parameters.get("skip.header.line.count") or self.serde.get("skip.header.line.count") or "0"
        if skipped not in ("0", "1"):
            raise NotImplementedError(
                f"local_glue does not support skip.header.line.count={skipped!r} of {self.name}, only 0 or 1"
            )
        given = {"separator": delimiter or ",", "skipFirst": skipped == "1", "escaper": self.serde.get("escapeChar")}
        return {**given, "quoteChar": self.serde.get("quoteChar", '"')}


def find_table(database: str | None, name: str | None, catalog_id: str | None = None) -> CatalogTable:
    """The table of the Data Catalog.

    Raises:
        CatalogError: the database or table does not exist, or the table has no files on S3.
        NotImplementedError: the table is a view, of a database, or of a format that the stand-in lacks.
    """
    if not database or not name:
        raise CatalogError("from_catalog needs database and table_name")
    try:
        given = {"CatalogId": catalog_id} if catalog_id else {}
        table = client("glue").get_table(DatabaseName=database, Name=name, **given)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            raise CatalogError(
                f"EntityNotFoundException: the Data Catalog has no table {database}.{name}: create it, or correct "
                "database and table_name"
            ) from None
        raise
    return _table(f"{database}.{name}", table)


def _table(full_name: str, table: Mapping[str, Any]) -> CatalogTable:
    storage, parameters = table.get("StorageDescriptor") or {}, dict(table.get("Parameters") or {})
    _check_kind(full_name, table, parameters)
    serde = storage.get("SerdeInfo") or {}
    format = parameters.get("classification") or _SERDES.get(serde.get("SerializationLibrary", ""))
    location = storage.get("Location", "")
    if not location.startswith(("s3://", "s3a://", "s3n://")):
        raise NotImplementedError(
            f"local_glue does not support from_catalog of {full_name}, whose location {location!r} is not on S3: "
            "read a table of a database with from_options and its connection"
        )
    if format not in FORMATS:
        raise NotImplementedError(
            f"local_glue does not support the classification {format!r} of {full_name}, only {', '.join(FORMATS)}"
        )
    return CatalogTable(
        name=full_name,
        location=location,
        format=format,
        columns=_columns(storage.get("Columns")),
        keys=_columns(table.get("PartitionKeys")),
        serde=dict(serde.get("Parameters") or {}),
        parameters=parameters,
    )


def _check_kind(full_name: str, table: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
    if table.get("TableType") == "VIRTUAL_VIEW":
        raise NotImplementedError(f"local_glue does not support from_catalog of the view {full_name}: read its tables")
    kind = parameters.get("table_type") or parameters.get("spark.sql.sources.provider")
    if kind and kind.lower() in ("iceberg", "hudi", "delta"):
        raise NotImplementedError(f"local_glue does not support from_catalog of the {kind.lower()} table {full_name}")


def _columns(listed: Sequence[Mapping[str, str]] | None) -> tuple[tuple[str, str], ...]:
    return tuple((item["Name"], item.get("Type", "string")) for item in listed or ())


def partitions(
    spark: SparkSession, table: CatalogTable, database: str, predicate: str, catalog_predicate: str
) -> list[Partition]:
    """The folders to read: those of the partitions that both predicates leave, or that of a table without partitions.

    Args:
        spark: The session.
        table: The table.
        database: Its database.
        predicate: `push_down_predicate`, in Spark SQL, over the partition keys alone.
        catalog_predicate: `catalogPartitionPredicate`, which the Data Catalog evaluates.

    Raises:
        CatalogError: a predicate for a table without partition keys, or one over other columns.
    """
    if not table.keys:
        if predicate or catalog_predicate:
            raise _unresolved(predicate or catalog_predicate, table)
        return [Partition(table.location)]
    name = table.name.removeprefix(f"{database}.")
    given = {"Expression": catalog_predicate} if catalog_predicate else {}
    pages = client("glue").get_paginator("get_partitions").paginate(DatabaseName=database, TableName=name, **given)
    found = [
        Partition(entry["StorageDescriptor"]["Location"], tuple(entry["Values"]))
        for page in pages
        for entry in page["Partitions"]
    ]
    return _matching(spark, table, found, predicate) if predicate else found


def _matching(spark: SparkSession, table: CatalogTable, found: list[Partition], predicate: str) -> list[Partition]:
    names = [name for name, _ in table.keys]
    rows = [(*partition.values, index) for index, partition in enumerate(found)]
    schema = ", ".join(f"`{name}` string" for name in (*names, "__index"))
    frame = spark.createDataFrame([tuple(map(str, row)) for row in rows], schema)
    typed = frame.select(*(column(name).cast(kind).alias(name) for name, kind in table.keys), F.col("__index"))
    try:
        chosen = typed.where(predicate).select("__index").collect()
    except PySparkException as error:
        raise _unresolved(predicate, table) from error
    return [found[index] for index in sorted(int(row[0]) for row in chosen)]


def _unresolved(predicate: str, table: CatalogTable) -> CatalogError:
    keys = ", ".join(name for name, _ in table.keys) or "none"
    return CatalogError(
        f"User's pushdown predicate: {predicate} can not be resolved against the partition columns of {table.name}: "
        f"{keys}; use Filter for other columns"
    )


def exclusions(table: CatalogTable, options: Mapping[str, Any]) -> list[str]:
    """The patterns of files that are not read: of the read itself and of the table, where crawlers keep them."""
    both = []
    for value in (options.get("exclusions"), table.parameters.get("exclusions")):
        both += json.loads(value) if isinstance(value, str) and value else list(value or ())
    return both
