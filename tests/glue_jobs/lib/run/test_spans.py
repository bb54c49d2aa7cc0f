from datetime import date, timedelta

from glue_jobs.lib.run import spans
from glue_jobs.lib.run.spans import Span

DAY = date(2024, 6, 25)


def days(*offsets):
    return [DAY + timedelta(days=offset) for offset in offsets]


def describe_spans():
    def it_joins_consecutive_days():
        assert spans.spans(days(1, 0, 3, 1)) == [Span(*days(0, 1)), Span(*days(3, 3))]

    def it_has_none_without_days():
        assert spans.spans([]) == []

    def it_closes_the_smallest_gaps_when_there_are_many():
        found = spans.spans(days(*(index * 10 for index in range(100)), 5))
        assert len(found) == spans.MOST_SPANS
        assert all(any(day in span for span in found) for day in days(*range(0, 1000, 10), 5))
        assert found[0].first == DAY


def describe_span():
    def it_contains_its_ends():
        span = Span(*days(0, 2))
        assert [day in span for day in days(-1, 0, 2, 3)] == [False, True, True, False]
        assert DAY in Span(None, None)
