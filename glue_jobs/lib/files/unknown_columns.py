"""What is said of a file with columns, or JSON fields, that no contract knows (`--new_columns`). Imports no Spark."""

from collections.abc import Sequence

from glue_jobs.lib.files.ledger import LedgerFile
from glue_jobs.lib.files.rejected import Problem
from glue_jobs.lib.run import logs
from glue_jobs.lib.run.error_log import ErrorLog

NEW_COLUMNS = "new_columns"


def problem(key: str, names: Sequence[str], *, what: str) -> Problem:
    """Why the file at `key` is rejected; `what` the names are: columns or fields."""
    return Problem(
        reason=NEW_COLUMNS,
        message=f"'{key}' has {what} that nobody here knows: {', '.join(names)}",
        remedy="deliver the file without them, or let them be added to the contract or allowed by --new_columns",
    )


def tell(errors: ErrorLog, file: LedgerFile, names: Sequence[str], *, what: str) -> None:
    """Says that the file is loaded without them."""
    facts = {"file": file.landing_key, "dataset": file.dataset, "columns": list(names)}
    errors.add(NEW_COLUMNS, **facts)
    logs.warning(f"a file has {what} that nobody here knows; they are not loaded", **facts)
