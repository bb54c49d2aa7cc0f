"""The writer for each connection_type."""

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame

from local_glue.job.connections import Jdbc
from local_glue.job.options import check, refuse
from local_glue.job.redshift import connector
from local_glue.job.sinks import write_postgresql, write_s3
from local_glue.job.sources.catalog import find_table


def write_frame(
    frame: DataFrame,
    connection_type: str,
    connection_options: Mapping[str, Any],
    format: str | None,
    format_options: Mapping[str, Any],
    target: Jdbc | None = None,
) -> None:
    """Writes a frame.

    Raises:
        NotImplementedError: the stand-in does not support the connection_type.
    """
    if connection_type == "s3":
        return write_s3(frame, connection_options, format, format_options)
    refuse(f"{connection_type} sinks", format=format, format_options=format_options)
    if connection_type == "redshift":
        return connector.write(frame, connection_options, target)
    if connection_type == "postgresql":
        return write_postgresql(frame, connection_options, target)
    raise NotImplementedError(
        f"local_glue does not write to connection_type {connection_type!r}: it writes s3, postgresql and redshift"
    )


def write_table(
    frame: DataFrame,
    database: str | None,
    table_name: str | None,
    additional_options: Mapping[str, Any],
    catalog_id: str | None,
) -> None:
    """Adds files to the folder of a table of the Data Catalog, in its format.

    Raises:
        CatalogError: the table does not exist.
        NotImplementedError: the stand-in does not support the kind of table, or an option.
    """
    check("write from_catalog", additional_options, ("partitionKeys",))
    table = find_table(database, table_name, catalog_id)
    options = {"path": table.location, "partitionKeys": list(additional_options.get("partitionKeys") or ())}
    csv = table.csv_options
    format_options = {
        "separator": csv["separator"],
        "quoteChar": csv["quoteChar"],
        "writeHeader": csv["skipFirst"],
        **({"escaper": csv["escaper"]} if csv["escaper"] else {}),
    }
    write_frame(frame, "s3", options, table.format, format_options if table.format == "csv" else {})
