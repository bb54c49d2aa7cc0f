"""Which files of a dataset a run reads, what it found in them, and what follows from that."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.contracts.tables import LOAD_FILES
from glue_jobs.lib.files.ledger import ACCEPTED, LOADED, REJECTED, REPEATED, Ledger, LedgerFile
from glue_jobs.lib.load.load_run import Query
from glue_jobs.lib.rows import csv_lines
from glue_jobs.lib.run.errors import BooksError
from glue_jobs.lib.run.spans import Span
from glue_jobs.lib.warehouse import sql

Ask = Callable[[Query], list[Any]]
"""Asks the warehouse for a few rows."""

MONTH_FOLDER = re.compile(r"/(?P<year>\d{4})/(?P<month>\d{2})/")
JUDGED_FROM_LINES = 100
"""Shorter files are not rejected for their share of rows in error."""


@dataclass(frozen=True)
class Inputs:
    """Files that a run deals with.

    Attributes:
        dataset: Whose files.
        files: Those it may read lines of.
        awaited: file_keys of those it must read, or its books cannot balance.
        booked: REPEATED and REJECTED ones that no run has booked yet.
        published: By checksum, the row of load_files of a run that published the file and died before its commit.
        window: The days of a backfill, None otherwise.
    """

    dataset: Dataset
    files: tuple[LedgerFile, ...]
    awaited: frozenset[str]
    booked: tuple[LedgerFile, ...] = ()
    published: Mapping[str, Any] = field(default_factory=dict)
    window: Span | None = None

    @cached_property
    def by_id(self) -> dict[int, LedgerFile]:
        """Files by the file_id they have in frames."""
        ids = csv_lines.file_ids(self.files)
        return {ids[file.file_key]: file for file in self.files}

    @property
    def line_count(self) -> int:
        """Lines of the files, at most so many are read."""
        return sum(file.lines for file in self.files)

    @cached_property
    def skipped(self) -> set[int]:
        """file_ids of files whose content the warehouse has already."""
        return {file_id for file_id, file in self.by_id.items() if file.checksum in self.published}


@dataclass(frozen=True)
class Found:
    """What is in a file: rows, those in error, and the days of the others."""

    rows: int
    errors: int
    first_date: date | None
    last_date: date | None
    days: frozenset[date] = frozenset()


def new_inputs(ledger: Ledger, ask: Ask, dataset: Dataset) -> Inputs:
    """Files for a run that reads what its bookmark has not seen."""
    every = ledger.open_files(dataset.name)
    # The same content may come again on one day, under the path of a file that is loaded: the waiting one counts.
    states = (LOADED, ACCEPTED)
    readable = {file.accepted_key or file.file_key: file for state in states for file in every if file.state == state}
    files = tuple(readable.values())
    published = {}
    if files and dataset.repeats == "skip":
        rows = ask(loaded_files(dataset, min(file.accepted_at for file in files)))
        published = {row.checksum: row for row in rows}
    return Inputs(
        dataset=dataset,
        files=files,
        awaited=frozenset(file.file_key for file in files if file.state == ACCEPTED),
        booked=tuple(file for file in every if file.state in (REPEATED, REJECTED)),
        published=published,
    )


def backfill_inputs(ledger: Ledger, window: Span, dataset: Dataset) -> Inputs:
    """Files for a run that reads a window of days again, whatever the bookmark has seen; their states stay."""
    loaded = ledger.files_of_days(dataset.name, window.first, window.last)
    accepted = ledger.open_files(dataset.name, [ACCEPTED])
    known = {
        file.file_key: file
        for file in (*loaded, *accepted)
        if (file.accepted_key or file.archived_key) and _may_hold(file, window)
    }
    return Inputs(dataset, files=tuple(known.values()), awaited=frozenset(known), window=window)


def _may_hold(file: LedgerFile, window: Span) -> bool:
    """Whether rows of the window may be in the file, going by its days or, unless they are known, by its folder."""
    month = MONTH_FOLDER.search(file.landing_key)
    if file.first_date or not month:
        return True
    found = (int(month["year"]), int(month["month"]))
    first, last = ((day.year, day.month) if day else None for day in (window.first, window.last))
    return (first is None or found >= first) and (last is None or found <= last)


def loaded_files(dataset: Dataset, since: datetime) -> Query:
    """Files of the dataset that were published since."""
    return (
        f"SELECT DISTINCT f.checksum, f.run_id, f.first_date, f.last_date FROM {LOAD_FILES.full_name} AS f "
        f"WHERE f.dataset = '{dataset.name}' AND f.state = '{LOADED}' AND f.loaded_at >= {sql.timestamp(since)}",
        "checksum string, run_id string, first_date date, last_date date",
    )


def check_paths(paths: Iterable[str | None]) -> None:
    """Raises if lines came from files that the ledger does not know.

    Raises:
        BooksError: The message names one of them.
    """
    unknown = sorted(path or "?" for path in paths)
    if unknown:
        others = f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else ""
        raise BooksError(
            f"{unknown[0]}{others} is not an open file of the ledger, so nobody counted its lines; nothing was "
            "published: deliver it again through the landing bucket and delete this object"
        )


def check_rows(inputs: Inputs, found: Mapping[int, Found]) -> None:
    """Compares the rows that Spark read with the lines that validate_files counted.

    Raises:
        BooksError: They differ, or a file that must be read was not; the message names the file and both numbers.
    """
    for file_id, file in inputs.by_id.items():
        rows = found[file_id].rows if file_id in found else None
        is_awaited = file.file_key in inputs.awaited and file_id not in inputs.skipped
        if rows == file.lines or (rows is None and not is_awaited):
            continue
        remedy = (
            "reset or rewind the bookmark of the job if it has passed the file, or restore the object"
            if rows is None
            else "compare the object with its entry in the ledger, and deliver the file again"
        )
        raise BooksError(
            f"file {file.landing_key}: validate_files counted {file.lines} lines, this run read {rows or 0} from "
            f"{file.archived_key or file.accepted_key}; nothing was published: {remedy}"
        )


def rejected_files(inputs: Inputs, found: Mapping[int, Found], *, max_reject_rate: float) -> set[int]:
    """file_ids of files that are rejected whole, for their share of rows in error."""
    return {
        file_id
        for file_id, file in found.items()
        if file_id not in inputs.skipped
        and file.rows >= JUDGED_FROM_LINES
        and file.errors > max_reject_rate * file.rows
    }


def days_of(found: Mapping[int, Found], *, without: Iterable[int], window: Span | None) -> set[date]:
    """Days of the rows that may be new plays."""
    left_out = set(without)
    days = {day for file_id, file in found.items() if file_id not in left_out for day in file.days}
    return {day for day in days if window is None or day in window}


def paths(inputs: Inputs, lake_bucket: str) -> Sequence[str]:
    """Where the lines are read from: the accepted folder, of which the bookmark knows what is new, or named objects."""
    if inputs.window is None:
        return [f"s3://{lake_bucket}/accepted/{inputs.dataset.name}/"]
    return [csv_lines.path_of(file, lake_bucket) for file in inputs.files]
