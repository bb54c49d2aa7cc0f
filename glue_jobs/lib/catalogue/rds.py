"""The catalogue in RDS: users, songs and the books of their loads, changed in one transaction."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pg8000.native
from pyspark.sql import DataFrame

from glue_jobs.lib.books import book, dry_run
from glue_jobs.lib.books.book import FileBook, RunBook
from glue_jobs.lib.catalogue import rds_connection, rds_sql
from glue_jobs.lib.catalogue.rds_connection import driver_reason
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.run.arguments import JobConfig, require
from glue_jobs.lib.run.errors import PipelineError
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.warehouse.sql import run_hash

WRITERS = 4
"""Connections that Spark opens to fill a stage table."""


class RdsError(PipelineError):
    """RDS refused a statement or the connection broke; the message says what was being done, and RDS's own reason."""


@dataclass(frozen=True)
class FileChanges:
    """What the upsert did with one file's rows: how many were staged, and how many of those differed."""

    staged: int
    changed: int


class Rds:
    """The database behind `config.rds_connection`."""

    def __init__(self, run: GlueRun, config: JobConfig) -> None:
        self._config = config
        self._place = rds_connection.find(run, require(config, "rds_connection"))

    def prepare(self) -> None:
        """Creates missing tables, columns, sequence and triggers, and drops the stages of runs that died."""
        with self._transaction("preparing its tables") as db:
            db.run(rds_sql.lock())
            for statement in rds_sql.create_common():
                db.run(statement)
            for table in (*rds_sql.CATALOGUE.values(), *rds_sql.BOOKS.values()):
                _prepare_table(db, table)
            drop_stages(db)

    def stage(self, frame: DataFrame, table: Table) -> None:
        """Stages rows to upsert: the table's columns except its number, and `_file_key`; unique by the table's key."""
        stage = self._stage(table)
        with self._transaction(f"creating {stage}") as db:
            db.run(rds_sql.create_stage(table, stage))
        options = {
            "url": self._place.url,
            "dbtable": stage,
            "user": self._place.user,
            "password": self._place.password,
            "driver": "org.postgresql.Driver",
            "batchsize": "5000",
            "reWriteBatchedInserts": "true",
        }
        try:
            frame.select(*rds_sql.staged_columns(table)).coalesce(WRITERS).write.format("jdbc").options(**options).mode(
                "append"
            ).save()
        except Exception as cause:
            raise RdsError(f"writing {table.name} to {stage} in RDS failed: {driver_reason(cause)}") from cause

    def publish(
        self,
        staged: Sequence[Table],
        close: Callable[[Mapping[str, FileChanges]], tuple[RunBook, Sequence[FileBook]]],
    ) -> RunBook:
        """Upserts the staged rows and writes the books, in one transaction.

        Args:
            staged: Tables that were staged.
            close: Makes the books from what the upsert did, by file key; if it raises, nothing is changed.

        Returns:
            The run's book.
        """
        with self._transaction("changing users and songs") as db:
            db.run(rds_sql.lock())
            changes: dict[str, FileChanges] = {}
            for table in staged:
                db.run(f"ANALYZE {self._stage(table)}")
                for file_key, rows, changed in db.run(rds_sql.upsert(table, self._stage(table))):
                    changes[file_key] = FileChanges(rows, changed)
            run_book, file_books = close(changes)
            _insert(db, "load_files", book.file_rows(file_books), book.LOAD_FILES)
            _insert(db, "load_runs", [book.run_row(run_book)], book.LOAD_RUNS)
            for table in staged:
                db.run(f"DROP TABLE {self._stage(table)}")
        return run_book

    def preview(
        self,
        staged: Sequence[Table],
        close: Callable[[Mapping[str, FileChanges]], tuple[RunBook, Sequence[FileBook]]],
    ) -> RunBook:
        """As `publish`, but only tells what it would do, and drops the stages."""
        changes: dict[str, FileChanges] = {}
        tables: dict[str, dry_run.RowChanges] = {}
        with self._transaction("counting what would change") as db:
            for table in staged:
                tables[table.name] = dry_run.RowChanges()
                for file_key, rows, new, changed in db.run(rds_sql.count_changes(table, self._stage(table))):
                    changes[file_key] = FileChanges(rows, new + changed)
                    tables[table.name] += dry_run.RowChanges(new, changed)
                db.run(f"DROP TABLE {self._stage(table)}")
        run_book, file_books = close(changes)
        books = {"load_files": len(file_books), "load_runs": 1}
        dry_run.tell(tables | {name: dry_run.RowChanges(rows) for name, rows in books.items()}, run_book, file_books)
        return run_book

    def _stage(self, table: Table) -> str:
        return f"{rds_sql.STAGE_SCHEMA}.{table.name}_{run_hash(self._config.run_id)}"

    @contextmanager
    def _transaction(self, purpose: str) -> Iterator[pg8000.native.Connection]:
        db = rds_connection.connect(self._place, self._config.job_name)
        try:
            db.run("BEGIN")
            yield db
            db.run("COMMIT")
        except (pg8000.exceptions.Error, OSError) as cause:
            raise RdsError(
                f"{self._place} failed while {purpose}: {driver_reason(cause)}; nothing was changed"
            ) from cause
        finally:
            # Closing rolls back what was not committed.
            db.close()


def drop_stages(db: pg8000.native.Connection) -> None:
    """Drops all stage tables: only one run loads at a time, so what is there now belongs to runs that died."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = :schema"
    for (name,) in db.run(query, schema=rds_sql.STAGE_SCHEMA):
        db.run(f'DROP TABLE {rds_sql.STAGE_SCHEMA}."{name}"')


def _prepare_table(db: pg8000.native.Connection, table: Table) -> None:
    query = "SELECT column_name FROM information_schema.columns WHERE table_schema = :schema AND table_name = :name"
    present = {name for (name,) in db.run(query, schema=table.schema, name=table.name)}
    missing = [column for column in table.columns if column.name not in present]
    if not present:
        db.run(rds_sql.create_table(table))
        db.run(rds_sql.create_index(table))
    # Not IF NOT EXISTS: that waits for everyone who uses the table, even when there is nothing to do.
    for column in missing if present else ():
        db.run(rds_sql.add_column(table, column))
    query = "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:name)"
    triggers = {name for (name,) in db.run(query, name=table.full_name)}
    for name, statement in rds_sql.create_triggers(table).items():
        if name not in triggers:
            db.run(statement)
    if present and missing and missing[-1] == table.columns[-1]:
        db.run(rds_sql.number_rows(table))


def _insert(db: pg8000.native.Connection, name: str, rows: Sequence[tuple[Any, ...]], contract: Table) -> None:
    values = [dict(zip(contract.column_names, row, strict=True)) for row in rows]
    db.run(rds_sql.insert_books(rds_sql.BOOKS[name]), rows=json.dumps(values, default=_as_text))


def _as_text(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the books")
