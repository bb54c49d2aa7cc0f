"""Glue's bookmark rule for S3, on hand-written listings."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from local_glue.job.sources.s3_bookmark import Band, S3State, after, choose, oldest, within_limit
from local_glue.job.sources.s3_listing import S3Object

START = datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=UTC)


def item(key: str, at: datetime, etag: str = "e") -> S3Object:
    """An object as in a listing, with its time in whole seconds."""
    return S3Object("b", key, 1, etag, at.replace(microsecond=0))


class Source:
    """A transformation context over several runs."""

    def __init__(self, band_ms: int, bounded_files: int | None = None):
        self.state, self.band_ms, self.bounded_files = None, band_ms, bounded_files

    def run(self, items, start):
        chosen = choose(items, self.state, None, start)
        chosen = within_limit(items, chosen, self.state, start, Band(self.band_ms, 1_000))
        chosen = oldest(chosen, self.bounded_files, None)
        state = after(items, chosen, self.state, start, self.band_ms).as_json(1)
        self.state = S3State.parse(json.loads(json.dumps(state)))
        return sorted(i.key for i in chosen)


def describe_the_rule_for_s3():
    @given(
        st.lists(st.tuples(st.integers(0, 100), st.integers(1, 40)), min_size=1, max_size=12),
        st.integers(0, 20_000),
        st.none() | st.integers(1, 4),
    )
    def it_reads_everything_exactly_once_with_any_band_and_bound(deliveries, band_ms, bounded_files):
        """Deliveries are pairs of the second of arrival and the pause before the next run; listings are up to date."""
        source, seen, moment, items = Source(band_ms, bounded_files), [], START, []
        arrivals = sorted(second for second, _ in deliveries)
        for _, pause in deliveries:
            moment += timedelta(seconds=pause, milliseconds=137)
            items = [item(f"k{n}", START + timedelta(seconds=s)) for n, s in enumerate(arrivals)]
            items = [i for i in items if i.modified <= moment]
            seen += source.run(items, moment)
        for _ in deliveries:
            moment += timedelta(hours=2)
            seen += source.run([item(f"k{n}", START + timedelta(seconds=s)) for n, s in enumerate(arrivals)], moment)
        assert sorted(seen) == sorted(f"k{n}" for n in range(len(arrivals)))
