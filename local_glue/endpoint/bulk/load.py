"""Runs a COPY: all rows of all files, or none; MAXERROR leaves out rows in error."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg import sql

from local_glue.endpoint.bulk.objects import Place, content, decompressed, files_of
from local_glue.endpoint.bulk.parquet import parquet_rows
from local_glue.endpoint.bulk.rows import Row, by_name, by_path, json_rows, text_rows
from local_glue.endpoint.bulk.statement import Bulk
from local_glue.endpoint.bulk.values import Column, columns_of, converter
from local_glue.job.redshift.copy import REASONS, column_of
from local_glue.job.redshift.errors import LoadError
from local_glue.job.redshift.kind import is_serverless

_TYPES = {
    "int2": "Short",
    "int4": "Integer",
    "int8": "Long",
    "numeric": "Decimal",
    "float4": "Float",
    "float8": "Double",
}


class LoadFailedError(LoadError):
    """A COPY failed; `errors` are all that are noted, of which this is the first."""

    def __init__(self, errors: list[LoadError]) -> None:
        first = errors[0]
        super().__init__(first.table, first.column, first.value, first.file, first.line, first.reason)
        self.errors = errors

    def __str__(self) -> str:
        view = "sys_load_error_detail" if is_serverless() else "stl_load_errors"
        return (
            f"Load into table '{self.table}' failed.  Check '{view}' system table for details. (file {self.file}, "
            f"line {self.line}, column {self.column}: {self.reason})"
        )


def copy(
    bulk: Bulk, connection: psycopg.Connection, s3: Any, files: list[Place] | None = None
) -> tuple[int, list[LoadError]]:
    """Loads the files within the connection's transaction; returns how many rows, and the errors that MAXERROR allowed.

    Raises:
        LoadFailedError: More rows are in error than allowed.
        RedshiftError: A file is missing, or is not what the statement says.
        psycopg.Error: The table is not there or may not be written.
    """
    columns = columns_of(connection, bulk.table, bulk.columns)
    allowed, errors = max(1, bulk.options.get("MAXERROR", 0)), []
    convert = _converter(bulk, columns)
    good: list[Row] = []
    for row in _rows(bulk, columns, s3, files or files_of(bulk, s3)):
        error = LoadError(bulk.table[-1], "", "|".join(v or "" for v in row.values), row.place.uri, row.line,
                          row.reason) if row.reason else convert(row)  # fmt: skip
        if error is None:
            good.append(row)
            continue
        errors.append(error)
        if len(errors) >= allowed:
            raise LoadFailedError(errors)
    while (bad := _write(bulk, connection, columns, good)) is not None:
        number, error = bad
        del good[number]
        errors.append(error)
        if len(errors) >= allowed:
            raise LoadFailedError(errors)
    return len(good), errors


def _rows(bulk: Bulk, columns: list[Column], s3: Any, files: list[Place]) -> Iterator[Row]:
    find: Callable[[Any, int, Column], Any] = by_name(bulk.json.lower() == "auto ignorecase")
    if bulk.json.startswith("s3://"):
        place = Place.of(bulk.json)
        find = by_path(content(place, s3), place, len(columns))
    for place in files:
        data = decompressed(content(place, s3), bulk.compression, place)
        if bulk.format == "PARQUET":
            yield from parquet_rows(place, data, columns)
        elif bulk.format == "JSON":
            yield from json_rows(place, data, columns, find, bulk.options)
        else:
            yield from text_rows(bulk, place, data, columns)


def _converter(bulk: Bulk, columns: list[Column]) -> Callable[[Row], LoadError | None]:
    """Brings the values of a row into the database's form; returns the error of one that has not the form it should."""
    forms = bulk.options.get("DATEFORMAT", "YYYY-MM-DD"), bulk.options.get("TIMEFORMAT", "auto")
    convert = [(number, column, converter(column, *forms)) for number, column in enumerate(columns)]

    def apply(row: Row) -> LoadError | None:
        for number, column, change in convert:
            value = row.values[number]
            if value is None:
                continue
            try:
                if "\0" in value:
                    raise ValueError("Invalid null byte - field longer than 1 byte")
                row.values[number] = change(value) if change else value
            except (ValueError, OverflowError) as error:
                reason = str(error) if "\0" in value else f"Invalid {column.kind} format or value ({error})"
                return LoadError(bulk.table[-1], column.name, value, row.place.uri, row.line, reason)
        return None

    return apply


def _write(
    bulk: Bulk, connection: psycopg.Connection, columns: list[Column], rows: list[Row]
) -> tuple[int, LoadError] | None:
    """Writes all rows, or none: then the number of the row that the table does not take, and why."""
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(*bulk.table), names)
    try:
        with connection.transaction(), connection.cursor() as cursor, cursor.copy(statement) as out:
            for row in rows:
                out.write_row(row.values)
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        found = re.search(r"line (\d+)(?:, column (\S+?)(?::|$))?", error.diag.context or "", re.MULTILINE)
        if not found:
            raise
        row = rows[int(found[1]) - 1]
        listed = [column.name for column in columns]
        name = found[2] or column_of(error, [value or "" for value in row.values], listed) or "?"
        value = (row.values[listed.index(name)] or "") if name in listed else ""
        kind = next((column.kind for column in columns if column.name == name), "")
        return int(found[1]) - 1, LoadError(
            bulk.table[-1], name, value, row.place.uri, row.line, _reason(error, value, kind)
        )
    return None


def _reason(error: psycopg.Error, value: str, kind: str) -> str:
    message = error.diag.message_primary or str(error)
    if error.sqlstate == "22P02" and kind in _TYPES:
        position = len(re.match(r"[+-]?\d*", value)[0])  # type: ignore[index]
        return f"Invalid digit, Value '{value[position : position + 1]}', Pos {position}, Type: {_TYPES[kind]}"
    reason = REASONS.get(error.sqlstate or "", message)
    return f"{reason} ({message})" if reason != message else reason
