"""The Redshift Data API: moto (5.2.5) keeps statements, here they run in the stack's warehouse.

There is no workgroup or cluster to name on a laptop: `WorkgroupName` or `ClusterIdentifier` takes any name, `Database`
says which database is meant. As in AWS, ExecuteStatement returns before the statement has run.
"""

import json
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from local_glue.access import Access
from local_glue.endpoint.bulk.grammar import kind_of, without_secrets
from local_glue.endpoint.iam.judge import Judge
from local_glue.errors import LocalGlueError
from local_glue.home import Home
from local_glue.job.redshift.dialect import translate
from local_glue.job.redshift.errors import RedshiftError
from local_glue.job.redshift.load_errors import note
from local_glue.job.redshift.parameters import ParameterError, with_values
from local_glue.postgres.cluster import Server

if TYPE_CHECKING:
    import psycopg

PAGE_ROWS = 1000
TYPE_NAMES = {
    *("int2", "int4", "int8", "float4", "float8", "numeric", "bool", "varchar", "bpchar"),
    *("date", "timestamp", "timestamptz"),
}


def install(access: Access, judge: Judge) -> None:
    """Makes the Data API of this process run statements in the databases of a stack. Can be repeated.

    Args:
        access: Where the stack is.
        judge: Says what a role may do that COPY and UNLOAD name.
    """
    from moto.redshiftdata.responses import RedshiftDataAPIServiceResponse

    def execute_statement(response: Any) -> tuple[int, dict[str, str], str]:
        return _answer(_execute(response, access, judge))

    RedshiftDataAPIServiceResponse.execute_statement = execute_statement
    RedshiftDataAPIServiceResponse.get_statement_result = lambda response: _answer(_result(response))


def _execute(response: Any, access: Access, judge: Judge) -> dict[str, Any]:
    from moto.redshiftdata.models import Statement

    given = {name: response._get_param(name) for name in ("Sql", "Database", "WorkgroupName", "ClusterIdentifier")}
    _check(given)
    statement = Statement(
        given["ClusterIdentifier"], given["Database"], response._get_param("DbUser"),
        response._get_param("Parameters"), without_secrets(given["Sql"]), response._get_param("SecretArn"),
    )  # fmt: skip
    user = _user(response, statement.secret_arn)
    response.redshiftdata_backend.statements[statement.id] = _Described(statement)
    threading.Thread(target=_run, args=(statement, access, judge, user), daemon=True).start()
    kept = ("ClusterIdentifier", "CreatedAt", "Database", "DbUser", "Id", "SecretArn")
    named = {name: value for name, value in dict(statement).items() if name in kept and value is not None}
    return named | ({"WorkgroupName": given["WorkgroupName"]} if given["WorkgroupName"] else {})


class _Described:
    """A statement as DescribeStatement shows it; moto turns it into a dict, and reads and sets `status`."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement

    @property
    def status(self) -> str:
        return self.statement.status

    @status.setter
    def status(self, value: str) -> None:
        self.statement.status = value

    def __iter__(self) -> Any:
        shown = dict(self.statement) | {"Error": getattr(self.statement, "error", None)}
        yield from ((name, value) for name, value in shown.items() if value is not None)


def _check(given: dict[str, Any]) -> None:
    from moto.redshiftdata.exceptions import ValidationException

    if not given["Sql"] or not given["Database"]:
        raise ValidationException("Sql and Database are required.")
    if bool(given["WorkgroupName"]) == bool(given["ClusterIdentifier"]):
        raise ValidationException("Either ClusterIdentifier or WorkgroupName must be specified, but not both.")


def _user(response: Any, secret_arn: str | None) -> str | None:
    """The user whose name the secret holds; None without a secret, where AWS gives temporary credentials."""
    if not secret_arn:
        return None
    from moto.core.exceptions import JsonRESTError
    from moto.redshiftdata.exceptions import ValidationException
    from moto.secretsmanager.models import secretsmanager_backends

    backend = secretsmanager_backends[response.current_account][response.region]
    try:
        return json.loads(backend.get_secret_value(secret_arn, "", "AWSCURRENT")["SecretString"])["username"]
    except (JsonRESTError, KeyError, ValueError) as error:
        raise ValidationException(f"The secret {secret_arn} cannot be read or has no username: {error}") from None


def _run(statement: Any, access: Access, judge: Judge, user: str | None) -> None:
    """Runs the statement in a transaction of its own, and notes its outcome."""
    import psycopg

    started = time.monotonic()
    try:
        values = {parameter["name"]: parameter["value"] for parameter in statement.query_parameters or ()}
        text = with_values(statement.query_string.rstrip("; \n"), values)
        with _connect(access.home, statement.database, user) as connection:
            _bulk(statement, text, connection, access, judge) if kind_of(text) else _query(statement, text, connection)
        outcome = "FINISHED"
    except (psycopg.Error, RedshiftError, LocalGlueError, ParameterError, NotImplementedError) as error:
        primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
        statement.error, outcome = f"ERROR: {primary or error}", "FAILED"
    statement.duration = int((time.monotonic() - started) * 1e9)
    statement.updated_at = datetime.now(timezone.utc).isoformat()
    statement.status = outcome


def _query(statement: Any, text: str, connection: "psycopg.Connection") -> None:
    commands = translate(text).sql
    with connection.transaction():
        connection.execute("SET LOCAL TIME ZONE 'UTC'")
        for command in commands:
            cursor = connection.execute(command)  # type: ignore[call-overload]
        _keep_result(statement, cursor)


def _bulk(statement: Any, text: str, connection: "psycopg.Connection", access: Access, judge: Judge) -> None:
    from local_glue.endpoint.bulk.load import LoadFailedError
    from local_glue.endpoint.bulk.run import run_bulk

    statement.rows, statement.columns = None, None
    try:
        with connection.transaction():
            connection.execute("SET LOCAL TIME ZONE 'UTC'")
            statement.result_rows, errors = run_bulk(text, connection, access, judge)
    except LoadFailedError as error:
        note(connection, error.errors)
        raise
    note(connection, errors)


def _connect(home: Home, dbname: str, user: str | None) -> "psycopg.Connection":
    state = home.read_state()
    owners = {known["dbname"]: known["user"] for known in state["databases"].values() if known["engine"] == "redshift"}
    if dbname not in owners:
        raise LocalGlueError(f'FATAL: database "{dbname}" does not exist')
    server = Server(**state["postgres"])
    if user is not None and user not in server.passwords:
        raise LocalGlueError(f'FATAL: password authentication failed for user "{user}"')
    return server.connect(dbname, user=user or owners[dbname])


def _keep_result(statement: Any, cursor: "psycopg.Cursor") -> None:
    statement.rows, statement.columns = None, None
    if cursor.description:
        statement.columns = [_metadata(column) for column in cursor.description]
        statement.rows = [[_field(value) for value in row] for row in cursor]
        statement.has_result_set = True
    statement.result_rows = len(statement.rows) if cursor.description else cursor.rowcount


def _metadata(column: Any) -> dict[str, Any]:
    kind = column.type_display.partition("(")[0]
    shown = kind if kind in TYPE_NAMES else "varchar"
    return {"name": column.name, "label": column.name, "typeName": shown, "nullable": 1, "isCaseSensitive": False}


def _field(value: Any) -> dict[str, Any]:
    """One of the Data API's fields: whole numbers, floats and booleans by type, everything else as text."""
    if value is None:
        return {"isNull": True}
    if isinstance(value, bool):
        return {"booleanValue": value}
    if isinstance(value, int):
        return {"longValue": value}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, datetime):
        return {"stringValue": value.isoformat(sep=" ")}
    return {"stringValue": f"{value:f}" if isinstance(value, Decimal) else str(value)}


def _result(response: Any) -> dict[str, Any]:
    statement = response.redshiftdata_backend.describe_statement(response._get_param("Id")).statement
    if statement.status != "FINISHED" or statement.rows is None:
        raise _no_result()
    start = int(response._get_param("NextToken") or 0)
    page: Sequence[Any] = statement.rows[start : start + PAGE_ROWS]
    more = {"NextToken": str(start + PAGE_ROWS)} if start + PAGE_ROWS < len(statement.rows) else {}
    return {"ColumnMetadata": statement.columns, "Records": page, "TotalNumRows": len(statement.rows), **more}


def _no_result() -> Exception:
    from moto.core.exceptions import JsonRESTError

    why = "Query does not have result. Please check query status with DescribeStatement."
    return JsonRESTError("ResourceNotFoundException", why)


def _answer(content: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    return 200, {}, json.dumps(content)
