"""Runs an UNLOAD: all files of a query's result, or none."""

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import Any

import psycopg
from sqlglot import exp

from local_glue.endpoint.bulk.objects import Place, listed
from local_glue.endpoint.bulk.render import QueryResult, render
from local_glue.endpoint.bulk.statement import Bulk
from local_glue.job.redshift.dialect import translate
from local_glue.job.redshift.errors import RedshiftError, RefusedError
from local_glue.job.redshift.written import normalize, parse

_ENDINGS = {"GZIP": ".gz", "BZIP2": ".bz2", "ZSTD": ".zst"}
_NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
NOT_EMPTY = (
    "Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing "
    "the target files in S3, or using the ALLOWOVERWRITE option."
)


def unload(bulk: Bulk, connection: psycopg.Connection, s3: Any) -> int:
    """Writes the result of the query to S3; returns how many rows.

    Raises:
        RefusedError: Redshift does not take the query or the option.
        RedshiftError: There are objects under the prefix already.
        psycopg.Error: The query failed.
    """
    result = QueryResult(connection.execute(_query(bulk)))  # type: ignore[arg-type]
    target = Place.of(bulk.uri)
    there = list(listed(target, s3))
    if there and not bulk.options.keys() & {"ALLOWOVERWRITE", "CLEANPATH"}:
        raise RedshiftError(NOT_EMPTY)
    files = {
        f"{folder}{name}": body
        for folder, chosen in _folders(bulk, result, target.key).items()
        for name, body in zip(_names(bulk), render(bulk, result, *chosen), strict=False)
    }
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


def _folders(bulk: Bulk, result: QueryResult, prefix: str) -> dict[str, tuple[list[int], list[int]]]:
    """By the beginning of their keys, the rows and the columns of files."""
    columns, rows = list(range(len(result.names))), range(len(result.values))
    if "PARTITION BY" not in bulk.options:
        return {prefix: (list(rows), columns)}
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
        found.setdefault(f"{prefix}{folder}", ([], kept))[0].append(row)
    return found


def _names(bulk: Bulk) -> Iterator[str]:
    """The ends of the keys of a folder's files, one after another."""
    ending = {"PARQUET": ".parquet", "JSON": ".json"}.get(bulk.format, "") + _ENDINGS.get(bulk.compression or "", "")
    if "EXTENSION" in bulk.options:
        ending = f".{bulk.options['EXTENSION'].lstrip('.')}"
    form = "{:03}" if bulk.options.get("PARALLEL") == "OFF" else "0000_part_{:02}"
    return (form.format(number) + ending for number in count())


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
