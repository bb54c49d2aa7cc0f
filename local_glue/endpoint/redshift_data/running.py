"""Runs the statements of a call in one transaction: all of them, or none."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from local_glue.access import Access
from local_glue.endpoint.bulk.grammar import kind_of
from local_glue.endpoint.bulk.load import LoadFailedError
from local_glue.endpoint.bulk.run import run_bulk
from local_glue.endpoint.iam.judge import Judge
from local_glue.endpoint.redshift_data.fields import field, metadata
from local_glue.endpoint.redshift_data.statement import DataStatement
from local_glue.errors import LocalGlueError
from local_glue.home import Home
from local_glue.job.redshift.dialect import translate
from local_glue.job.redshift.errors import LoadError, RedshiftError
from local_glue.job.redshift.load_errors import note
from local_glue.job.redshift.parameters import ParameterError, with_values
from local_glue.postgres.cluster import Server

_FAILURES = (psycopg.Error, RedshiftError, LocalGlueError, ParameterError, NotImplementedError)


def run(whole: DataStatement, parts: Sequence[DataStatement], access: Access, judge: Judge, user: str | None) -> None:
    """Runs the statements, and notes the outcome of each and of the whole.

    Args:
        whole: What the caller polls.
        parts: What is run for it, in this order; after a failure, the rest is not.
        access: Where the stack is.
        judge: Says what a role may do that COPY and UNLOAD name.
        user: The database's user; None is its owner.
    """
    try:
        with _connect(access.home, whole.database, user) as connection, _transaction(connection) as allowed:
            for part in parts:
                _run_part(part, connection, access, judge, allowed)
    except _FAILURES as error:
        _fail(whole, parts, error)
    else:
        whole.take(parts)
        whole.end("FINISHED")


def _fail(whole: DataStatement, parts: Sequence[DataStatement], error: BaseException) -> None:
    for part in parts:
        if part.status == "SUBMITTED":
            part.end("ABORTED")
    failed = next((number for number, part in enumerate(parts, start=1) if part.status == "FAILED"), None)
    prefix = f"Query #{failed} failed with " if whole.parts and failed else ""
    whole.end("FAILED", prefix + _message(error))


@contextmanager
def _transaction(connection: psycopg.Connection) -> Iterator[list[LoadError]]:
    """A transaction that a COMMIT, or Redshift's TRUNCATE, within it ends, and the next statement begins again.

    Gives the list for the errors that a COPY allowed; they are noted, with those that ended it, whatever else fails.
    """
    errors: list[LoadError] = []
    connection.execute("SET TIME ZONE 'UTC'")
    connection.autocommit = False
    try:
        yield errors
        connection.commit()
    except LoadFailedError as error:
        errors += error.errors
        raise
    finally:
        connection.rollback()
        connection.autocommit = True
        note(connection, errors)


def _run_part(
    part: DataStatement, connection: psycopg.Connection, access: Access, judge: Judge, allowed: list[LoadError]
) -> None:
    part.begin()
    try:
        values = {parameter["name"]: parameter["value"] for parameter in part.query_parameters or ()}
        text = with_values(part.query_string.rstrip("; \n"), values)
        if kind_of(text):
            part.result_rows, errors = run_bulk(text, connection, access, judge)
            allowed += errors
        else:
            _query(part, text, connection)
    except _FAILURES as error:
        part.end("FAILED", _message(error))
        raise
    part.end("FINISHED")


def _query(part: DataStatement, text: str, connection: psycopg.Connection) -> None:
    for command in translate(text).sql:
        cursor = connection.execute(command)  # type: ignore[call-overload]
    if cursor.description:
        part.columns = [metadata(column) for column in cursor.description]
        part.rows = [[field(value) for value in row] for row in cursor]
        part.has_result_set = True
    part.result_rows = len(part.rows or ()) if cursor.description else cursor.rowcount


def _message(error: BaseException) -> str:
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return f"ERROR: {primary or error}"


def _connect(home: Home, dbname: str, user: str | None) -> psycopg.Connection:
    state = home.read_state()
    owners = {known["dbname"]: known["user"] for known in state["databases"].values() if known["engine"] == "redshift"}
    if dbname not in owners:
        raise LocalGlueError(f'FATAL: database "{dbname}" does not exist')
    server = Server(**state["postgres"])
    if user is not None and user not in server.passwords:
        raise LocalGlueError(f'FATAL: password authentication failed for user "{user}"')
    return server.connect(dbname, user=user or owners[dbname])
