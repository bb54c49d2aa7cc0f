"""What a dry run says: rows that a run would insert, change and delete, and what would become of each file's lines.

It is told twice: in lines of JSON for programs (events DRY_RUN and DRY_RUN_FILE), and as a table for people.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glue_jobs.lib.books.book import FileBook, RunBook
from glue_jobs.lib.contracts.books import OUTCOMES
from glue_jobs.lib.files.ledger import LedgerFile
from glue_jobs.lib.files.rejected import Problem
from glue_jobs.lib.run import logs

DRY_RUN, DRY_RUN_FILE = "dry run: nothing was changed", "dry run: file"
SHOWN = 200
"""Files in the table for people; the lines of JSON have them all."""


@dataclass(frozen=True)
class RowChanges:
    """What publishing would do to the rows of one table."""

    inserted: int = 0
    changed: int = 0
    deleted: int = 0

    def __add__(self, other: "RowChanges") -> "RowChanges":
        return RowChanges(self.inserted + other.inserted, self.changed + other.changed, self.deleted + other.deleted)


def tell(changes: Mapping[str, RowChanges], run: RunBook, files: Sequence[FileBook]) -> None:
    """Logs what a load would do: its changes by table, its books, and those of each file."""
    outcomes = {count.value: run.outcomes.get(count, 0) for count in OUTCOMES}
    books = {"read": run.read, "pending_before": run.pending_before, **outcomes}
    for file in files:
        logs.info(DRY_RUN_FILE, file_key=file.file_key, **_facts(file))
    tables = {name: vars(change) for name, change in changes.items()}
    rules = {"quarantined_by_rule": run.quarantined_by_rule, "warnings_by_rule": run.warnings_by_rule}
    logs.info(DRY_RUN, tables=tables, files=len(files), **books, **rules)
    logs.show(report(changes, run, files))


def tell_intake(files: Sequence[tuple[LedgerFile, Problem | None]]) -> None:
    """Logs what validate_files would do with each new file."""
    for file, problem in files:
        facts = {"file": file.landing_key, "dataset": file.dataset, "state": file.state, "lines": file.lines}
        why = {"message": problem.message, "remedy": problem.remedy} if problem else {}
        logs.info(DRY_RUN_FILE, file_key=file.file_key, reason=file.reason, **facts, **why)
    logs.info(DRY_RUN, files=len(files), **Counter(file.state for file, _ in files))
    telling = sorted(files, key=lambda found: (found[1] is None, found[0].landing_key))
    rows = [(file.landing_key, file.state, file.lines, file.reason or "") for file, _ in telling[:SHOWN]]
    parts = ["DRY RUN of validate_files: nothing was changed. These files would be taken in:"]
    parts += aligned(("file", "state", "lines", "reason"), rows)
    if len(files) > SHOWN:
        parts.append(f"and {len(files) - SHOWN} files more, each in a line of JSON above")
    logs.show("\n".join(parts))


def report(changes: Mapping[str, RowChanges], run: RunBook, files: Sequence[FileBook]) -> str:
    """The same for people."""
    tables = [(name, change.inserted, change.changed, change.deleted) for name, change in changes.items()]
    telling = sorted(files, key=lambda book: (-sum(book.quarantined_by_rule.values()), book.source_file))
    rows = [(book.source_file, book.state, book.read, _told(book)) for book in telling[:SHOWN]]
    from_files = sum((sum(book.quarantined_by_rule.values()) for book in files), 0)
    parts = [f"DRY RUN of {run.job_name}: nothing was changed. A run would change these rows:"]
    parts += aligned(("table", "inserted", "changed", "deleted"), tables)
    if rows:
        parts += ["", *aligned(("file", "state", "lines", "of these"), rows)]
    if len(files) > SHOWN:
        parts.append(f"and {len(files) - SHOWN} files more, each in a line of JSON above")
    if sum(run.quarantined_by_rule.values()) > from_files:
        parts.append(f"rejected in all, with plays that waited too long: {_listed(run.quarantined_by_rule)}")
    return "\n".join(parts)


def aligned(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Lines of a table: numbers to the right, texts to the left, columns two spaces apart."""
    cells = [[f"{value:,}" if isinstance(value, int) else str(value) for value in row] for row in rows]
    numeric = [all(cell.replace(",", "").isdigit() for cell in column) for column in zip(*cells, strict=True)]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    pads = [str.rjust if is_number else str.ljust for is_number in numeric] or [str.ljust] * len(names)
    return [
        "  ".join(pad(cell, width) for pad, cell, width in zip(pads, line, widths, strict=True)).rstrip()
        for line in (names, *cells)
    ]


def _facts(file: FileBook) -> dict[str, Any]:
    outcomes = {count.value: file.outcomes.get(count, 0) for count in OUTCOMES}
    rules = {"quarantined_by_rule": file.quarantined_by_rule, "warnings_by_rule": file.warnings_by_rule}
    facts = {"file": file.source_file, "dataset": file.dataset, "state": file.state, "reason": file.reason}
    return {**facts, "read": file.read, **outcomes, **rules}


def _told(file: FileBook) -> str:
    found = ", ".join(f"{file.outcomes[count]:,} {count}" for count in OUTCOMES if file.outcomes.get(count))
    rules = _listed(file.quarantined_by_rule)
    return f"{found}: {rules}" if rules else found


def _listed(rules: Mapping[str, int]) -> str:
    return ", ".join(f"{rule} {rows:,}" for rule, rows in sorted(rules.items()))
