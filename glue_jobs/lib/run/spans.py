"""Spans of days: those of a backfill, those that a run touches."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

DAY = timedelta(days=1)
MOST_SPANS = 60
"""More would make statements too long; instead the smallest gaps are read as well, which changes no result."""


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both inclusive; None means no bound."""

    first: date | None
    last: date | None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


def spans(days: Iterable[date]) -> list[Span]:
    """`days` as few spans: cut where days are missing, only at the widest gaps if there are many."""
    ordered = sorted(set(days))
    if not ordered:
        return []
    gaps = [(later - earlier, index) for index, (earlier, later) in enumerate(pairwise(ordered), start=1)]
    widest = sorted((gap for gap in gaps if gap[0] > DAY), reverse=True)[: MOST_SPANS - 1]
    cuts = sorted(index for _, index in widest)
    starts, ends = [0, *cuts], [*cuts, len(ordered)]
    return [Span(ordered[start], ordered[end - 1]) for start, end in zip(starts, ends, strict=True)]
