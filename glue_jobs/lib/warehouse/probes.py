"""SELECTs that show which columns the warehouse's tables have, and of which types, without asking its catalog.

UNLOAD, by which the connector reads, cannot read the catalog; so each is one row, made by the tables themselves.
"""

from collections.abc import Sequence

from glue_jobs.lib.contracts.books import PUBLICATION
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.warehouse.sql import identifier, literal

_EMPTY_TEXT = "CAST('' AS VARCHAR(1))"
NARROWEST = {
    "BIGINT": "CAST(0 AS SMALLINT)",
    "INTEGER": "CAST(0 AS SMALLINT)",
    "DOUBLE PRECISION": "CAST(0 AS SMALLINT)",
    "BOOLEAN": "FALSE",
    "DATE": "DATE '2000-01-01'",
    "TIMESTAMP": "DATE '2000-01-01'",
}
"""By a column's type, a value that takes on the type of whatever it is combined with."""


def of_tables(tables: Sequence[Table], publisher: str) -> str:
    """SELECT of the publisher's row: its version, and every contract column of `tables`, typed.

    Column c of the n-th table is called `tn_c`. A missing table or column fails it; so do types that have nothing in
    common with the contract's. No column is NULL in every row, because a reader may lose such columns or their types.
    """
    columns = ["p.version AS version", "p.run_id AS run_id", "p.published_at AS published_at"]
    joins = []
    for index, table in enumerate(tables):
        columns += [f"{_typed(f't{index}', column)} AS t{index}_{column.name}" for column in table.columns]
        joins.append(f"LEFT JOIN {table.full_name} AS t{index} ON 1 = 0")
    return f"SELECT {', '.join(columns)} FROM {_publisher_row(publisher)} {' '.join(joins)}"


def of_column(table: Table, column: Column, publisher: str, *, typed: bool = False) -> str:
    """SELECT of one row, which a missing column fails; with `typed` so does one of another kind of type."""
    seen = f"COUNT({_typed('t', column) if typed else f't.{identifier(column.name)}'}) AS seen"
    return f"SELECT {seen} FROM {_publisher_row(publisher)} LEFT JOIN {table.full_name} AS t ON 1 = 0"


def _publisher_row(publisher: str) -> str:
    return f"(SELECT version, run_id, published_at FROM {PUBLICATION.full_name} WHERE name = {literal(publisher)}) AS p"


def _typed(alias: str, column: Column) -> str:
    """The column, or a value of the narrowest type that becomes the column's: it shows the column's own type."""
    return f"COALESCE({alias}.{identifier(column.name)}, {NARROWEST.get(column.type, _EMPTY_TEXT)})"
