"""COPY of staged CSV files, with errors as in stl_load_errors."""

import csv
import io
import re
from collections.abc import Iterator

import psycopg
from psycopg import sql

from local_glue.job.clients import client
from local_glue.job.redshift.ddl import BYTES_PREFIX
from local_glue.job.redshift.errors import LoadError, RedshiftError
from local_glue.job.redshift.frame_files import StagedFile

_BLOCK = 1 << 20
REASONS = {
    "22001": "String length exceeds DDL length",
    "23514": "String length exceeds DDL length",
    "23502": "Missing data for not-null field",
    "22003": "Overflow for the column's type",
    "22021": "The value holds a NUL byte or is not UTF-8, which the column cannot hold",
    "22007": "Invalid date or timestamp",
    "22008": "Invalid date or timestamp",
}


def copy_files(
    connection: psycopg.Connection, table: str, files: list[StagedFile], null_mark: str, columns: list[str] | None
) -> None:
    """Loads the files in order into the quoted `table`.

    Args:
        columns: The frame's columns, to load by name; None to load by position into all but identity columns.

    Raises:
        LoadError: the table cannot hold a value.
        RedshiftError: the number of columns differs from the table's.
    """
    names = columns or _loadable_columns(connection, table)
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv, NULL {}, ENCODING 'UTF8')").format(
        sql.SQL(table), listed, sql.Literal(null_mark)
    )
    for file in files:
        try:
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                for block in _blocks(file):
                    copy.write(block)
        except psycopg.DataError as error:
            raise _explain(error, table, file, names) from error
        except psycopg.IntegrityError as error:
            raise _explain(error, table, file, names) from error


def _loadable_columns(connection: psycopg.Connection, table: str) -> list[str]:
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attidentity = '' ORDER BY attnum",
        [table],
    )
    return [name for (name,) in rows.fetchall()]


def _blocks(file: StagedFile) -> Iterator[bytes]:
    yield from client("s3").get_object(Bucket=file.bucket, Key=file.key)["Body"].iter_chunks(_BLOCK)


def _explain(error: psycopg.Error, table: str, file: StagedFile, names: list[str]) -> RedshiftError:
    context, message = error.diag.context or "", error.diag.message_primary or str(error)
    found = re.search(r"line (\d+)(?:, column (\S+?)(?::|$))?", context, re.MULTILINE)
    line = int(found.group(1)) if found else 0
    row = _row_at(file, line)
    if row is not None and len(row) != len(names):
        return RedshiftError(
            f"Load into table {table} failed: file {file.uri} has {len(row)} columns, the table takes {len(names)} "
            f"({', '.join(names)}): columns are loaded by position, give the frame the table's columns in order"
        )
    column = (found.group(2) if found else None) or column_of(error, row, names)
    value = row[names.index(column)] if row is not None and column in names else ""
    reason = REASONS.get(error.sqlstate or "", message)
    return LoadError(
        table, column or "?", value, file.uri, line, f"{reason} ({message})" if reason != message else reason
    )


def column_of(error: psycopg.Error, row: list[str] | None, names: list[str]) -> str | None:
    if error.diag.column_name:
        return error.diag.column_name
    constraint = error.diag.constraint_name or ""
    if constraint.startswith(BYTES_PREFIX):
        start = constraint.removeprefix(BYTES_PREFIX)
        return next((name for name in names if name[:50] == start), start)
    if row is not None:
        return next((name for name, value in zip(names, row, strict=False) if "\0" in value), None)
    return None


def _row_at(file: StagedFile, line: int) -> list[str] | None:
    """The record that includes a line of a file, as records may span several lines; None if there is none."""
    if not line:
        return None
    csv.field_size_limit(1 << 30)
    body = client("s3").get_object(Bucket=file.bucket, Key=file.key)["Body"]
    lines = io.TextIOWrapper(body, encoding="utf-8", errors="replace", newline="")  # type: ignore[arg-type]
    reader = csv.reader(lines)
    return next((row for row in reader if reader.line_num >= line), None)
