"""The rows of Parquet files: COPY takes the columns by position, and only types that suit the table's."""

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local_glue.endpoint.bulk.objects import Place
from local_glue.endpoint.bulk.rows import Row
from local_glue.endpoint.bulk.values import Column
from local_glue.job.redshift.errors import RedshiftError

_SUITS = {
    "int2": pa.types.is_integer, "int4": pa.types.is_integer, "int8": pa.types.is_integer,
    "float4": pa.types.is_floating, "float8": pa.types.is_floating, "bool": pa.types.is_boolean,
    "numeric": lambda kind: pa.types.is_decimal(kind) or pa.types.is_integer(kind),
    "date": pa.types.is_date, "timestamp": pa.types.is_timestamp, "timestamptz": pa.types.is_timestamp,
}  # fmt: skip


def parquet_rows(place: Place, data: bytes, columns: Sequence[Column]) -> Iterator[Row]:
    """The rows of a file.

    Raises:
        RedshiftError: It is no Parquet, or its columns are not those of the table.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(data))
    except pa.ArrowException:
        raise RedshiftError(
            f"Spectrum Scan Error. File '{place.uri}' has an invalid version number or is no Parquet"
        ) from None
    schema = file.schema_arrow
    if len(schema) != len(columns):
        raise RedshiftError(
            f"Spectrum Scan Error. Unmatched number of columns between table and file. Table columns: {len(columns)}, "
            f"Data columns: {len(schema)}, File name: {place.uri}"
        )
    for found, column in zip(schema, columns, strict=True):
        if not _suits(found.type, column):
            raise RedshiftError(
                f"Spectrum Scan Error. File '{place.uri}' has an incompatible Parquet schema for column "
                f"'{found.name}'. "
                f"Column type: {column.kind}, Parquet schema: {found.type}"
            )
    number = 0
    for batch in file.iter_batches():
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            yield Row(place, number, [_text(value) for value in values])


def _suits(kind: Any, column: Column) -> bool:
    if column.is_text:
        return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)
    return column.kind in _SUITS and bool(_SUITS[column.kind](kind))


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, float):
        return repr(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
