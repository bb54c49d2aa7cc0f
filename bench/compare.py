"""Compares what two contenders wrote, table by table and value by value. A time counts only if this finds nothing."""

import json
import os
from pathlib import Path

import duckdb

from bench.tables import COUNTS, TABLES, columns
from glue_jobs.lib.contracts.model import Column, Table

TOLERANCE = 1e-9
SHOWN = 3


class DifferenceError(Exception):
    """Two contenders do not agree; the message names tables, keys and columns."""


def require_same(actual: Path, wanted: Path, *, counts: bool = True) -> None:
    """Compares two folders of results.

    Args:
        actual: What a contender wrote.
        wanted: What another wrote.
        counts: Whether to compare what became of the lines as well.

    Raises:
        DifferenceError: They differ.
    """
    differences = _counts(actual, wanted) if counts else []
    differences += [line for table in TABLES.values() for line in _table(table, actual, wanted)]
    if differences:
        raise DifferenceError(f"{actual} differs from {wanted}:\n" + "\n".join(differences))


def _counts(actual: Path, wanted: Path) -> list[str]:
    have, want = (json.loads((folder / COUNTS).read_text()) for folder in (actual, wanted))
    wrong = [name for name in want if have.get(name) != want[name]]
    return [f"  {COUNTS}: {name} is {have.get(name)}, not {want[name]}" for name in wrong]


def _table(table: Table, actual: Path, wanted: Path) -> list[str]:
    with duckdb.connect(config={"threads": os.cpu_count() or 1}) as db:
        for name, folder in (("have", actual), ("want", wanted)):
            if not any((folder / table.name).glob("part*.csv*")):
                return [f"  {table.name}: {folder} has no such table"]
            db.execute(f"CREATE TABLE {name} AS {_typed(table, folder)}")
            rows, keys = db.execute(f"SELECT count(*), count(DISTINCT ({', '.join(table.key)})) FROM {name}").fetchone()
            if rows != keys:
                return [f"  {table.name}: {folder} has {rows - keys} rows too many for keys that are there already"]
        wrong = [f"{_differs(column)} AS {column.name}" for column in columns(table) if column.name not in table.key]
        keys = ", ".join(f"coalesce(h.{name}, w.{name}) AS key_{name}" for name in table.key)
        match = " AND ".join(f"h.{name} = w.{name}" for name in table.key)
        db.execute(f"""
            CREATE TABLE found AS SELECT {keys},
                h.{table.key[0]} IS NULL AS missing, w.{table.key[0]} IS NULL AS surplus
                {"".join(f", {item}" for item in wrong)}
            FROM have h FULL JOIN want w ON {match}
        """)
        return _differences(db, table)


def _differences(db: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    """A line for each way to differ: which rows, and which column of how many."""
    keys = ", ".join(f"key_{name}" for name in table.key)
    kinds = {"missing": "missing", "surplus": "surplus"} | {
        column.name: f"NOT missing AND NOT surplus AND {column.name}"
        for column in columns(table)
        if column.name not in table.key
    }
    lines = []
    for kind, condition in kinds.items():
        count = db.execute(f"SELECT count(*) FROM found WHERE {condition}").fetchone()[0]
        if count:
            shown = db.execute(f"SELECT {keys} FROM found WHERE {condition} ORDER BY ALL LIMIT {SHOWN}").fetchall()
            examples = "; ".join(", ".join(map(str, row)) for row in shown)
            what = f"{count} rows {kind}" if kind in ("missing", "surplus") else f"{kind} differs in {count} rows"
            lines.append(f"  {table.name}: {what}, e.g. {', '.join(table.key)} = {examples}")
    return lines


def _typed(table: Table, folder: Path) -> str:
    casts = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in columns(table))
    files = (folder / table.name / "part*.csv*").as_posix()
    return (
        f"SELECT {casts} FROM read_csv('{files}', header = true, all_varchar = true, delim = ',', quote = '\"', "
        "escape = '\"', nullstr = '')"
    )


def _differs(column: Column) -> str:
    have, want = f"h.{column.name}", f"w.{column.name}"
    if column.type != "DOUBLE PRECISION":
        return f"{have} IS DISTINCT FROM {want}"
    is_close = f"abs({have} - {want}) <= {TOLERANCE} * greatest(abs({have}), abs({want}))"
    return f"CASE WHEN {have} IS NULL OR {want} IS NULL THEN {have} IS DISTINCT FROM {want} ELSE NOT {is_close} END"
