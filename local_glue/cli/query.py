"""Runs one SQL statement against a stack's database and prints its result."""

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from local_glue.errors import LocalGlueError
from local_glue.stack import Stack

TABLE_ROWS = 500


def run_query(stack: Stack, sql: str, database: str, *, as_csv: bool) -> None:
    """Prints the rows of the last statement: a table for people, CSV for programs.

    Raises:
        LocalGlueError: the database does not exist, or refuses the statement.
    """
    import psycopg

    with stack.connect(database) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        try:
            cursor = connection.execute(sql)  # type: ignore[call-overload]
        except psycopg.Error as error:
            raise LocalGlueError(describe(error)) from error
        while cursor.nextset():
            pass
        if cursor.description is None:
            if not as_csv:
                print(cursor.statusmessage)  # noqa: T201
            return
        names = [column.name for column in cursor.description]
        _print_csv(names, cursor) if as_csv else _print_table(names, cursor.fetchall())


def describe(error: Any) -> str:
    """A database error as one line."""
    primary = error.diag.message_primary or str(error)
    parts = [primary, error.diag.message_detail, error.diag.message_hint]
    return "SQL error: " + " ".join(" ".join(part.split()) for part in parts if part)


def text_of(value: Any) -> str:
    """A value as CSV shows it; NULL is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime):
        plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return plain.isoformat(sep=" ", timespec="microseconds" if plain.microsecond else "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=text_of)
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def _print_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([text_of(value) for value in row] for row in rows)


def _print_table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=10_000)
    table = Table(box=None if not console.is_terminal else _box(), header_style="bold", pad_edge=False)
    for index, name in enumerate(names):
        numeric = any(isinstance(row[index], int | float) and not isinstance(row[index], bool) for row in rows[:5])
        table.add_column(Text(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows[:TABLE_ROWS]:
        table.add_row(*(Text("NULL", "dim") if value is None else Text(text_of(value)) for value in row))
    console.print(table)
    if len(rows) > TABLE_ROWS:
        console.print(f"the first {TABLE_ROWS} of {len(rows)} rows; --csv prints them all")
    else:
        console.print(f"({len(rows)} row{'' if len(rows) == 1 else 's'})")


def _box() -> Any:
    from rich import box

    return box.SIMPLE_HEAD
