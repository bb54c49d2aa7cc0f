"""Runs one SQL statement against a stack's database and prints its result."""

import csv
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from local_glue.errors import LocalGlueError
from local_glue.postgres.values import describe, text_of
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
