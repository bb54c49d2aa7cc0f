"""The Data API's calls: what they take, refuse and answer."""

import json
import threading
from collections.abc import Sequence
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.redshiftdata.exceptions import ValidationException
from moto.redshiftdata.responses import RedshiftDataAPIServiceResponse
from moto.secretsmanager.models import secretsmanager_backends

from local_glue.access import Access
from local_glue.endpoint.bulk.grammar import without_secrets
from local_glue.endpoint.iam.judge import Judge
from local_glue.endpoint.redshift_data.running import run
from local_glue.endpoint.redshift_data.statement import DataStatement
from local_glue.endpoint.unsupported import CODE

PAGE_ROWS, MAX_BATCH = 1000, 40
_WHERE = ("ClusterIdentifier", "WorkgroupName", "Database", "DbUser", "SecretArn")
_UNSUPPORTED = ("SessionId", "SessionKeepAliveSeconds", "WithEvent", "ExecutionMode")


def install(access: Access, judge: Judge) -> None:
    """Makes the Data API of this process run statements in the databases of a stack. Can be repeated.

    Args:
        access: Where the stack is.
        judge: Says what a role may do that COPY and UNLOAD name.
    """

    def execute_statement(response: Any) -> tuple[int, dict[str, str], str]:
        return _answer(_execute(response, access, judge))

    def batch_execute_statement(response: Any) -> tuple[int, dict[str, str], str]:
        return _answer(_execute_batch(response, access, judge))

    RedshiftDataAPIServiceResponse.execute_statement = execute_statement
    RedshiftDataAPIServiceResponse.batch_execute_statement = batch_execute_statement
    RedshiftDataAPIServiceResponse.get_statement_result = lambda response: _answer(_result(response))


def _execute(response: Any, access: Access, judge: Judge) -> dict[str, Any]:
    where, text = _where(response, "Sql"), without_secrets(response._get_param("Sql"))
    parameters = response._get_param("Parameters")
    whole, part = DataStatement(where, text, parameters), DataStatement(where, text, parameters)
    return _start(response, whole, [part], where, access, judge)


def _execute_batch(response: Any, access: Access, judge: Judge) -> dict[str, Any]:
    where, texts = _where(response, "Sqls", "Parameters"), response._get_param("Sqls")
    if len(texts) > MAX_BATCH:
        raise ValidationException(
            f"Sqls has {len(texts)} statements, and a batch at most {MAX_BATCH}: put the others into another batch."
        )
    parts = [DataStatement(where, without_secrets(text)) for text in texts]
    whole = DataStatement(where, None, parts=parts)
    response.redshiftdata_backend.statements |= {part.id: part for part in parts}
    return _start(response, whole, parts, where, access, judge)


def _start(
    response: Any,
    whole: DataStatement,
    parts: Sequence[DataStatement],
    where: dict[str, Any],
    access: Access,
    judge: Judge,
) -> dict[str, Any]:
    user = _user(response, whole.secret_arn)
    response.redshiftdata_backend.statements[whole.id] = whole
    threading.Thread(target=run, args=(whole, parts, access, judge, user), daemon=True).start()
    named = {name: value for name, value in where.items() if value}
    return {**named, "Id": whole.id, "CreatedAt": whole.created_at}


def _where(response: Any, text: str, *unsupported: str) -> dict[str, Any]:
    """The database that is meant, after a check of all that is given beside it."""
    for name in (*_UNSUPPORTED, *unsupported):
        if response._get_param(name):
            raise JsonRESTError(CODE, f"local_glue does not support {name} in {response._get_action()}: leave it out.")
    if response._get_param("ResultFormat", "JSON") != "JSON":
        raise JsonRESTError(CODE, "local_glue supports ResultFormat JSON only: leave it out.")
    where = {name: response._get_param(name) for name in _WHERE}
    if not response._get_param(text) or not where["Database"]:
        raise ValidationException(f"{text} and Database are required.")
    if bool(where["WorkgroupName"]) == bool(where["ClusterIdentifier"]):
        raise ValidationException("Either ClusterIdentifier or WorkgroupName must be specified, but not both.")
    return where


def _user(response: Any, secret_arn: str | None) -> str | None:
    """The user whose name the secret holds; None without a secret, where AWS gives temporary credentials."""
    if not secret_arn:
        return None
    backend = secretsmanager_backends[response.current_account][response.region]
    try:
        return json.loads(backend.get_secret_value(secret_arn, "", "AWSCURRENT")["SecretString"])["username"]
    except (JsonRESTError, KeyError, ValueError) as error:
        raise ValidationException(f"The secret {secret_arn} cannot be read or has no username: {error}") from None


def _result(response: Any) -> dict[str, Any]:
    statement = response.redshiftdata_backend.describe_statement(response._get_param("Id"))
    if statement.parts:
        raise ValidationException("BatchExecuteStatement result can only be retrieved with sub-statement id.")
    if statement.status != "FINISHED" or statement.rows is None:
        raise JsonRESTError(
            "ResourceNotFoundException",
            "Query does not have result. Please check query status with DescribeStatement.",
        )
    start = int(response._get_param("NextToken") or 0)
    page = statement.rows[start : start + PAGE_ROWS]
    more = {"NextToken": str(start + PAGE_ROWS)} if start + PAGE_ROWS < len(statement.rows) else {}
    return {"ColumnMetadata": statement.columns, "Records": page, "TotalNumRows": len(statement.rows), **more}


def _answer(content: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    return 200, {}, json.dumps(content)
