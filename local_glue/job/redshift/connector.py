"""Writes to Redshift as the open-source connector does: stages files, then runs one transaction, with retries."""

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from pyspark.sql import DataFrame

from local_glue.faults import side_effect
from local_glue.job import options as checks
from local_glue.job.connections import Jdbc, from_options
from local_glue.job.keeping import keep
from local_glue.job.permissions import copying, require
from local_glue.job.redshift import frame_types, java_errors
from local_glue.job.redshift.actions import split_actions
from local_glue.job.redshift.copy import copy_files
from local_glue.job.redshift.ddl import BYTES_PREFIX
from local_glue.job.redshift.dialect import Statement, translate
from local_glue.job.redshift.errors import ConnectorError, LoadError, RedshiftError, not_supported
from local_glue.job.redshift.frame_files import NULL_MARK, StagedFile, stage_frame
from local_glue.job.redshift.load_errors import note

log = logging.getLogger("local_glue.job.redshift")
_KNOWN = (
    *("useConnectionProperties", "connectionName", "url", "user", "password", "dbtable", "redshiftTmpDir"),
    *("preactions", "postactions", "csvnullstring", "copyretrycount", "copydelay", "include_column_list"),
)
# How the cluster reads S3 and lays out the table makes no difference on a laptop.
_WITHOUT_EFFECT = ("aws_iam_role", "extracopyoptions", "diststyle", "distkey", "sortkeyspec", "sse_kms_key",
                   "overwrite", "tempformat", "usestagingtable")  # fmt: skip
_HARMLESS_COPY_OPTIONS = {"", "COMPUPDATE OFF", "STATUPDATE OFF", "COMPUPDATE OFF STATUPDATE OFF"}
RETRIES = 2


@dataclass(frozen=True)
class Load:
    """What a write needs; all of it is checked before the write begins."""

    target: Jdbc
    table: str
    create: tuple[str, ...]
    preactions: list[Statement]
    postactions: list[Statement]
    null_mark: str
    columns: list[str] | None
    retries: int
    delay_s: float


def write(frame: DataFrame, options: Mapping[str, Any], target: Jdbc | None = None) -> None:
    """Loads a frame into `dbtable`, between preactions and postactions, in one transaction.

    Args:
        frame: Its columns are in the order of the table's, because COPY loads by position.
        options: connection_options as for connection_type "redshift".
        target: The database, if the options do not name it.

    Raises:
        RefusedError: Redshift would not accept an action; nothing was written.
        ConnectorError: a statement failed three times; the transaction was rolled back.
        NotImplementedError: the stand-in does not support an option, or a construct of an action.
    """
    load = _prepare(frame, options, target)
    files = stage_frame(frame, options["redshiftTmpDir"], load.null_mark)
    if files and options.get("aws_iam_role"):
        require(*copying([file.uri for file in files]), role=options["aws_iam_role"])
    for attempt in range(load.retries + 1):
        try:
            return _transaction(load, files)
        except (psycopg.Error, RedshiftError) as error:
            if missing := _not_supported(error):
                raise missing from error
            if attempt == load.retries:
                cause = redshift_error(error)
                raise ConnectorError(java_errors.nested(cause)) from cause
            log.warning("load into %s failed, trying again: %s", load.table, error)
            time.sleep(load.delay_s)


def quoted_table(dbtable: str) -> str:
    """The name `schema.table` in lower case, with both parts in quotes.

    Raises:
        RedshiftError: it is no such name.
    """
    # The connector quotes the name as it is, and "PUBLIC" if it has no schema; Redshift folds quoted names, too.
    parts = [part.strip('"') for part in dbtable.lower().split(".")]
    if len(parts) == 1:
        parts = ["public", *parts]
    if len(parts) != 2 or not all(parts):
        raise RedshiftError(f"dbtable '{dbtable}' must be table or schema.table")
    return ".".join(f'"{part}"' for part in parts)


def _prepare(frame: DataFrame, options: Mapping[str, Any], target: Jdbc | None) -> Load:
    _check_options(options)
    table = quoted_table(options["dbtable"])
    names = [field.name.lower() for field in frame.schema.fields]
    if not names:
        raise RedshiftError(f"the frame for {table} has no columns: give it the table's, an empty frame needs them too")
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise RedshiftError(
            f"the frame for {table} has columns that differ only in case: {', '.join(repeated)}; rename them"
        )
    return Load(
        target=target or from_options("redshift", options),
        table=table,
        create=translate(
            f"CREATE TABLE IF NOT EXISTS {table} ({frame_types.columns(frame.schema)}) DISTSTYLE EVEN"
        ).sql,
        preactions=[translate(text) for text in split_actions(options.get("preactions"), "preactions", table)],
        postactions=[translate(text) for text in split_actions(options.get("postactions"), "postactions", table)],
        null_mark=options.get("csvnullstring", NULL_MARK),
        columns=names if checks.flag(options.get("include_column_list", False)) else None,
        retries=int(options.get("copyretrycount", RETRIES)),
        delay_s=_delay_s(options),
    )


def _transaction(load: Load, files: list[StagedFile]) -> None:
    name = load.table.replace('"', "")
    with load.target.connect() as connection:
        connection.isolation_level = _isolation(connection)
        side_effect(f"redshift:{name}:begin")
        # Before the preactions, as in the connector, so that they find the table.
        _run(connection, load.create)
        for action in load.preactions:
            _run(connection, action.sql)
        if files:
            try:
                copy_files(connection, load.table, files, load.null_mark, load.columns)
            except LoadError as error:
                with load.target.connect(autocommit=True) as notes:
                    note(notes, [error])
                raise
        for action in load.postactions:
            _run(connection, action.sql)
        keep()
        side_effect(f"redshift:{name}:commit")
        connection.commit()
    side_effect(f"redshift:{name}:committed")


def _isolation(connection: psycopg.Connection) -> psycopg.IsolationLevel:
    """That of the database. Even Redshift's weaker one reads one snapshot, and fails on rows that another changed."""
    (level,) = connection.execute("SHOW default_transaction_isolation").fetchone()  # type: ignore[misc]
    connection.rollback()
    snapshot, serializable = psycopg.IsolationLevel.REPEATABLE_READ, psycopg.IsolationLevel.SERIALIZABLE
    return serializable if level == "serializable" else snapshot


def _run(connection: psycopg.Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        try:
            connection.execute(sql.SQL(statement))
        except psycopg.Error as error:
            error.__notes__ = [statement]  # as add_note does, which Python 3.10 lacks
            raise


def redshift_error(error: psycopg.Error | RedshiftError) -> RedshiftError:
    """The error in Redshift's words, where they are known."""
    if isinstance(error, RedshiftError):
        return error
    message = error.diag.message_primary or str(error).strip()
    if isinstance(error, psycopg.errors.SerializationFailure):
        message = "1023 DETAIL: Serializable isolation violation on table"
    if error.sqlstate == "21000" and "second time" in message:
        message = "Found multiple matches to update the same tuple."
    if error.sqlstate == "23514":
        message = f"String length exceeds DDL length in column {_column(error)} of {error.diag.table_name} ({message})"
    detail = f" ({error.diag.message_detail})" if error.diag.message_detail else ""
    return RedshiftError(f"{message}{detail}")


def _not_supported(error: psycopg.Error | RedshiftError) -> NotImplementedError | None:
    if isinstance(error, RedshiftError):
        return None
    statement = error.__notes__[0] if getattr(error, "__notes__", None) else ""
    return not_supported(error.sqlstate, error.diag.message_primary or str(error), statement)


def _column(error: psycopg.Error) -> str:
    return (error.diag.constraint_name or "?").removeprefix(BYTES_PREFIX)


def _check_options(options: Mapping[str, Any]) -> None:
    checks.check("redshift writes", options, _KNOWN, _WITHOUT_EFFECT)
    for name in ("dbtable", "redshiftTmpDir"):
        if not options.get(name):
            raise RedshiftError(f"a redshift write needs connection_options['{name}']")
    if str(options.get("tempformat", "CSV")).upper() != "CSV":
        raise NotImplementedError(f"local_glue does not support tempformat={options['tempformat']!r}, only CSV")
    extra = " ".join(str(options.get("extracopyoptions", "")).upper().split())
    if extra not in _HARMLESS_COPY_OPTIONS:
        raise NotImplementedError(f"local_glue does not support extracopyoptions={options['extracopyoptions']!r}")
    checks.refuse("redshift writes", overwrite=checks.flag(options.get("overwrite", False)))


def _delay_s(options: Mapping[str, Any]) -> float:
    if options.get("copydelay"):
        return int(options["copydelay"]) / 1000
    # The connector waits 30 seconds, which is too long on a laptop.
    return float(os.environ.get("LOCAL_GLUE_COPY_DELAY", "1"))
