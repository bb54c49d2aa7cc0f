"""from_catalog: reads the files of a table of the Data Catalog, with its partition keys as columns."""

from collections.abc import Mapping
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from local_glue.job import options as checks
from local_glue.job.bookmarked_run import BookmarkedRun
from local_glue.job.frames import choices
from local_glue.job.names import backquoted, column
from local_glue.job.sources import s3
from local_glue.job.sources.catalog import CatalogTable, Partition, exclusions, find_table, partitions

_KNOWN = ("catalogPartitionPredicate", "exclusions", "recurse", "maxBand", "maxFilesInBand", *s3.BOUNDS)
_WITHOUT_EFFECT = ("groupFiles", "groupSize", "useS3ListImplementation")
_URI = "__glue_uri"


def read(
    spark: SparkSession,
    run: BookmarkedRun | None,
    database: str | None,
    table_name: str | None,
    additional_options: Mapping[str, Any],
    transformation_ctx: str,
    push_down_predicate: str = "",
    catalog_id: str | None = None,
) -> DataFrame:
    """Reads new files, or all without a bookmark; without files, the frame has no columns.

    Columns of CSV have the table's names and types, a choice with string where a value does not fit; JSON and Parquet
    have those of their files, as on AWS. Only partitions that the catalog knows are read.

    Raises:
        CatalogError: the table does not exist, or the predicate names other columns than partition keys.
        NotImplementedError: a kind of table or an option that the stand-in does not support.
    """
    checks.check("from_catalog", additional_options, _KNOWN, _WITHOUT_EFFECT)
    table = find_table(database, table_name, catalog_id)
    predicate = str(additional_options.get("catalogPartitionPredicate") or "")
    folders = partitions(spark, table, str(database), push_down_predicate, predicate)
    source = {
        "paths": [_folder(part) for part in folders],
        "recurse": additional_options.get("recurse", False),
        "exclusions": exclusions(table, additional_options),
        **{name: additional_options[name] for name in ("maxBand", "maxFilesInBand") if name in additional_options},
        **{name: additional_options.get(name) or table.parameters.get(name) for name in s3.BOUNDS},
    }
    format_options: dict[str, Any] = table.csv_options if table.format == "csv" else {}
    if table.keys:
        format_options["attachFilename"] = _URI
    if not folders:
        return spark.createDataFrame([], StructType([]))
    frame = s3.read(spark, run, source, table.format, format_options, transformation_ctx)
    if not frame.columns:
        return frame
    if table.format == "csv":
        frame = _named(frame, table)
    return _with_keys(frame, table, folders) if table.keys else frame


def _folder(partition: Partition) -> str:
    return partition.location if partition.location.endswith("/") else f"{partition.location}/"


def _named(frame: DataFrame, table: CatalogTable) -> DataFrame:
    """The columns by position under the table's names and types; a column that no file has is null."""
    files = [name for name in frame.columns if name != _URI]
    texts = [
        (column(files[at]) if at < len(files) else F.lit(None).cast("string")).alias(name)
        for at, (name, _) in enumerate(table.columns)
    ]
    frame = frame.select(*texts, *([column(_URI)] if _URI in frame.columns else []))
    typed = [(name, kind) for name, kind in table.columns if kind.lower() != "string"]
    nested = [name for name, kind in typed if kind.lower().startswith(("array", "map", "struct", "uniontype"))]
    if nested:
        raise NotImplementedError(
            f"local_glue does not support the nested column {nested[0]!r} of the CSV table {table.name}: declare it "
            "as string"
        )
    wrong = _misfits(frame, typed) if typed else set()
    kinds = dict(typed)
    return frame.select([_typed(name, kinds.get(name), is_choice=name in wrong) for name in frame.columns])


def _misfits(frame: DataFrame, typed: list[tuple[str, str]]) -> set[str]:
    """The columns that hold a value which is not of the table's type."""
    asked = [
        F.max(column(name).isNotNull() & F.expr(f"try_cast({backquoted(name)} AS {kind})").isNull()).alias(name)
        for name, kind in typed
    ]
    found = frame.agg(*asked).first()
    return {name for name, _ in typed if found and found[name]}


def _typed(name: str, kind: str | None, *, is_choice: bool) -> Column:
    if kind is None:
        return column(name)
    value = F.expr(f"try_cast({backquoted(name)} AS {kind})")
    if not is_choice:
        return value.alias(name)
    text = F.when(value.isNull(), column(name))
    member = {"bigint": "long", "smallint": "short", "tinyint": "byte"}.get(kind.lower(), kind.lower())
    both = F.when(column(name).isNotNull(), F.struct(value.alias(member), text.alias("string")))
    return choices.marked(both, name)


def _with_keys(frame: DataFrame, table: CatalogTable, folders: list[Partition]) -> DataFrame:
    """The frame with the partition keys of each row's file."""
    spark = frame.sparkSession
    # The longest folder that a file is in: partitions may lie within others.
    rows = [(_folder(part).replace("s3a://", "s3://").replace("s3n://", "s3://"), *part.values) for part in folders]
    names = [f"__key_{at}" for at in range(len(table.keys))]
    schema = ", ".join(f"{name} string" for name in ("__folder", *names))
    known = spark.createDataFrame(rows, schema)
    files = frame.select(column(_URI)).distinct()
    inside = files.join(F.broadcast(known), files[_URI].startswith(known["__folder"]))
    best = inside.groupBy(_URI).agg(F.max_by(F.struct(*names), F.length("__folder")).alias("__keys"))
    joined = frame.join(F.broadcast(best), _URI)
    values = [
        F.col("__keys")[at_name].cast(kind).alias(name) for at_name, (name, kind) in zip(names, table.keys, strict=True)
    ]
    present = [column(name) for name in frame.columns if name != _URI and name not in dict(table.keys)]
    return joined.select(*present, *values)
