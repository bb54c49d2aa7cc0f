"""Which stretches of time a run touches, and the SQL conditions that select them. Imports no Spark."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

DAY = timedelta(days=1)
MOST_SPANS = 60
"""More would make statements unwieldy; the smallest gaps are then read as well, which changes no result."""


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both inclusive; None is open."""

    first: date | None
    last: date | None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


def spans(days: Iterable[date]) -> list[Span]:
    """`days` as few spans: cut where days are missing, at the widest gaps if there are many."""
    ordered = sorted(set(days))
    if not ordered:
        return []
    gaps = [(later - earlier, index) for index, (earlier, later) in enumerate(pairwise(ordered), start=1)]
    widest = sorted((gap for gap in gaps if gap[0] > DAY), reverse=True)[: MOST_SPANS - 1]
    cuts = sorted(index for _, index in widest)
    starts, ends = [0, *cuts], [*cuts, len(ordered)]
    return [Span(ordered[start], ordered[end - 1]) for start, end in zip(starts, ends, strict=True)]


def times_within(column: str, found: Sequence[Span]) -> str:
    """Condition: the timestamp `column` lies in one of the spans (never, if there are none)."""
    return _any_of([_bounds(column, span, _timestamp) for span in found])


def dates_within(column: str, found: Sequence[Span]) -> str:
    """Condition: the date `column` lies in one of the spans (never, if there are none)."""
    return _any_of([_bounds(column, span, _date) for span in found])


def _bounds(column: str, span: Span, literal: Callable[[date], str]) -> str:
    lower = [f"{column} >= {literal(span.first)}"] if span.first else []
    upper = [f"{column} < {literal(span.last + DAY)}"] if span.last else []
    return " AND ".join([*lower, *upper]) or f"{column} IS NOT NULL"


def _any_of(conditions: Sequence[str]) -> str:
    return f"({' OR '.join(f'({condition})' for condition in conditions)})" if conditions else "(1 = 0)"


def _timestamp(day: date) -> str:
    return f"TIMESTAMP '{datetime.combine(day, time.min):%Y-%m-%d %H:%M:%S}'"


def _date(day: date) -> str:
    return f"DATE '{day.isoformat()}'"
