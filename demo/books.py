"""What a workflow run did, read from the published books and from the files that were put aside."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from glue_jobs.lib.contracts.books import OUTCOMES, Count
from glue_jobs.lib.files import rejected

COUNTS = (Count.READ, *OUTCOMES)

RUNS = """
    SELECT run_id, job_name, workflow_run_id, started_at, files, pending_before, loaded, quarantined_by_rule,
        pending_after, warnings_by_rule, measures
    FROM music.load_runs WHERE workflow_run_id = %s ORDER BY started_at
"""
FILES = """
    SELECT f.* FROM music.load_files f JOIN music.load_runs r ON r.run_id = f.run_id
    WHERE r.workflow_run_id = %s ORDER BY f.dataset DESC, f.source_file
"""
LAST_RUN = "SELECT workflow_run_id FROM music.load_runs WHERE workflow_name = %s ORDER BY started_at DESC LIMIT 1"


@dataclass
class Books:
    """The books of one workflow run.

    Attributes:
        runs: Rows of load_runs, in order of start.
        files: Rows of load_files.
        messages: What is wrong with a rejected file, by its name and checksum.
    """

    workflow_run_id: str
    runs: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    messages: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def nothing_new(self) -> bool:
        """Whether the run had no file to load and loaded no pending play."""
        return not self.files and not any(run["loaded"] for run in self.runs)

    @property
    def from_pending(self) -> int:
        """The number of loaded plays that had waited for their user or track."""
        return sum(run["loaded"] for run in self.runs) - sum(file["loaded"] for file in self.files)

    @property
    def pending(self) -> int:
        """The number of plays that wait after the run."""
        return sum(run["pending_after"] for run in self.runs)

    @property
    def measures(self) -> dict[str, Any]:
        """What the run's jobs counted in addition to lines."""
        return {name: value for run in self.runs for name, value in json.loads(run.get("measures") or "{}").items()}

    def with_state(self, *states: str) -> list[dict[str, Any]]:
        """The files in one of `states`."""
        return [file for file in self.files if file["state"] in states]


def read_books(warehouse: Connection, s3: Any, lake_bucket: str, workflow_run_id: str) -> Books:
    """The books of a workflow run; empty ones when it published nothing."""
    books = Books(workflow_run_id)
    if not _exists(warehouse, "music.load_runs"):
        return books
    books.runs = _rows(warehouse, RUNS, workflow_run_id)
    books.files = _rows(warehouse, FILES, workflow_run_id)
    books.messages = rejected.messages(s3, lake_bucket, {file["checksum"] for file in books.with_state("REJECTED")})
    return books


def last_workflow_run(warehouse: Connection, workflow: str) -> str | None:
    """The id of the workflow run that published last; None if none did."""
    if not _exists(warehouse, "music.load_runs"):
        return None
    rows = _rows(warehouse, LAST_RUN, workflow)
    return rows[0]["workflow_run_id"] if rows else None


def top_rows(warehouse: Connection, sql: str) -> tuple[list[str], list[Sequence[Any]]]:
    """Column names and rows of a query."""
    cursor = warehouse.execute(sql)
    return [column.name for column in cursor.description or ()], cursor.fetchall()


def _rows(warehouse: Connection, sql: str, *values: Any) -> list[dict[str, Any]]:
    with warehouse.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, values).fetchall()


def _exists(warehouse: Connection, table: str) -> bool:
    return warehouse.execute("SELECT to_regclass(%s)", [table]).fetchone()[0] is not None
