"""What the warehouse must hold: the recomputation in DuckDB that the tests use, which shares no code with the jobs."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SPARKIFY_TABLES
from smoke.answers import Finding
from smoke.deployment import PROJECT
from smoke.loads import Delivery

sys.path.append(str(PROJECT / "tests"))
from oracle import Delivery as File
from oracle import assert_same_tables, recompute, recompute_star
from oracle.compare import SCHEMAS

Reader = Callable[[Table, Sequence[str]], list[tuple[Any, ...]]]
"""Gives these columns of all rows of a table."""

WORKFLOWS: dict[str, tuple[str, Iterable[Table], Callable[..., Any]]] = {
    "streams": ("music", MUSIC_TABLES, recompute),
    "sparkify": ("sparkify", SPARKIFY_TABLES, recompute_star),
}


def compare(read: Reader, deliveries: Iterable[Delivery]) -> list[Finding]:
    """Compares every table that promises to be exact with what two deliveries of the same files must give."""
    return [finding for delivery in deliveries for finding in _compare(read, delivery)]


def _compare(read: Reader, delivery: Delivery) -> list[Finding]:
    schema, tables, expected_of = WORKFLOWS[delivery.workflow]
    expected = expected_of([File(dataset, path) for dataset, path in delivery.valid * 2])
    return [_table(read, table, expected, schema) for table in tables if table.exact]


def _table(read: Reader, table: Table, expected: Any, schema: str) -> Finding:
    keys, others = SCHEMAS[schema][table.name]
    names = [*keys, *others]
    actual, wanted = read(table, names), expected.rows(table.name, names)
    try:
        assert_same_tables({table.name: actual}, {table.name: wanted}, schema=schema)
    except AssertionError as difference:
        return Finding(table.full_name, str(difference), held=False)
    return Finding(table.full_name, f"{len(actual)} rows, as recomputed", held=True)
