"""Checks that the warehouse's tables have the shape of their contracts, and creates or extends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.run import logs
from glue_jobs.lib.run.errors import ContractError
from glue_jobs.lib.warehouse import probes, sql
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
        schemas = dict.fromkeys(table.schema for table in tables)
        statements = [*map(sql.create_schema, schemas), *map(sql.create_table, tables), sql.open_publication(publisher)]
        if reader_group:
            statements += sql.grants(tables, reader_group)
        connector.execute(statements, purpose="prepare")
        logs.info("tables created where missing", tables=[table.full_name for table in tables])
        found = _look(connector, tables, publisher)
    if found is None:
        _add_columns(connector, tables, publisher)
        found = _look(connector, tables, publisher)
    return found or _explain(connector, tables, publisher)


def _look(connector: Connector, tables: Sequence[Table], publisher: str) -> Publication | None:
    """The publication, if every table has every column; None if something is missing."""
    try:
        frame = connector.read_untyped(probes.of_tables(tables, publisher))
        row = next(iter(frame.collect()), None)
    except Exception:  # The next steps find out which of the many reasons it is.
        return None
    if row is None or row["version"] is None:
        return None
    types = dict(frame.dtypes)
    for index, table in enumerate(tables):
        for column in table.columns:
            _check_type(table, column.name, types[f"t{index}_{column.name}"], column.spark_type)
    # A column that is NULL in every row may be lost: this one is until the first publish.
    published_at = row["published_at"] if "published_at" in frame.columns else None
    return Publication(int(row["version"]), row["run_id"] or "", published_at)


def _add_columns(connector: Connector, tables: Sequence[Table], publisher: str) -> None:
    statements = []
    for table in tables:
        missing = _missing_columns(connector, table, publisher)
        lost = [column.name for column in missing if column.name in table.key]
        if lost:
            raise ContractError(
                table.full_name,
                f"key column {lost[0]} is missing; this is not the table of the contract: rename it, then run again",
            )
        statements += [sql.add_column(table, column) for column in missing]
        if missing:
            logs.warning("columns added", table=table.full_name, columns=[column.name for column in missing])
    if statements:
        connector.execute(statements, purpose="add_columns")


def _missing_columns(connector: Connector, table: Table, publisher: str) -> list[Column]:
    """The columns that are not there; asked one by one, but only of a table that cannot be read as a whole."""
    if _readable(connector, probes.of_tables([table], publisher)):
        return []
    return [column for column in table.columns if not _readable(connector, probes.of_column(table, column, publisher))]


def _readable(connector: Connector, query: str) -> bool:
    try:
        connector.read_untyped(query).collect()
    except Exception:
        return False
    return True


def _explain(connector: Connector, tables: Sequence[Table], publisher: str) -> NoReturn:
    """Raises the error that says which column, or what else, is still wrong though nothing is missing."""
    for table in tables:
        for column in table.columns:
            if not _readable(connector, probes.of_column(table, column, publisher, typed=True)):
                _refuse_type(table, column.name, "another type", column.spark_type)
    raise WarehouseError(
        f"the tables of {tables[0].schema} cannot be read after they were created; may the connection's user read them?"
    )


def _check_type(table: Table, column: str, found: str, wanted: str) -> None:
    if found != wanted:
        _refuse_type(table, column, found, wanted)


def _refuse_type(table: Table, column: str, found: str, wanted: str) -> NoReturn:
    raise ContractError(
        table.full_name,
        f"column {column} is read as {found}, its contract says {wanted}; convert it, or rename the column and the "
        "next run adds it anew",
    )
