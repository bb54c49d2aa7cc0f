"""SQL text of the tables in RDS (PostgreSQL 13 or later), made from the contracts of the warehouse's tables.

Every row of a catalogue table has a `change_seq`, every row of the books a `book_seq`; both come from one sequence and
are set by triggers. A statement takes an advisory lock before its first row and holds it until its transaction ends.
So numbers become visible in order, and a reader that remembers the largest one (a JDBC bookmark) misses no row.
"""

from collections.abc import Iterable
from dataclasses import replace

from glue_jobs.lib.contracts import columns
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.contracts.tables import BOOKS_IN_RDS, CATALOGUE_TABLES

SCHEMA, STAGE_SCHEMA = "public", "stage"
CHANGE_LOCK = 7_046_312_905
CHANGE_SEQ, BOOK_SEQ = columns.CHANGE_SEQ.name, "book_seq"
FILE_KEY = Column("_file_key", "VARCHAR(2100)")


def _in_rds(table: Table, sequence: str) -> Table:
    columns = tuple(column for column in table.columns if column.name != sequence)
    return replace(table, schema=SCHEMA, columns=(*columns, Column(sequence, "BIGINT")))


CATALOGUE = {table.name: _in_rds(table, CHANGE_SEQ) for table in CATALOGUE_TABLES}
BOOKS = {table.name: _in_rds(table, BOOK_SEQ) for table in BOOKS_IN_RDS}


def quoted(names: Iterable[str], *, of: str = "") -> str:
    """The names as a SQL list, each quoted (`explicit` is a reserved word elsewhere) and, with `of`, qualified."""
    return ", ".join(f'{of}."{name}"' if of else f'"{name}"' for name in names)


def create_common() -> list[str]:
    """Statements for what all tables share: the stage schema, the sequence, the trigger functions."""
    return [
        f"CREATE SCHEMA IF NOT EXISTS {STAGE_SCHEMA}",
        f"CREATE SEQUENCE IF NOT EXISTS {SCHEMA}.change_seq",
        _function("lock_changes", f"PERFORM pg_advisory_xact_lock({CHANGE_LOCK}); RETURN NULL"),
        *(
            _function(f"set_{column}", f"NEW.{column} := nextval('{SCHEMA}.change_seq'); RETURN NEW")
            for column in (CHANGE_SEQ, BOOK_SEQ)
        ),
    ]


def create_table(table: Table) -> str:
    """CREATE TABLE with its primary key."""
    columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
    return f"CREATE TABLE {table.full_name} ({columns}, PRIMARY KEY ({quoted(table.key)}))"


def create_index(table: Table) -> str:
    """CREATE INDEX on the number, by which new rows are read."""
    return f"CREATE INDEX {table.name}_by_seq ON {table.full_name} ({_sequence(table)})"


def create_triggers(table: Table) -> dict[str, str]:
    """CREATE TRIGGER statements by trigger name."""
    sequence = _sequence(table)
    levels = {"lock_changes": "STATEMENT", f"set_{sequence}": "ROW"}
    return {
        name: f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table.full_name} "
        f"FOR EACH {level} EXECUTE FUNCTION {SCHEMA}.{name}()"
        for name, level in levels.items()
    }


def add_column(table: Table, column: Column) -> str:
    """ALTER TABLE ADD COLUMN."""
    return f'ALTER TABLE {table.full_name} ADD COLUMN "{column.name}" {column.type}'


def number_rows(table: Table) -> str:
    """UPDATE that numbers the rows that are older than the number's column."""
    key, sequence = table.key[0], _sequence(table)
    return f'UPDATE {table.full_name} SET "{key}" = "{key}" WHERE {sequence} IS NULL'


def lock() -> str:
    """SELECT that takes the lock under which numbers are given, until the transaction ends."""
    return f"SELECT pg_advisory_xact_lock({CHANGE_LOCK})"


def staged_columns(table: Table) -> list[str]:
    """Columns of a catalogue table's stage."""
    return [*(name for name in table.column_names if name != CHANGE_SEQ), FILE_KEY.name]


def create_stage(table: Table, stage: str) -> str:
    """CREATE TABLE of the run's stage: the table's columns without the number, and the file that a row is from."""
    columns = [*(column for column in table.columns if column.name != CHANGE_SEQ), FILE_KEY]
    definitions = ", ".join(f'"{column.name}" {column.type}' for column in columns)
    return f"CREATE UNLOGGED TABLE {stage} ({definitions})"


def upsert(table: Table, stage: str) -> str:
    """INSERT or UPDATE of the rows that differ; it returns one row per file: file_key, rows, changed."""
    columns = [name for name in table.column_names if name != CHANGE_SEQ]
    others = [name for name in columns if name not in table.key]
    settings = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in others)
    key = quoted(table.key)
    return (
        f"WITH changed AS (INSERT INTO {table.full_name} ({quoted(columns)}) SELECT {quoted(columns, of='s')} "
        f"FROM {_with_old_rows(table, stage)} WHERE {_is_new(table)} OR {_differs(table)} "
        f"ON CONFLICT ({key}) DO UPDATE SET {settings} RETURNING {key}) "
        f'SELECT s."{FILE_KEY.name}", count(*), count(c."{table.key[0]}") FROM {stage} AS s '
        f'LEFT JOIN changed AS c USING ({key}) GROUP BY s."{FILE_KEY.name}"'
    )


def count_changes(table: Table, stage: str) -> str:
    """SELECT of what `upsert` would do, one row per file: file_key, rows, inserted, changed."""
    is_new = _is_new(table)
    return (
        f'SELECT s."{FILE_KEY.name}", count(*), count(*) FILTER (WHERE {is_new}), '
        f"count(*) FILTER (WHERE NOT {is_new} AND {_differs(table)}) "
        f'FROM {_with_old_rows(table, stage)} GROUP BY s."{FILE_KEY.name}"'
    )


def _with_old_rows(table: Table, stage: str) -> str:
    match = " AND ".join(f't."{name}" = s."{name}"' for name in table.key)
    return f"{stage} AS s LEFT JOIN {table.full_name} AS t ON {match}"


def _is_new(table: Table) -> str:
    return f't."{table.key[0]}" IS NULL'


def _differs(table: Table) -> str:
    others = [name for name in table.column_names if name not in (*table.key, CHANGE_SEQ)]
    return f"({quoted(others, of='t')}) IS DISTINCT FROM ({quoted(others, of='s')})"


def insert_books(table: Table) -> str:
    """INSERT of rows given as one JSON array `:rows`; a row that is there already stays."""
    columns = quoted(name for name in table.column_names if name != BOOK_SEQ)
    return (
        f"INSERT INTO {table.full_name} ({columns}) SELECT {columns} "
        f"FROM json_populate_recordset(NULL::{table.full_name}, CAST(:rows AS json)) "
        f"ON CONFLICT ({quoted(table.key)}) DO NOTHING"
    )


def _sequence(table: Table) -> str:
    return CHANGE_SEQ if table.name in CATALOGUE else BOOK_SEQ


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {SCHEMA}.{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$body$ BEGIN {body}; END $body$"
    )
