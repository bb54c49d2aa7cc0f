"""What became of every line that a run read, file by file: counts, and the books made from them."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.books.book import FileBook
from glue_jobs.lib.contracts.books import OUTCOMES, Count
from glue_jobs.lib.files.ledger import LOADED, REJECTED, REPEATED, LedgerFile
from glue_jobs.lib.files.rejected import Problem
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.load.inputs import Inputs
from glue_jobs.lib.run.arguments import JobConfig

BACKFILLED = "BACKFILLED"
"""State of a file in the books of a backfill: it must not count as loaded, as only some of its days were read."""


REPLAYED = "REPLAYED"
"""State of a file in the books of a replay: of its lines, those in quarantine were read."""


@dataclass
class Outcome:
    """What became of a file's lines, or of the rows that were waiting: counts by verdict, rule and warning."""

    verdicts: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)


@dataclass
class Outcomes:
    """Outcomes by file_id and of waiting rows, the days that new rows touch, all rows, and other counts by name."""

    files: dict[int, Outcome] = field(default_factory=dict)
    waiting: Outcome = field(default_factory=Outcome)
    days: set[date] = field(default_factory=set)
    rows: int = 0
    facts: Counter[str] = field(default_factory=Counter)

    def total(self, verdict: str) -> int:
        """How many rows have the verdict, whether read or waiting."""
        return self.waiting.verdicts[verdict] + sum(outcome.verdicts[verdict] for outcome in self.files.values())

    def of_file(self, file_id: int) -> Outcome:
        """The file's outcome; an empty one if none of its rows was counted."""
        return self.files.get(file_id, Outcome())

    def add(self, other: "Outcomes") -> None:
        """Adds other rows of the same files."""
        self.rows += other.rows
        for file_id, outcome in other.files.items():
            mine = self.files.setdefault(file_id, Outcome())
            mine.verdicts += outcome.verdicts
            mine.rules += outcome.rules
            mine.warnings += outcome.warnings


def count_outcomes(
    judged: DataFrame,
    *,
    warnings: Mapping[str, Column] | None = None,
    facts: Mapping[str, Column] | None = None,
    loaded_days: Column | None = None,
    ignored: Collection[str] = (),
) -> Outcomes:
    """Counts rows by file and verdict in one pass; one small row per group comes to the driver.

    Args:
        judged: file_id, verdict, the columns of the conditions, and `is_stored` if there are rows that were waiting.
        warnings: Conditions by name, for the books of each file.
        facts: Conditions by name, counted over all files.
        loaded_days: A row's day; collected for loaded rows.
        ignored: Verdicts of rows that are in `judged` for other reasons; they only count for `rows`.
    """
    warnings, facts = warnings or {}, facts or {}
    counts = [F.count_if(condition).alias(name) for name, condition in {**warnings, **facts}.items()]
    if loaded_days is not None:
        counts.append(F.collect_set(F.when(F.col("verdict") == Count.LOADED, loaded_days)).alias("_days"))
    groups = [name for name in ("is_stored", "file_id", "verdict") if name in judged.columns]
    found = Outcomes(facts=Counter(dict.fromkeys(facts, 0)))
    for row in judged.groupBy(*groups).agg(F.count("*").alias("rows"), *counts).collect():
        found.rows += row.rows
        if row.verdict in ignored:
            continue
        is_waiting = "is_stored" in groups and row.is_stored
        outcome = found.waiting if is_waiting else found.files.setdefault(row.file_id, Outcome())
        outcome.verdicts[row.verdict] += row.rows
        outcome.warnings.update({name: row[name] for name in warnings if row[name]})
        found.facts.update({name: row[name] for name in facts})
        found.days.update(row["_days"] if loaded_days is not None else ())
    return found


def file_books(config: JobConfig, delivery: Delivery, counted: Outcomes, *, loaded_at: datetime) -> list[FileBook]:
    """One book per file that was read or put aside, and one for each that needed no reading."""
    inputs = delivery.inputs
    books = [
        _read_book(config, delivery, file_id, counted.of_file(file_id), loaded_at)
        for file_id in sorted(inputs.by_id)
        if file_id in delivery.content or file_id in delivery.rejected
    ]
    books += [_published_book(config, inputs, file, loaded_at) for file in inputs.published.values()]
    return books + [_unread_book(config, file, loaded_at) for file in inputs.booked]


def rejected_rows(inputs: Inputs, counted: Outcomes) -> list[dict[str, Any]]:
    """Facts for the error log: how many rows of which file broke which rule."""
    files = [(inputs.by_id[file_id].landing_key, outcome) for file_id, outcome in sorted(counted.files.items())]
    return [
        {"file": file, "dataset": inputs.dataset.name, "rule": rule, "rows": rows}
        for file, outcome in [*files, (None, counted.waiting)]
        for rule, rows in sorted(outcome.rules.items())
    ]


def _read_book(config: JobConfig, delivery: Delivery, file_id: int, outcome: Outcome, loaded_at: datetime) -> FileBook:
    file, problem = delivery.inputs.by_id[file_id], delivery.rejected.get(file_id)
    if problem:
        return _rejected_book(config, delivery.inputs, file, problem, outcome, loaded_at)
    content = delivery.content[file_id]
    return FileBook(
        **_identity(config, file, loaded_at),
        state=_state(delivery.inputs),
        read=file.lines,
        outcomes={count: outcome.verdicts[count] for count in OUTCOMES},
        quarantined_by_rule=dict(sorted(outcome.rules.items())),
        warnings_by_rule=dict(outcome.warnings + Counter(content.warnings)),
        first_date=content.first_date,
        last_date=content.last_date,
    )


def _rejected_book(
    config: JobConfig, inputs: Inputs, file: LedgerFile, problem: Problem, outcome: Outcome, loaded_at: datetime
) -> FileBook:
    """Of a file that is put aside every line is in the quarantine; not all such files have rows to count reasons in."""
    return FileBook(
        **_identity(config, file, loaded_at),
        state=REPLAYED if inputs.replayed else REJECTED,
        reason=problem.reason,
        read=file.lines,
        outcomes=dict(outcome.verdicts) or {Count.QUARANTINED: file.lines},
        quarantined_by_rule=dict(sorted(outcome.rules.items())) or {problem.reason: file.lines},
    )


def _published_book(config: JobConfig, inputs: Inputs, file: LedgerFile, loaded_at: datetime) -> FileBook:
    """The book of a file that a run published before it died: its lines are loaded, and are not read again."""
    row = inputs.earlier[file.file_key]
    return FileBook(
        **_identity(config, file, loaded_at),
        state=LOADED,
        read=file.lines,
        outcomes={Count.ALREADY_LOADED: file.lines},
        first_date=row.first_date,
        last_date=row.last_date,
    )


def _unread_book(config: JobConfig, file: LedgerFile, loaded_at: datetime) -> FileBook:
    """The book of a file that was not read: lines of a repeated file are loaded already, a rejected file has none."""
    lines = file.lines if file.state == REPEATED else 0
    return FileBook(
        **_identity(config, file, loaded_at),
        state=file.state,
        reason=file.reason,
        read=lines,
        outcomes={Count.ALREADY_LOADED: lines},
    )


def _state(inputs: Inputs) -> str:
    if inputs.replayed:
        return REPLAYED
    return BACKFILLED if inputs.window else LOADED


def _identity(config: JobConfig, file: LedgerFile, loaded_at: datetime) -> dict[str, Any]:
    return {
        "run_id": config.run_id,
        "file_key": file.file_key,
        "dataset": file.dataset,
        "source_file": file.landing_key,
        "checksum": file.checksum,
        "header": file.header,
        "archive_key": file.archive_key,
        "accepted_at": file.accepted_at,
        "loaded_at": loaded_at,
    }
