"""The catalogue in RDS: users, songs and the books of their loads, changed in one transaction."""

import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pg8000.native
from pyspark.sql import DataFrame

from glue_jobs.lib.books import book
from glue_jobs.lib.books.book import FileBook, RunBook
from glue_jobs.lib.catalogue import rds_sql
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.run.arguments import JobConfig, require
from glue_jobs.lib.run.errors import ConfigError, MissingResourceError, PipelineError, reason
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.warehouse.sql import run_hash

CONNECT_SECONDS = 15
WRITERS = 4
"""Connections that Spark opens to fill a stage table."""

WRONG_USER = ("28P01", "28000")
NO_DATABASE = "3D000"


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
        require(config, "rds_connection")
        self._config = config
        self._conf = _jdbc_conf(run, config.rds_connection)

    @property
    def jdbc_url(self) -> str:
        """The JDBC URL, with the database's name."""
        return self._conf.get("fullUrl") or self._conf["url"]

    def prepare(self) -> None:
        """Creates missing tables, columns, sequence and triggers, and drops the stages of runs that died."""
        with self._transaction("preparing its tables") as db:
            db.run(rds_sql.lock())
            for statement in rds_sql.create_common():
                db.run(statement)
            for table in (*rds_sql.CATALOGUE.values(), *rds_sql.BOOKS.values()):
                _prepare_table(db, table)
            for (name,) in db.run(
                "SELECT tablename FROM pg_tables WHERE schemaname = :schema", schema=rds_sql.STAGE_SCHEMA
            ):
                # Only one run loads at a time, so a stage table that is found here belongs to a run that died.
                db.run(f'DROP TABLE {rds_sql.STAGE_SCHEMA}."{name}"')

    def stage(self, frame: DataFrame, table: Table) -> None:
        """Stages rows to upsert: the table's columns except its number, and `_file_key`; unique by the table's key."""
        stage = self._stage(table)
        with self._transaction(f"creating {stage}") as db:
            db.run(rds_sql.create_stage(table, stage))
        options = {
            "url": self.jdbc_url,
            "dbtable": stage,
            "user": self._conf["user"],
            "password": self._conf["password"],
            "driver": "org.postgresql.Driver",
            "batchsize": "5000",
            "reWriteBatchedInserts": "true",
        }
        try:
            frame.select(*rds_sql.staged_columns(table)).coalesce(WRITERS).write.format("jdbc").options(**options).mode(
                "append"
            ).save()
        except Exception as cause:
            raise RdsError(f"writing {table.name} to {stage} in RDS failed: {_reason(cause)}") from cause

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

    def _stage(self, table: Table) -> str:
        return f"{rds_sql.STAGE_SCHEMA}.{table.name}_{run_hash(self._config.run_id)}"

    @contextmanager
    def _transaction(self, purpose: str) -> Iterator[pg8000.native.Connection]:
        db = self._connect()
        try:
            db.run("BEGIN")
            yield db
            db.run("COMMIT")
        except (pg8000.exceptions.Error, OSError) as cause:
            raise RdsError(f"{self._place} failed while {purpose}: {_reason(cause)}; nothing was changed") from cause
        finally:
            # Closing rolls back what was not committed.
            db.close()

    def _connect(self) -> pg8000.native.Connection:
        host, port, database = _address(self.jdbc_url, self._config.rds_connection)
        try:
            # The driver's own timeout would also end statements that take longer.
            sock = socket.create_connection((host, port), CONNECT_SECONDS)
            sock.settimeout(None)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            return pg8000.native.Connection(
                self._conf["user"],
                host=host,
                port=port,
                database=database,
                password=self._conf["password"],
                sock=sock,
                application_name=self._config.job_name,
            )
        except pg8000.exceptions.DatabaseError as cause:
            code = cause.args[0].get("C") if cause.args and isinstance(cause.args[0], dict) else None
            if code in WRONG_USER:
                message = f"{self._place} refuses user '{self._conf['user']}'; correct its secret"
            elif code == NO_DATABASE:
                message = f"{self._place} does not exist; create it, or correct the URL of the connection"
            else:
                message = f"{self._place} refuses the connection: {_reason(cause)}"
            raise MissingResourceError(message) from cause
        except (pg8000.exceptions.InterfaceError, OSError) as cause:
            raise MissingResourceError(
                f"{self._place} does not answer; start it, or correct the connection's URL"
            ) from cause

    @property
    def _place(self) -> str:
        host, port, database = _address(self.jdbc_url, self._config.rds_connection)
        return f"database '{database}' at {host}:{port} (connection '{self._config.rds_connection}')"


def _jdbc_conf(run: GlueRun, connection: str) -> dict[str, str]:
    try:
        return dict(run.glue_context.extract_jdbc_conf(connection))
    except Exception as cause:
        raise MissingResourceError(
            f"Glue connection '{connection}' cannot be used: {_reason(cause)}; create it with its secret, "
            "or correct --rds_connection"
        ) from cause


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


def _address(url: str, connection: str) -> tuple[str, int, str]:
    found = re.match(r"jdbc:postgresql://([^:/?]+)(?::(\d+))?/([^?;]+)", url)
    if not found:
        raise ConfigError(
            f"Glue connection '{connection}' leads to '{url}'; it takes jdbc:postgresql://host:port/database"
        )
    return found.group(1), int(found.group(2) or 5432), found.group(3)


def _reason(cause: BaseException) -> str:
    """PostgreSQL's message, which pg8000 gives in a dictionary, or the first line of another error."""
    if cause.args and isinstance(cause.args[0], dict):
        return str(cause.args[0].get("M", cause.args[0]))
    return reason(cause)
