"""The files of an UNLOAD: the result of its query as text, JSON or Parquet, none larger than MAXFILESIZE."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from local_glue.endpoint.bulk.objects import compressed
from local_glue.endpoint.bulk.statement import LARGEST_FILE, MB, Bulk

_ROW_GROUP = 32 * MB
_LITERALS = {"int2", "int4", "int8", "numeric", "float4", "float8"}
_ARROW = {"int2": pa.int16(), "int4": pa.int32(), "int8": pa.int64(), "float4": pa.float32(), "float8": pa.float64(),
          "bool": pa.bool_(), "date": pa.date32(), "timestamp": pa.timestamp("us"),
          "timestamptz": pa.timestamp("us", "UTC")}  # fmt: skip


class QueryResult:
    """The result of a query, as texts of the database and as values of Python."""

    def __init__(self, cursor: psycopg.Cursor) -> None:
        description = cursor.description or []
        self.names = [column.name for column in description]
        self.kinds = [column.type_display.partition("(")[0] for column in description]
        self.scales = [column.scale for column in description]
        self.values: list[tuple[Any, ...]] = cursor.fetchall()
        raw: Any = cursor.pgresult
        self.texts = [
            [
                None if (value := raw.get_value(row, column)) is None else value.decode()
                for column in range(len(self.names))
            ]
            for row in range(raw.ntuples)
        ]


def render(bulk: Bulk, result: QueryResult, rows: list[int], columns: list[int]) -> Iterator[bytes]:
    """The files of these rows and columns, at least one; sizes of texts are those before compression."""
    if bulk.format == "PARQUET":
        yield from _parquet(bulk, _table(result, rows, columns))
        return
    names, kinds = [result.names[c] for c in columns], [result.kinds[c] for c in columns]
    texts = ([result.texts[row][column] for column in columns] for row in rows)
    if bulk.format == "JSON":
        head, lines = b"", (_object(names, row, kinds).encode() for row in texts)
    else:
        null = bulk.options.get("NULL", "")
        head = _line(bulk, names) if "HEADER" in bulk.options else b""
        lines = (_line(bulk, [null if value is None else value for value in row]) for row in texts)
    for body in _packed(head, lines, bulk.options.get("MAXFILESIZE", LARGEST_FILE)):
        yield compressed(body, bulk.compression)


def _packed(head: bytes, lines: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The lines in files of at most this size, each with the head."""
    body = bytearray(head)
    for line in lines:
        if len(body) > len(head) and len(body) + len(line) > size:
            yield bytes(body)
            body = bytearray(head)
        body += line
    yield bytes(body)


def _line(bulk: Bulk, row: Sequence[str]) -> bytes:
    if bulk.format == "TEXT":
        return (bulk.options.get("DELIMITER", "|").join(row) + "\n").encode()
    out = io.StringIO()
    csv.writer(out, delimiter=bulk.options.get("DELIMITER", ","), lineterminator="\n").writerow(row)
    return out.getvalue().encode()


def _object(names: list[str], values: list[str | None], kinds: list[str]) -> str:
    pairs = zip(names, values, kinds, strict=True)
    return "{" + ",".join(f"{json.dumps(name)}:{_json(value, kind)}" for name, value, kind in pairs) + "}\n"


def _json(text: str | None, kind: str) -> str:
    if text is None:
        return "null"
    if kind == "bool":
        return "true" if text == "t" else "false"
    if kind in _LITERALS and re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _parquet(bulk: Bulk, table: pa.Table) -> Iterator[bytes]:
    """Files of a whole number of row groups of 32 MB each, as Redshift rounds MAXFILESIZE down."""
    size = max(_ROW_GROUP, bulk.options.get("MAXFILESIZE", LARGEST_FILE) // _ROW_GROUP * _ROW_GROUP)
    row_bytes = max(1.0, table.nbytes / max(1, table.num_rows))
    in_file, in_group = (max(1, int(each / row_bytes)) for each in (size, bulk.options.get("ROWGROUPSIZE", _ROW_GROUP)))
    for start in range(0, max(1, table.num_rows), in_file):
        out = io.BytesIO()
        pq.write_table(table.slice(start, in_file), out, row_group_size=in_group)
        yield out.getvalue()


def _table(result: QueryResult, rows: list[int], columns: list[int]) -> pa.Table:
    arrays = []
    for column in columns:
        values = [result.values[row][column] for row in rows]
        kind = _ARROW.get(result.kinds[column], pa.string())
        if result.kinds[column] == "numeric":
            scale = result.scales[column]
            kind = pa.decimal128(38, _scale(values) if scale is None else scale)
        if kind == pa.string():
            values = [result.texts[row][column] for row in rows]
        arrays.append(pa.array(values, kind))
    return pa.table(arrays, names=[result.names[column] for column in columns])


def _scale(values: list[Decimal | None]) -> int:
    return max((max(0, -int(value.as_tuple().exponent)) for value in values if value is not None), default=0)
