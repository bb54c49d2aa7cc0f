"""Words errors as they reach a script from the connector: a chain of Java exceptions, with the reason in the last.

Sources: spark-redshift's JDBCWrapper.scala ("Exception thrown in awaitResult") and RedshiftWriter.scala, which looks a
failed COPY up in stl_load_errors and gives what it finds after a line break.
"""

from local_glue.job.redshift.errors import LoadError, RedshiftError
from local_glue.job.redshift.kind import is_serverless

_WRITE = "An error occurred while calling o97.pyWriteDynamicFrame."
_WRAPPER = (
    "java.sql.SQLException: Exception thrown in awaitResult: \n"
    "\tat io.github.spark_redshift_community.spark.redshift.JDBCWrapper.executeInterruptibly(JDBCWrapper.scala:151)\n"
    "\tat io.github.spark_redshift_community.spark.redshift.RedshiftWriter.saveToRedshift(RedshiftWriter.scala:524)\n"
    "\t... 47 more"
)
_DRIVER = (
    "\tat com.amazon.redshift.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2607)\n\t... 3 more"
)
_WRITER = (
    "\tat io.github.spark_redshift_community.spark.redshift.RedshiftWriter.doRedshiftLoad(RedshiftWriter.scala:233)"
)
CODES = {
    "String length": 1204, "Invalid date": 1206, "Overflow": 1216, "Missing data": 1213, "Extra column": 1202,
    "Delimiter not found": 1214, "String contains invalid": 1220,
}  # fmt: skip
OTHER_CODE = 1207


def error_code(reason: str) -> int:
    """The code that Redshift's load errors have for a reason."""
    return next((code for beginning, code in CODES.items() if reason.startswith(beginning)), OTHER_CODE)


def nested(error: RedshiftError) -> str:
    """The text of the exception that a script sees when a write failed for this reason."""
    return "\n".join([_WRITE, f": {_WRAPPER}", *(f"Caused by: {cause}" for cause in _causes(error))]) + "\n"


def _causes(error: RedshiftError) -> list[str]:
    if not isinstance(error, LoadError):
        return [_driver(str(error))]
    table = error.table.replace('"', "").rpartition(".")[2]
    if is_serverless():
        return [_driver(f"Load into table '{table}' failed.  Check 'sys_load_error_detail' system table for details.")]
    failed = _driver(f"Load into table '{table}' failed.  Check 'stl_load_errors' system table for details.")
    return [f"java.sql.SQLException: \n{_details(error)}\n{_WRITER}", failed]


def _details(error: LoadError) -> str:
    return (
        f'Error (code {error_code(error.reason)}) while loading data into Redshift: "{error.reason}"\n'
        f"Table name: {error.table.replace(chr(34), '')}\n"
        f"Column name: {error.column}\n"
        f"Raw field value: {error.value}"
    )


def _driver(message: str) -> str:
    return f"com.amazon.redshift.util.RedshiftException: ERROR: {message}\n{_DRIVER}"
