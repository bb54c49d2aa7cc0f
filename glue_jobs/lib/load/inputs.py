"""Chooses which files of a dataset a run reads, according to the ledger."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files.ledger import ACCEPTED, LOADED, REJECTED, REPEATED, Ledger, LedgerFile
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.rows import raw_lines
from glue_jobs.lib.run.spans import Span

MONTH_FOLDER = re.compile(r"/(?P<year>\d{4})/(?P<month>\d{2})/")


@dataclass(frozen=True)
class Inputs:
    """Files that a run deals with.

    Attributes:
        dataset: The dataset of the files.
        files: Files whose lines it may read.
        awaited: file_keys of files that it must read; without them its books cannot balance.
        booked: REPEATED and REJECTED files that no run has booked yet.
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
        ids = raw_lines.file_ids(self.files)
        return {ids[file.file_key]: file for file in self.files}

    @property
    def line_count(self) -> int:
        """Lines of the files; no more than this are read."""
        return sum(file.lines for file in self.files)

    @property
    def has_work(self) -> bool:
        """Whether there is a file to load or to book."""
        return bool(self.awaited or self.booked)

    @cached_property
    def skipped(self) -> set[int]:
        """file_ids of files whose content the warehouse has already."""
        return {file_id for file_id, file in self.by_id.items() if file.checksum in self.published}

    @cached_property
    def passed_over(self) -> set[int]:
        """file_ids of catalogue files that are loaded already; applied again, they would undo later changes."""
        if self.dataset.repeats == "skip":
            return set()
        return {file_id for file_id, file in self.by_id.items() if file.file_key not in self.awaited}


def choose_inputs(run: LoadRun, dataset: Dataset) -> Inputs:
    """The files of the run: the new ones, or those that a backfill reads again."""
    return backfill_inputs(run.ledger, run.window, dataset) if run.window else new_inputs(run, dataset)


def new_inputs(run: LoadRun, dataset: Dataset) -> Inputs:
    """Files for a run that reads what its bookmark has not seen."""
    every = run.ledger.open_files(dataset.name)
    # The same content may come again on one day, under the path of a loaded file; then the waiting file counts.
    states = (LOADED, ACCEPTED)
    readable = {file.accepted_key or file.file_key: file for state in states for file in every if file.state == state}
    files = tuple(readable.values())
    return Inputs(
        dataset=dataset,
        files=files,
        awaited=frozenset(file.file_key for file in files if file.state == ACCEPTED),
        booked=tuple(file for file in every if file.state in (REPEATED, REJECTED)),
        published=run.published_since(dataset, min(file.accepted_at for file in files)) if files else {},
    )


def backfill_inputs(ledger: Ledger, window: Span, dataset: Dataset) -> Inputs:
    """Files for a run that reads a window of days again, independent of the bookmark; their states do not change."""
    loaded = ledger.files_of_days(dataset.name, window.first, window.last)
    accepted = ledger.open_files(dataset.name, [ACCEPTED])
    known = {
        file.file_key: file
        for file in (*loaded, *accepted)
        if (file.accepted_key or file.archived_key) and _may_hold(file, window)
    }
    return Inputs(dataset, files=tuple(known.values()), awaited=frozenset(known), window=window)


def paths(inputs: Inputs, lake_bucket: str) -> Sequence[str]:
    """The paths to read from: the accepted folder, where the bookmark knows what is new, or single objects."""
    if inputs.window is None:
        return [f"s3://{lake_bucket}/accepted/{inputs.dataset.name}/"]
    return [raw_lines.path_of(file, lake_bucket) for file in inputs.files]


def _may_hold(file: LedgerFile, window: Span) -> bool:
    """Whether the file may hold rows of the window; its folder decides unless its days are known to the ledger."""
    month = MONTH_FOLDER.search(file.landing_key)
    if file.first_date or not month:
        return True
    found = (int(month["year"]), int(month["month"]))
    first, last = ((day.year, day.month) if day else None for day in (window.first, window.last))
    return (first is None or found >= first) and (last is None or found <= last)
