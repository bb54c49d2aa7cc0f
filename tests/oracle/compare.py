"""Compares whole warehouse tables, key by key, and shows differences in readable form."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SPARKIFY_TABLES
from oracle.recompute import Expected

Row = tuple[Any, ...]


def _compared(tables: Iterable[Table]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    columns = {table: tuple(name for name in table.column_names if name not in table.lineage) for table in tables}
    return {
        table.name: (table.key, tuple(name for name in names if name not in table.key))
        for table, names in columns.items()
        if table.exact
    }


TABLES, STAR = _compared(MUSIC_TABLES), _compared(SPARKIFY_TABLES)
"""Key and other columns of each table whose contract promises that it is exact; lineage is outside the comparison."""

SCHEMAS = {"music": TABLES, "sparkify": STAR}

SHOWN = 4
TOLERANCE = 1e-9


def assert_warehouse_equals(
    connection: psycopg.Connection,
    expected: Expected,
    *,
    tables: Iterable[str] | None = None,
    schema: str = "music",
) -> None:
    """Fails with the tables, keys and columns that differ from the recomputation.

    Args:
        connection: A connection to the warehouse.
        expected: The recomputation of the same input.
        tables: Which of the schema's tables to compare; all when not given.
        schema: One of SCHEMAS.
    """
    actual = warehouse_rows(connection, tables, schema=schema)
    wanted = {name: expected.rows(name, _columns(name, schema)) for name in actual}
    assert_same_tables(actual, wanted, schema=schema)


def warehouse_rows(
    connection: psycopg.Connection, tables: Iterable[str] | None = None, *, schema: str = "music"
) -> dict[str, list[Row]]:
    """The compared columns of all rows of `tables`; a table that does not exist has none."""
    found: dict[str, list[Row]] = {}
    for name in SCHEMAS[schema] if tables is None else tables:
        exists = connection.execute("SELECT to_regclass(%s)", [f"{schema}.{name}"]).fetchone()[0]
        query = f"SELECT {', '.join(_columns(name, schema))} FROM {schema}.{name}"
        found[name] = connection.execute(query).fetchall() if exists else []
    return found


def assert_same_tables(actual: dict[str, list[Row]], wanted: dict[str, list[Row]], *, schema: str = "music") -> None:
    """Fails if two `warehouse_rows` differ, and names the differences."""
    differences = [line for name in wanted for line in _differences(name, actual[name], wanted[name], schema)]
    if differences:
        raise AssertionError("the warehouse differs from what is expected:\n" + "\n".join(differences))


def _columns(table: str, schema: str) -> list[str]:
    keys, others = SCHEMAS[schema][table]
    return [*keys, *others]


def _differences(table: str, actual: Sequence[Row], wanted: Sequence[Row], schema: str) -> list[str]:
    width, columns = len(SCHEMAS[schema][table][0]), _columns(table, schema)
    have, want = ({row[:width]: row for row in rows} for rows in (actual, wanted))
    lines = []
    if len(have) != len(actual):
        lines.append(f"  {table}: {len(actual) - len(have)} rows too many for keys that are there already")
    missing, surplus = want.keys() - have.keys(), have.keys() - want.keys()
    for what, keys in (("missing", missing), ("not expected", surplus)):
        if keys:
            lines.append(f"  {table}: {len(keys)} rows {what}, e.g. {sorted(keys, key=str)[:SHOWN]}")
    changed = [key for key in want.keys() & have.keys() if not _same(want[key], have[key])]
    for key in sorted(changed, key=str)[:SHOWN]:
        pairs = zip(columns, want[key], have[key], strict=True)
        wrong = [f"{column} is {b!r}, not {a!r}" for column, a, b in pairs if not _same_value(a, b)]
        lines.append(f"  {table} {key}: {'; '.join(wrong)}")
    if len(changed) > SHOWN:
        lines.append(f"  {table}: … {len(changed)} rows differ in all")
    return lines


def _same(left: Row, right: Row) -> bool:
    return left == right or all(map(_same_value, left, right))


def _same_value(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=TOLERANCE)
    return left == right
