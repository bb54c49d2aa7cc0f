"""The writer for each connection_type."""

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame

from local_glue.job.connections import Jdbc
from local_glue.job.options import refuse
from local_glue.job.redshift import connector
from local_glue.job.sinks import write_postgresql, write_s3


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
    raise NotImplementedError(f"local_glue does not write to connection_type {connection_type!r}")
