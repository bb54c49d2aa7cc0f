"""One read of the warehouse for the checks and for the report."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from glue_jobs.lib.quality import measure
from glue_jobs.lib.quality.measure import Check
from glue_jobs.lib.report.rows import COLUMNS, TEXTS, FactRow, FigureQuery, by_figure, union
from glue_jobs.lib.report.subjects import Subject
from glue_jobs.lib.run import logs
from glue_jobs.lib.run.errors import reason

CHECKS = "checks"
Read = Callable[[str, str], Iterable[Sequence[Any]]]
"""Reads the rows of a SELECT with the columns of a schema."""


def question(subject: Subject, checks: Sequence[Check], *, now: datetime) -> str:
    """One SELECT for the checks and every figure of the report; `rows.by_figure` reads its answer."""
    return union((_checks(checks, now=now), *subject.queries(now=now)))


def ask(
    read: Read, subject: Subject, checks: Sequence[Check], *, now: datetime
) -> tuple[Mapping[str, float | None], Mapping[str, Sequence[FactRow]] | None]:
    """What the checks observed, by name, and the rows of the report's figures.

    If the warehouse refuses the question, the checks are asked alone, as they matter more than the report, and there
    are no rows (None).
    """
    try:
        answer = list(read(question(subject, checks, now=now), COLUMNS))
    except Exception as cause:
        logs.warning("the report's figures cannot be read, the checks go on without them", cause=reason(cause)[:300])
        return observed(read(union([_checks(checks, now=now)]), COLUMNS)), None
    return observed(answer), by_figure(answer)


def observed(answer: Iterable[Sequence[Any]]) -> dict[str, float | None]:
    """What each check observed; None where there was nothing to observe."""
    return {row[1]: row[1 + TEXTS] for row in answer if row[0] == CHECKS}


def _checks(checks: Sequence[Check], *, now: datetime) -> FigureQuery:
    return FigureQuery(CHECKS, measure.measure(checks, now=now), ("check_name",), ("observed",))
