"""Checks that the warehouse's tables have the shape of their contracts, and creates or extends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.run import logs
from glue_jobs.lib.run.errors import ContractError
from glue_jobs.lib.warehouse import sql
from glue_jobs.lib.warehouse.connector import Connector, WarehouseError

WHO_PUBLISHED = "version bigint, run_id string, published_at timestamp, mine string"
"""The columns of `sql.who_published`."""


@dataclass(frozen=True)
class Publication:
    """The state of a publisher when it was read."""

    version: int
    run_id: str
    published_at: datetime | None


def ensure(connector: Connector, tables: Sequence[Table], *, publisher: str, reader_group: str | None) -> Publication:
    """Creates what is missing of `tables`, adds columns that their contracts gained, and reads the publication.

    It takes one read if nothing is missing, as in every run except the first after a change.

    Raises:
        ContractError: A column has another type, or a key column is missing.
        WarehouseError: The warehouse cannot be reached.
    """
    found = _look(connector, tables, publisher)
    if found is None:
        connector.read("SELECT 1 AS one", "one int").collect()  # If the warehouse is unreachable, show this error.
        schemas = dict.fromkeys(table.schema for table in tables)
        statements = [*map(sql.create_schema, schemas), *map(sql.create_table, tables), sql.open_publication(publisher)]
        if reader_group:
            statements += sql.grants(tables, reader_group)
        connector.execute(statements, purpose="prepare")
        logs.info("tables created where missing", tables=[table.full_name for table in tables])
        found = _look(connector, tables, publisher)
    if found is None:
        _add_columns(connector, tables)
        found = _look(connector, tables, publisher)
    if found is None:
        raise WarehouseError(
            f"the tables of {tables[0].schema} cannot be read after they were created; may the connection's user "
            "read them?"
        )
    return found


def _look(connector: Connector, tables: Sequence[Table], publisher: str) -> Publication | None:
    """The publication, if every table has every column; None if something is missing."""
    try:
        frame = connector.read_untyped(sql.probe(tables, publisher))
        row = next(iter(frame.collect()), None)
    except Exception:  # The next steps find out which of the many reasons it is.
        return None
    if row is None or row["version"] is None:
        return None
    types = dict(frame.dtypes)
    for index, table in enumerate(tables):
        for column in table.columns:
            _check_type(table, column.name, types[f"t{index}_{column.name}"], column.spark_type)
    return Publication(int(row["version"]), row["run_id"] or "", row["published_at"])


def _add_columns(connector: Connector, tables: Sequence[Table]) -> None:
    statements = []
    for table in tables:
        present = set(connector.read_untyped(sql.probe_table(table)).columns)
        missing = [column for column in table.columns if column.name not in present]
        lost = [column.name for column in missing if column.name in table.key]
        if lost:
            raise ContractError(
                table.full_name,
                f"key column {lost[0]} is missing (it has: {', '.join(sorted(present))}); this is not the table of "
                "the contract: rename it, then run again",
            )
        statements += [sql.add_column(table, column) for column in missing]
        if missing:
            logs.warning("columns added", table=table.full_name, columns=[column.name for column in missing])
    connector.execute(statements, purpose="add_columns")


def _check_type(table: Table, column: str, found: str, wanted: str) -> None:
    if found != wanted:
        raise ContractError(
            table.full_name,
            f"column {column} is read as {found}, its contract says {wanted}; convert it, or rename the column and "
            "the next run adds it anew",
        )
