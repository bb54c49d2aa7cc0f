"""Redshift's tables of load errors."""

from collections.abc import Iterable
from datetime import datetime, timezone

import psycopg

from local_glue.job.redshift import java_errors
from local_glue.job.redshift.errors import LoadError


def note(connection: psycopg.Connection, errors: Iterable[LoadError]) -> None:
    """Writes errors to the tables, which keep them though the load's transaction is rolled back.

    Args:
        connection: One that commits each statement.
        errors: Why rows were not loaded.
    """
    for error in errors:
        code = java_errors.error_code(error.reason)
        kept = (datetime.now(timezone.utc).replace(tzinfo=None), error.file[:256], error.line, error.column, code)
        connection.execute(
            "INSERT INTO sys_load_error_detail (start_time, file_name, line_number, column_name, error_code, "
            "error_message) VALUES (%s, %s, %s, %s, %s, %s)",
            [*kept, error.reason[:512]],
        )
        connection.execute(
            "INSERT INTO stl_load_errors (starttime, filename, line_number, colname, err_code, err_reason, "
            "raw_field_value) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [*kept, error.reason[:100], error.value.replace(chr(0), "")[:1024]],
        )
