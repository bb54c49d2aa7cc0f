"""The books of a run: every line read is accounted for, per file and per run. Imports no Spark.

A file's `read` is the line count that validate_files took when it accepted the file; the other counts come from Spark.
A run whose books do not balance is not published.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

from glue_jobs.lib.contracts.books import LOAD_FILES, LOAD_RUNS, OUTCOMES, Count
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.errors import BooksError


@dataclass(frozen=True)
class FileBook:
    """What one run did with one file; counts are lines."""

    run_id: str
    file_key: str
    dataset: str
    source_file: str
    checksum: str = ""
    state: str = ""
    reason: str | None = None
    read: int = 0
    outcomes: Mapping[Count, int] = field(default_factory=dict)
    quarantined_by_rule: Mapping[str, int] = field(default_factory=dict)
    warnings_by_rule: Mapping[str, int] = field(default_factory=dict)
    first_date: date | None = None
    last_date: date | None = None
    header: str | None = None
    archive_key: str | None = None
    accepted_at: datetime | None = None
    loaded_at: datetime | None = None


@dataclass(frozen=True)
class RunBook:
    """What one run did; counts are lines of its files and plays that were pending before it."""

    run_id: str
    job_name: str
    workflow_name: str | None
    workflow_run_id: str | None
    started_at: datetime
    finished_at: datetime
    duration_ms: int
    files: int = 0
    pending_before: int = 0
    read: int = 0
    outcomes: Mapping[Count, int] = field(default_factory=dict)
    quarantined_by_rule: Mapping[str, int] = field(default_factory=dict)
    warnings_by_rule: Mapping[str, int] = field(default_factory=dict)
    measures: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


def close_books(
    config: JobConfig,
    files: Sequence[FileBook],
    *,
    pending_before: int = 0,
    from_pending: Mapping[str, int] | None = None,
    rules_from_pending: Mapping[str, int] | None = None,
    measures: Mapping[str, Any] | None = None,
    versions: Mapping[str, str] | None = None,
    finished_at: datetime | None = None,
) -> RunBook:
    """The run's book: the sum of its files and of the outcomes of plays that were pending before it.

    Args:
        from_pending: Number of previously pending plays by outcome; the others are still pending.
        rules_from_pending: Number of pending plays quarantined, by rule.

    Raises:
        BooksError: A file's or the run's counts do not balance.
    """
    for book in files:
        check_balance(book)
    resolved = {count: (from_pending or {}).get(count, 0) for count in OUTCOMES if count != Count.PENDING_AFTER}
    waiting = {**resolved, Count.PENDING_AFTER: pending_before - sum(resolved.values())}
    finished = finished_at or datetime.now(UTC)
    book = RunBook(
        run_id=config.run_id,
        job_name=config.job_name,
        workflow_name=config.workflow_name,
        workflow_run_id=config.workflow_run_id,
        started_at=config.started_at,
        finished_at=finished,
        duration_ms=(finished - config.started_at) // timedelta(milliseconds=1),
        files=len(files),
        pending_before=pending_before,
        read=sum(book.read for book in files),
        outcomes={count: waiting[count] + sum(book.outcomes.get(count, 0) for book in files) for count in OUTCOMES},
        quarantined_by_rule=_total([*(file.quarantined_by_rule for file in files), rules_from_pending or {}]),
        warnings_by_rule=_total(file.warnings_by_rule for file in files),
        measures=measures or {},
        versions=versions or {},
    )
    check_balance(book)
    return book


def check_balance(book: FileBook | RunBook) -> None:
    """Compares the lines that came in with the sum of their outcomes.

    Raises:
        BooksError: They differ, or a count is negative; the message names the file or run and the numbers.
    """
    came = book.read + (book.pending_before if isinstance(book, RunBook) else 0)
    went = sum(book.outcomes.values())
    if came == went and min(book.outcomes.values(), default=0) >= 0:
        return
    found = ", ".join(f"{name} {count}" for name, count in book.outcomes.items() if count)
    if isinstance(book, FileBook):
        raise BooksError(
            f"file {book.source_file}: validate_files counted {came} lines, this run accounts for {went} "
            f"({found or 'none'}); nothing was published: keep the file ({book.archive_key or book.file_key}), "
            "compare it with its entry in the ledger, and deliver it again"
        )
    raise BooksError(
        f"run {book.run_id}: {book.read} lines read and {book.pending_before} pending plays make {came}, this run "
        f"accounts for {went} ({found or 'none'}); nothing was published: run the workflow again, and keep this "
        "run's log if it happens twice"
    )


def file_rows(books: Iterable[FileBook]) -> list[tuple[Any, ...]]:
    """Rows of load_files, in its column order."""
    return [_row(book, LOAD_FILES) for book in books]


def run_row(book: RunBook) -> tuple[Any, ...]:
    """The row of load_runs, in its column order."""
    return _row(book, LOAD_RUNS)


def fit(text: str, max_bytes: int) -> str:
    """`text`, cut between characters to at most `max_bytes` of UTF-8."""
    data = text.encode("utf-8", "replace")
    return text if len(data) <= max_bytes else data[:max_bytes].decode("utf-8", "ignore")


def by_rule(text: str | None) -> dict[str, int]:
    """A column of counts by rule, most frequent first."""
    return dict(sorted(json.loads(text or "{}").items(), key=lambda item: (-item[1], item[0])))


def _row(book: FileBook | RunBook, table: Table) -> tuple[Any, ...]:
    values = {item.name: getattr(book, item.name) for item in fields(book)} | {
        count.value: book.outcomes.get(count, 0) for count in OUTCOMES
    }
    return tuple(_value(values[column.name], column.max_bytes) for column in table.columns)


def _value(value: Any, max_bytes: int | None) -> Any:
    if isinstance(value, Mapping):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    if isinstance(value, str) and max_bytes:
        return fit(value.replace("\x00", ""), max_bytes)
    return value


def _total(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(sorted(total.items()))
