"""Runs an UNLOAD: all files of a query's result, or none."""

import csv
import io
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from local_glue.endpoint.bulk.objects import Place, compressed, listed
from local_glue.endpoint.bulk.statement import Bulk
from local_glue.job.redshift.dialect import translate
from local_glue.job.redshift.errors import RedshiftError, RefusedError
from local_glue.job.redshift.written import normalize, parse

_ENDINGS = {"GZIP": ".gz", "BZIP2": ".bz2", "ZSTD": ".zst"}
_NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_LITERALS = {"int2", "int4", "int8", "numeric", "float4", "float8"}
_ARROW = {"int2": pa.int16(), "int4": pa.int32(), "int8": pa.int64(), "float4": pa.float32(), "float8": pa.float64(),
          "bool": pa.bool_(), "date": pa.date32(), "timestamp": pa.timestamp("us"),
          "timestamptz": pa.timestamp("us", "UTC")}  # fmt: skip
NOT_EMPTY = (
    "Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing "
    "the target files in S3, or using the ALLOWOVERWRITE option."
)


class _Result:
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


def unload(bulk: Bulk, connection: psycopg.Connection, s3: Any) -> int:
    """Writes the result of the query to S3; returns how many rows.

    Raises:
        RefusedError: Redshift does not take the query or the option.
        RedshiftError: There are objects under the prefix already.
        psycopg.Error: The query failed.
    """
    result = _Result(connection.execute(_query(bulk)))  # type: ignore[arg-type]
    target = Place.of(bulk.uri)
    there = list(listed(target, s3))
    if there and not bulk.options.keys() & {"ALLOWOVERWRITE", "CLEANPATH"}:
        raise RedshiftError(NOT_EMPTY)
    files = {key: _render(bulk, result, *chosen) for key, chosen in _files(bulk, result, target.key).items()}
    if "MANIFEST" in bulk.options:
        entries = [
            {"url": f"s3://{target.bucket}/{key}", "meta": {"content_length": len(body)}} for key, body in files.items()
        ]
        files[f"{target.key}manifest"] = json.dumps({"entries": entries}, indent=2).encode()
    if "CLEANPATH" in bulk.options:
        for place in there:
            s3.delete_object(Bucket=place.bucket, Key=place.key)
    _put(target.bucket, files, s3, keep={place.key for place in there})
    return len(result.values)


def _query(bulk: Bulk) -> str:
    tree = parse(normalize(bulk.query))
    if not isinstance(tree, exp.Query):
        raise RefusedError("UNLOAD takes a SELECT")
    if tree.args.get("limit"):
        raise RefusedError("UNLOAD does not take LIMIT in the outer SELECT: put it into a subquery")
    (text,) = translate(bulk.query).sql
    return text


def _files(bulk: Bulk, result: _Result, prefix: str) -> dict[str, tuple[list[int], list[int]]]:
    """By key, the rows and the columns of each file."""
    ending = {"PARQUET": ".parquet", "JSON": ".json"}.get(bulk.format, "") + _ENDINGS.get(bulk.compression or "", "")
    if "EXTENSION" in bulk.options:
        ending = f".{bulk.options['EXTENSION'].lstrip('.')}"
    name = ("000" if bulk.options.get("PARALLEL") == "OFF" else "0000_part_00") + ending
    columns, rows = list(range(len(result.names))), range(len(result.values))
    if "PARTITION BY" not in bulk.options:
        return {f"{prefix}{name}": (list(rows), columns)}
    names, included = bulk.options["PARTITION BY"]
    if missing := [each for each in names if each not in result.names]:
        raise RefusedError(f'column "{missing[0]}" of PARTITION BY is not in the result')
    by = [result.names.index(each) for each in names]
    kept = columns if included else [column for column in columns if column not in by]
    if not kept:
        raise RefusedError("PARTITION BY leaves no column for the files: add INCLUDE")
    found: dict[str, tuple[list[int], list[int]]] = {}
    for row in rows:
        values = [result.texts[row][column] for column in by]
        folder = "".join(f"{n}={_NULL_PARTITION if v is None else v}/" for n, v in zip(names, values, strict=True))
        found.setdefault(f"{prefix}{folder}{name}", ([], kept))[0].append(row)
    return found


def _render(bulk: Bulk, result: _Result, rows: list[int], columns: list[int]) -> bytes:
    if bulk.format == "PARQUET":
        return _parquet(result, rows, columns)
    texts = [[result.texts[row][column] for column in columns] for row in rows]
    names, kinds = [result.names[c] for c in columns], [result.kinds[c] for c in columns]
    if bulk.format == "JSON":
        lines = (_object(names, row, kinds) for row in texts)
        return compressed("".join(lines).encode(), bulk.compression)
    null = bulk.options.get("NULL", "")
    filled: list[Sequence[str]] = [[null if value is None else value for value in row] for row in texts]
    if "HEADER" in bulk.options:
        filled.insert(0, names)
    return compressed(_lines(bulk, filled).encode(), bulk.compression)


def _lines(bulk: Bulk, rows: list[Sequence[str]]) -> str:
    if bulk.format == "TEXT":
        delimiter = bulk.options.get("DELIMITER", "|")
        return "".join(delimiter.join(row) + "\n" for row in rows)
    out = io.StringIO()
    csv.writer(out, delimiter=bulk.options.get("DELIMITER", ","), lineterminator="\n").writerows(rows)
    return out.getvalue()


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


def _parquet(result: _Result, rows: list[int], columns: list[int]) -> bytes:
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
    out = io.BytesIO()
    pq.write_table(pa.table(arrays, names=[result.names[column] for column in columns]), out)
    return out.getvalue()


def _scale(values: list[Decimal | None]) -> int:
    return max((max(0, -int(value.as_tuple().exponent)) for value in values if value is not None), default=0)


def _put(bucket: str, files: dict[str, bytes], s3: Any, keep: set[str]) -> None:
    """Writes all files; if one fails, those that were not there before are removed again."""
    written = []
    try:
        for key, body in files.items():
            s3.put_object(Bucket=bucket, Key=key, Body=body)
            written.append(key)
    except Exception as error:
        for key in written:
            if key not in keep:
                with suppress(Exception):
                    s3.delete_object(Bucket=bucket, Key=key)
        raise RedshiftError(f"S3ServiceException:{error}") from error
