"""What became of every line that a run read, file by file: counts, and the books made of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.books.book import FileBook
from glue_jobs.lib.files.ledger import LOADED, REJECTED, REPEATED, LedgerFile
from glue_jobs.lib.load.inputs import Found, Inputs
from glue_jobs.lib.rows import verdicts
from glue_jobs.lib.rows.checked_rows import REJECT_RATE_EXCEEDED
from glue_jobs.lib.run.arguments import JobConfig

BACKFILLED = "BACKFILLED"
"""State of a file in the books of a backfill: no run may take it for loaded, only some of its days were looked at."""


@dataclass
class Outcome:
    """What became of a file's lines, or of the plays that were waiting: counts by verdict, rule and warning."""

    verdicts: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)


@dataclass
class Outcomes:
    """Outcomes by file_id and of what was waiting, the days that new plays touch, rows in all, other counts by name."""

    files: dict[int, Outcome] = field(default_factory=dict)
    waiting: Outcome = field(default_factory=Outcome)
    days: set[date] = field(default_factory=set)
    rows: int = 0
    facts: Counter[str] = field(default_factory=Counter)

    def total(self, verdict: str) -> int:
        """How many plays have the verdict, whether read or waiting."""
        return self.waiting.verdicts[verdict] + sum(outcome.verdicts[verdict] for outcome in self.files.values())

    def add(self, other: "Outcomes") -> None:
        """Adds other rows of the same files."""
        self.rows += other.rows
        for file_id, outcome in other.files.items():
            mine = self.files.setdefault(file_id, Outcome())
            mine.verdicts += outcome.verdicts
            mine.rules += outcome.rules
            mine.warnings += outcome.warnings


def count_verdicts(
    judged: DataFrame, warnings: Mapping[str, Column] | None = None, facts: Mapping[str, Column] | None = None
) -> Outcomes:
    """Counts rows by file_id and verdict, and those for which a condition holds; a small row each comes to the driver.

    Args:
        judged: file_id, verdict, and what the conditions look at.
        warnings: Conditions by name, for the books of each file.
        facts: Conditions by name, counted over all files.
    """
    found = Outcomes(facts=Counter(dict.fromkeys(facts or {}, 0)))
    conditions = {**(warnings or {}), **(facts or {})}
    counts = [F.count_if(condition).alias(name) for name, condition in conditions.items()]
    for row in judged.groupBy("file_id", "verdict").agg(F.count("*").alias("rows"), *counts).collect():
        found.rows += row.rows
        outcome = found.files.setdefault(row.file_id, Outcome())
        outcome.verdicts[row.verdict] += row.rows
        outcome.warnings.update({name: row[name] for name in warnings or {} if row[name]})
        found.facts.update({name: row[name] for name in facts or {}})
    return found


def file_books(
    config: JobConfig,
    inputs: Inputs,
    found: Mapping[int, Found],
    counted: Outcomes,
    *,
    rejected: Iterable[int],
    loaded_at: datetime,
) -> list[FileBook]:
    """One book a file that was read, and one for each that needed no reading."""
    refused = set(rejected)
    books = [
        _read_book(
            config, inputs, file, found[file_id], counted.files.get(file_id, Outcome()), file_id in refused, loaded_at
        )
        for file_id, file in sorted(inputs.by_id.items())
        if file_id in found
    ]
    return books + [_unread_book(config, file, loaded_at) for file in inputs.booked]


def rejected_rows(inputs: Inputs, counted: Outcomes) -> list[dict[str, Any]]:
    """Facts for the error log: how many rows of which file broke which rule."""
    facts = [
        {"file": inputs.by_id[file_id].landing_key, "dataset": inputs.dataset.name, "rule": rule, "rows": rows}
        for file_id, outcome in sorted(counted.files.items())
        for rule, rows in sorted(outcome.rules.items())
    ]
    waiting = [
        {"file": None, "dataset": inputs.dataset.name, "rule": rule, "rows": rows}
        for rule, rows in sorted(counted.waiting.rules.items())
    ]
    return facts + waiting


def days_of_file(inputs: Inputs, file: LedgerFile, found: Found | None) -> dict[str, date | None]:
    """first_date and last_date of a file; of one that an earlier run published as that run booked them."""
    earlier = inputs.published.get(file.checksum)
    source = earlier if earlier is not None else found
    return {"first_date": getattr(source, "first_date", None), "last_date": getattr(source, "last_date", None)}


def _read_book(
    config: JobConfig,
    inputs: Inputs,
    file: LedgerFile,
    found: Found,
    outcome: Outcome,
    is_rejected: bool,
    loaded_at: datetime,
) -> FileBook:
    state = BACKFILLED if inputs.window else LOADED
    counts = outcome.verdicts
    return FileBook(
        **_identity(config, file, loaded_at),
        state=REJECTED if is_rejected else state,
        reason=REJECT_RATE_EXCEEDED if is_rejected else None,
        read=file.lines,
        loaded=counts[verdicts.LOADED],
        already_loaded=counts[verdicts.ALREADY_LOADED],
        repeated=counts[verdicts.REPEATED],
        quarantined=counts[verdicts.QUARANTINED],
        out_of_window=counts[verdicts.OUT_OF_WINDOW],
        pending_after=counts[verdicts.PENDING],
        quarantined_by_rule=dict(sorted(outcome.rules.items())),
        warnings_by_rule=dict(outcome.warnings),
        **({} if is_rejected else days_of_file(inputs, file, found)),
    )


def _unread_book(config: JobConfig, file: LedgerFile, loaded_at: datetime) -> FileBook:
    """Of a repeated file every line is loaded already; of a rejected one none was read."""
    lines = file.lines if file.state == REPEATED else 0
    return FileBook(
        **_identity(config, file, loaded_at), state=file.state, reason=file.reason, read=lines, already_loaded=lines
    )


def _identity(config: JobConfig, file: LedgerFile, loaded_at: datetime) -> dict[str, Any]:
    return {
        "run_id": config.run_id,
        "file_key": file.file_key,
        "dataset": file.dataset,
        "source_file": file.landing_key,
        "checksum": file.checksum,
        "header": file.header,
        "accepted_key": file.accepted_key,
        "accepted_at": file.accepted_at,
        "loaded_at": loaded_at,
    }


def names(inputs: Inputs) -> list[tuple[int, str, str]]:
    """Rows (file_id, source_file, file_key)."""
    return [(file_id, file.landing_key, file.file_key) for file_id, file in inputs.by_id.items()]
