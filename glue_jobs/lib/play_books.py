"""The books of load_streams: what became of every line, file by file, and of the plays that were waiting."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib import plays
from glue_jobs.lib.arguments import JobConfig
from glue_jobs.lib.books import FileBook
from glue_jobs.lib.datasets import STREAMS
from glue_jobs.lib.ledger import LOADED, REJECTED, REPEATED, LedgerFile
from glue_jobs.lib.play_files import Found, Inputs
from glue_jobs.lib.rules import BEFORE_SIGNUP, PENDING_EXPIRED, REJECT_RATE_EXCEEDED, error_rules

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
    """Outcomes by file_id and of what was waiting, the days that new plays touch, and how many rows there are."""

    files: dict[int, Outcome] = field(default_factory=dict)
    waiting: Outcome = field(default_factory=Outcome)
    days: set[date] = field(default_factory=set)
    rows: int = 0

    def total(self, verdict: str) -> int:
        """How many plays have the verdict, whether read or waiting."""
        return self.waiting.verdicts[verdict] + sum(outcome.verdicts[verdict] for outcome in self.files.values())


def outcomes(classified: DataFrame, *, run_start: datetime) -> Outcomes:
    """Counts `plays.classify`; one small row a file and verdict comes to the driver."""
    names = [rule.name for rule in error_rules(STREAMS, run_start=run_start)]
    # value_too_long is one rule for several columns.
    names = list(dict.fromkeys([*names, REJECT_RATE_EXCEEDED, PENDING_EXPIRED]))
    of_rule = [
        F.count_if(F.array_contains("_errors.rule", name)).alias(f"rule{index}") for index, name in enumerate(names)
    ]
    counted = classified.groupBy("is_stored", "file_id", "verdict").agg(
        F.count("*").alias("rows"),
        F.count_if(BEFORE_SIGNUP).alias(BEFORE_SIGNUP),
        F.collect_set(F.when(F.col("verdict") == plays.LOADED, F.to_date("listen_time"))).alias("days"),
        *of_rule,
    )
    found = Outcomes()
    for row in counted.collect():
        found.rows += row.rows
        if row.verdict == plays.EXISTING:
            continue
        outcome = found.waiting if row.is_stored else found.files.setdefault(row.file_id, Outcome())
        outcome.verdicts[row.verdict] += row.rows
        if row.verdict == plays.QUARANTINED:
            outcome.rules.update({name: row[f"rule{index}"] for index, name in enumerate(names) if row[f"rule{index}"]})
        if row.verdict == plays.LOADED and row[BEFORE_SIGNUP]:
            outcome.warnings[BEFORE_SIGNUP] += row[BEFORE_SIGNUP]
        found.days.update(row.days)
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
        {"file": inputs.by_id[file_id].landing_key, "dataset": STREAMS.name, "rule": rule, "rows": rows}
        for file_id, outcome in sorted(counted.files.items())
        for rule, rows in sorted(outcome.rules.items())
    ]
    waiting = [
        {"file": None, "dataset": STREAMS.name, "rule": rule, "rows": rows}
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
    verdicts = outcome.verdicts
    return FileBook(
        **_identity(config, file, loaded_at),
        state=REJECTED if is_rejected else state,
        reason=REJECT_RATE_EXCEEDED if is_rejected else None,
        read=file.lines,
        loaded=verdicts[plays.LOADED],
        already_loaded=verdicts[plays.ALREADY_LOADED],
        repeated=verdicts[plays.REPEATED],
        quarantined=verdicts[plays.QUARANTINED],
        out_of_window=verdicts[plays.OUT_OF_WINDOW],
        pending_after=verdicts[plays.PENDING],
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
