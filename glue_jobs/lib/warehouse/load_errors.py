"""What a COPY refused, where the connector cannot say it.

The connector looks up a failed COPY in stl_load_errors. Redshift Serverless has no such table: the error then only says
that a load failed, and sys_load_error_detail has the file, line and column. The value is read from the file.
"""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from glue_jobs.lib.run import aws
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.warehouse import sql

VIEW = "sys_load_error_detail"
TEMP_FOLDER = "redshift/"
LONGEST_VALUE = 200


def detail(read: Callable[[str], list[Any]], config: JobConfig, columns: Sequence[str], cause: BaseException) -> str:
    """Column, value, file and reason of the run's last failed COPY; empty if `cause` is another error or tells them.

    Args:
        read: Gives the rows of a SELECT on the warehouse.
        columns: The columns of the files, in order.
    """
    if VIEW not in str(cause):
        return ""
    query = (
        f"SELECT file_name, line_number, column_name, error_message, start_time FROM {VIEW} "
        f"WHERE POSITION({sql.literal(config.run_id)} IN file_name) > 0"
    )
    try:
        rows = read(query)
    except Exception:  # The error that is being explained is the one that matters.
        return f"; SELECT column_name, error_message, file_name FROM {VIEW} says which value"
    if not rows:
        return ""
    last = max(rows, key=lambda row: row["start_time"])
    column, file = last["column_name"].strip(), last["file_name"].strip()
    value = _value(file, last["line_number"], columns, column)
    return f"; column {column}, value {value}, file {file}, line {last['line_number']}: {last['error_message'].strip()}"


def _value(file: str, line_number: int, columns: Sequence[str], column: str) -> str:
    """The value of a column in a line of a CSV file on S3."""
    names = [name.lower() for name in columns]
    row = _row(file, line_number)
    if row is None or column not in names or len(row) != len(names):
        return "?"
    value = row[names.index(column)]
    return repr(value) if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]!r}… ({len(value.encode())} bytes)"


def _row(file: str, line_number: int) -> list[str] | None:
    """The record that includes a line; records may span several. None if the file is gone."""
    bucket, key = aws.split_uri(file)
    try:
        body: Any = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"]
        reader = csv.reader(io.TextIOWrapper(body, encoding="utf-8", errors="replace", newline=""))
        return next((row for row in reader if reader.line_num >= line_number), None)
    except Exception:
        return None
