"""Chooses which files of a dataset a run reads, according to the manifests and the ledger."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files import manifest
from glue_jobs.lib.files.ledger import ACCEPTED, REJECTED, REPEATED, Ledger, LedgerFile
from glue_jobs.lib.load.load_run import LoadRun, WarehouseRun
from glue_jobs.lib.load.replay import Replayed, find_rows
from glue_jobs.lib.rows import raw_lines
from glue_jobs.lib.run.errors import BooksError
from glue_jobs.lib.run.spans import Span

MONTH_FOLDER = re.compile(r"/(?P<year>\d{4})/(?P<month>\d{2})/")


@dataclass(frozen=True)
class Inputs:
    """Files that a run deals with.

    Attributes:
        dataset: The dataset of the files.
        files: Files whose lines it reads.
        booked: REPEATED and REJECTED files that no run has booked yet.
        published: By file_key, files that a run published and died before it said so in the ledger.
        earlier: By file_key of these files, the row of load_files: run_id, first_date, last_date.
        window: The days of a backfill, None otherwise.
        replayed: The rows of a replay, which come from the quarantine and not from the files; None otherwise.
    """

    dataset: Dataset
    files: tuple[LedgerFile, ...]
    booked: tuple[LedgerFile, ...] = ()
    published: Mapping[str, LedgerFile] = field(default_factory=dict)
    earlier: Mapping[str, Any] = field(default_factory=dict)
    window: Span | None = None
    replayed: Replayed | None = None

    @cached_property
    def by_id(self) -> dict[int, LedgerFile]:
        """Files by the file_id they have in frames."""
        ids = raw_lines.file_ids(self.files)
        return {ids[file.file_key]: file for file in self.files}

    @property
    def line_count(self) -> int:
        """Lines of the files."""
        return sum(file.lines for file in self.files)

    @property
    def has_work(self) -> bool:
        """Whether there is a file to load or to book."""
        return bool(self.files or self.booked or self.published)


def choose_inputs(run: LoadRun, dataset: Dataset) -> Inputs:
    """The files of the run: the new ones, or those that a backfill or replay reads again; one dataset at a time, as
    Glue's bookmarks are not made for threads.
    """
    if isinstance(run, WarehouseRun) and run.config.replay:
        files, replayed = find_rows(run, dataset)
        return Inputs(dataset, files, replayed=replayed)
    return backfill_inputs(run.ledger, run.window, dataset) if run.window else new_inputs(run, dataset)


def new_inputs(run: LoadRun, dataset: Dataset) -> Inputs:
    """Files that new manifests name and no load has finished.

    Raises:
        BooksError: The ledger does not know a file that a manifest names.
    """
    named = manifest.new_file_keys(run.glue.glue_context, run.config.lake_bucket, dataset)
    known = run.ledger.get(named)
    _require_known(named, known, run)
    waiting = [file for file in known.values() if file.state == ACCEPTED]
    earlier = run.published_since(dataset, min(file.accepted_at for file in waiting)) if waiting else {}
    published = {file.file_key: file for file in waiting if file.checksum in earlier}
    return Inputs(
        dataset=dataset,
        files=tuple(file for file in waiting if file.file_key not in published),
        booked=tuple(run.ledger.open_files(dataset.name, (REPEATED, REJECTED))),
        published=published,
        earlier={file_key: earlier[file.checksum] for file_key, file in published.items()},
    )


def backfill_inputs(ledger: Ledger, window: Span, dataset: Dataset) -> Inputs:
    """Files for a run that reads a window of days again, independent of the bookmark; their states do not change."""
    loaded = ledger.files_of_days(dataset.name, window.first, window.last)
    accepted = ledger.open_files(dataset.name, [ACCEPTED])
    known = {file.file_key: file for file in (*loaded, *accepted) if file.archive_key and _may_hold(file, window)}
    return Inputs(dataset, files=tuple(known.values()), window=window)


def _require_known(named: list[str], known: Mapping[str, LedgerFile], run: LoadRun) -> None:
    lost = [file_key for file_key in named if file_key not in known]
    if lost:
        others = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
        raise BooksError(
            f"a manifest names {lost[0]}{others}, which DynamoDB table '{run.ledger.table}' does not know; nothing was "
            "published: restore the table to a point in time after the file was accepted, run again"
        )


def _may_hold(file: LedgerFile, window: Span) -> bool:
    """Whether the file may hold rows of the window; its folder decides unless its days are known to the ledger."""
    month = MONTH_FOLDER.search(file.landing_key)
    if file.first_date or not month:
        return True
    found = (int(month["year"]), int(month["month"]))
    first, last = ((day.year, day.month) if day else None for day in (window.first, window.last))
    return (first is None or found >= first) and (last is None or found <= last)
