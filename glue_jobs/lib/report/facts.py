"""What a report shows, read from the rows of its figures: everything after this is made of it alone."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from glue_jobs.lib.contracts.books import OUTCOMES, Count
from glue_jobs.lib.files.ledger import REJECTED
from glue_jobs.lib.quality.measure import Result
from glue_jobs.lib.report.book_queries import COUNTS
from glue_jobs.lib.report.rows import FactRow

Counts = Mapping[Count, int]


@dataclass(frozen=True)
class ReportedJob:
    """A job run that kept books; counts are lines."""

    name: str
    started_at: datetime
    duration_ms: int
    files: int
    counts: Counts
    rules: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    measures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportedRun:
    """The job runs of one start of the workflow, at least one."""

    run_id: str
    jobs: tuple[ReportedJob, ...]

    @property
    def started_at(self) -> datetime:
        """When the first job began."""
        return min(job.started_at for job in self.jobs)

    @property
    def finished_at(self) -> datetime:
        """When the last job ended."""
        return max(job.started_at + timedelta(milliseconds=job.duration_ms) for job in self.jobs)

    @property
    def files(self) -> int:
        """Files that the jobs dealt with."""
        return sum(job.files for job in self.jobs)

    @property
    def counts(self) -> Counts:
        """Lines of all jobs."""
        return {count: sum(job.counts.get(count, 0) for job in self.jobs) for count in Count}

    @property
    def rules(self) -> Mapping[str, int]:
        """Lines put aside by the rule they break; a line can break several."""
        return _summed(job.rules for job in self.jobs)

    @property
    def warnings(self) -> Mapping[str, int]:
        """Lines kept though they are odd, by rule."""
        return _summed(job.warnings for job in self.jobs)


@dataclass(frozen=True)
class ReportedFile:
    """What the run did with a file."""

    dataset: str
    name: str
    state: str
    reason: str
    counts: Counts
    rules: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FileSum:
    """The files of a dataset that ended in the same state."""

    dataset: str
    state: str
    files: int
    counts: Counts


@dataclass(frozen=True)
class EarlierCheck:
    """A check's outcome before the run."""

    outcome: str
    observed: float
    checked_at: datetime


@dataclass(frozen=True)
class Facts:
    """All that one report shows.

    Attributes:
        runs: The last runs, the latest last.
        files: Files of the latest run, those that say most first; `file_sums` has all of them.
        results: The checks, just made.
        before: The checks before the run, by name.
        rows: The rows of the other figures.
        refused: Whether the warehouse did not give the rows.
    """

    workflow: str
    made_at: datetime
    runs: Sequence[ReportedRun] = ()
    files: Sequence[ReportedFile] = ()
    file_sums: Sequence[FileSum] = ()
    results: Sequence[Result] = ()
    before: Mapping[str, EarlierCheck] = field(default_factory=dict)
    rows: Mapping[str, Sequence[FactRow]] = field(default_factory=dict)
    refused: bool = False

    @property
    def run(self) -> ReportedRun | None:
        """The run that the report is about."""
        return self.runs[-1] if self.runs else None

    @property
    def run_before(self) -> ReportedRun | None:
        """The one before it."""
        return self.runs[-2] if len(self.runs) > 1 else None

    @property
    def failed(self) -> list[Result]:
        """The checks that failed, errors first."""
        return sorted((item for item in self.results if item.outcome == "failed"), key=lambda item: item.severity)

    @property
    def rejected(self) -> list[ReportedFile]:
        """The files that were rejected whole, as far as they are listed."""
        return [file for file in self.files if file.state == REJECTED]

    @property
    def rejected_count(self) -> int:
        """How many files were rejected whole."""
        return sum(item.files for item in self.file_sums if item.state == REJECTED)

    def of(self, figure: str) -> Sequence[FactRow]:
        """The rows of a figure."""
        return self.rows.get(figure, ())


def make_facts(
    rows: Mapping[str, Sequence[FactRow]] | None, results: Sequence[Result], *, workflow: str, made_at: datetime
) -> Facts:
    """The facts in the rows of all figures.

    Args:
        rows: As `rows.by_figure` gives them; None if the warehouse refused.
        results: The checks that were just made.
    """
    if rows is None:
        return Facts(workflow, made_at, results=results, refused=True)
    return Facts(
        workflow=workflow,
        made_at=made_at,
        runs=_runs(rows.get("runs", ())),
        files=[_file(row) for row in sorted(rows.get("files", ()), key=lambda row: row.numbers[0])],
        file_sums=[
            FileSum(row.texts[0], row.texts[1], int(row.numbers[0]), _counts(row.numbers[1:]))
            for row in sorted(rows.get("file_sums", ()))
        ],
        results=results,
        before={
            row.texts[0]: EarlierCheck(row.texts[1], row.numbers[0], _time(row.numbers[1]))
            for row in rows.get("before", ())
        },
        rows=rows,
    )


def _runs(rows: Sequence[FactRow]) -> list[ReportedRun]:
    groups: dict[str, list[ReportedJob]] = {}
    for row in sorted(rows, key=lambda row: row.numbers[0]):
        groups.setdefault(row.texts[0], []).append(_job(row))
    runs = [ReportedRun(run_id, tuple(jobs)) for run_id, jobs in groups.items()]
    return sorted(runs, key=lambda run: max(job.started_at for job in run.jobs))


def _job(row: FactRow) -> ReportedJob:
    _, name, rules, warnings, measures = row.texts
    began, duration, files, waiting, *counts = row.numbers
    return ReportedJob(
        name=name,
        started_at=_time(began),
        duration_ms=int(duration),
        files=int(files),
        counts={Count.PENDING_BEFORE: int(waiting), **_counts(counts)},
        rules=_json(rules),
        warnings=_json(warnings),
        measures=_json(measures),
    )


def _file(row: FactRow) -> ReportedFile:
    dataset, name, state, reason, rules = row.texts
    return ReportedFile(dataset, name, state, reason, _counts(row.numbers[1:]), _json(rules))


def _counts(numbers: Sequence[float]) -> dict[Count, int]:
    return {count: int(number) for count, number in zip(COUNTS, numbers, strict=False)}


def _json(text: str) -> dict[str, Any]:
    """The object in `text`; nothing if a column was too short for all of it."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _summed(parts: Any) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def went(counts: Counts) -> int:
    """The lines that have an outcome."""
    return sum(counts.get(count, 0) for count in OUTCOMES)
