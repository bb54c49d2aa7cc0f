"""The facts of a run as text for people."""

from collections.abc import Iterator
from typing import Any

from explain.facts import Facts, Row, seconds_of
from glue_jobs.lib.books.book import by_rule

COUNTS = (
    ("loaded", "loaded"), ("already_loaded", "loaded before"), ("repeated", "repeated"), ("quarantined", "rejected"),
    ("out_of_window", "outside the window"), ("pending_after", "waiting"),
)  # fmt: skip
SLOW = 1.5
"""A step that took this many times as long as usual, and a second longer, is called slow."""

SHOWN, WIDTH = 30, 110


def tell(facts: Facts) -> Iterator[str]:
    """The story, line by line."""
    first = facts.runs[0]
    name = first["workflow_name"] or first["job_name"]
    yield f"{name}  {first['workflow_run_id'] or first['run_id']}  {_time(first['started_at'])} UTC"
    yield from _jobs(facts)
    yield from _files(facts)
    yield from _rejected(facts)
    yield from _touched(facts)
    yield from _waiting(facts)


def _jobs(facts: Facts) -> Iterator[str]:
    yield "\nJobs that wrote books"
    for row in facts.runs:
        job, taken_s = row["job_name"], row["duration_ms"] / 1000
        usual = facts.usual_ms.get(job)
        yield f"  {job:<24} {taken_s:7.1f} s  {_against(taken_s, usual / 1000 if usual is not None else None)}"
        for step, step_s in seconds_of(row).items():
            yield f"    {step:<22} {step_s:7.1f} s  {_against(step_s, facts.usual_s.get((job, step)))}"


def _against(taken_s: float, usual_s: float | None) -> str:
    if usual_s is None:
        return "the first of its kind"
    slow = taken_s > SLOW * usual_s and taken_s > usual_s + 1
    return f"usually {usual_s:.1f} s{', SLOW' if slow else ''}"


def _files(facts: Facts) -> Iterator[str]:
    yield "\nFiles"
    if not facts.files:
        yield "  none were new"
    for file in facts.files[:SHOWN]:
        outcome = ", ".join(f"{file[name]} {word}" for name, word in COUNTS if file[name])
        why = f" ({file['reason']})" if file["reason"] else ""
        yield f"  {file['source_file']}  {file['state']}{why}  {file['read']} lines: {outcome or 'nothing'}"
        if problem := facts.problems.get((file["source_file"], file["checksum"])):
            yield f"    {problem}"
        if warnings := by_rule(file["warnings_by_rule"]):
            yield f"    warnings: {_counts(warnings)}"
    if len(facts.files) > SHOWN:
        yield f"  … and {len(facts.files) - SHOWN} more"


def _rejected(facts: Facts) -> Iterator[str]:
    rules = [(row, by_rule(row["quarantined_by_rule"])) for row in facts.runs if row["quarantined"]]
    if not rules:
        return
    yield "\nRejected rows"
    for row, counted in rules:
        yield f"  {row['job_name']}: {_counts(counted)}"
    for (dataset, rule), examples in facts.examples.items():
        yield f"  {dataset}, {rule}"
        for raw, why in examples:
            yield f"    {_short(raw)}"
            yield f"      {_short(why)}"


def _touched(facts: Facts) -> Iterator[str]:
    days = sorted(day for file in facts.files if file["loaded"] for day in _days(file))
    if days:
        yield f"\nNew rows are of {_date(days[0])}" + (f" to {_date(days[-1])}" if days[-1] != days[0] else "")


def _waiting(facts: Facts) -> Iterator[str]:
    if facts.waiting:
        yield "\nPlays that wait now"
    for reason, count, since in facts.waiting:
        yield f"  {reason:<24} {count:>7}  since {_time(since)} UTC"


def _days(file: Row) -> list[Any]:
    return [file[name] for name in ("first_date", "last_date") if file[name]]


def _counts(counted: dict[str, int]) -> str:
    return ", ".join(f"{count} {rule}" for rule, count in counted.items())


def _time(moment: Any) -> str:
    return str(moment)[:19]


def _date(day: Any) -> str:
    return str(day)[:10]


def _short(text: str) -> str:
    """On one line; what rows hold must not reach the terminal as its commands."""
    line = "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(text.split()))
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
