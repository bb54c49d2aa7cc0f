"""Glue's bookmark rule for S3, on hand-written listings."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_glue.job.sources.s3_bookmark import Band, S3State, after, choose, within_limit
from local_glue.job.sources.s3_listing import S3Object

START = datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=UTC)


def item(key: str, at: datetime, etag: str = "e") -> S3Object:
    """An object as in a listing, with its time in whole seconds."""
    return S3Object("b", key, 1, etag, at.replace(microsecond=0))


class Source:
    """A transformation context over several runs."""

    def __init__(self, band_ms: int = 900_000, most_files: int = 1_000):
        self.state, self.band_ms, self.most_files = None, band_ms, most_files

    def run(self, items, start, commit=True):
        chosen = choose(items, self.state, None, start)
        chosen = within_limit(items, chosen, self.state, start, Band(self.band_ms, self.most_files))
        if commit:
            state = after(items, chosen, self.state, start, self.band_ms).as_json(1)
            self.state = S3State.parse(json.loads(json.dumps(state)))
        return sorted(i.key for i in chosen)


def describe_the_rule_for_s3():
    def it_reads_what_is_new_only():
        source, old, new = Source(), item("a", START - timedelta(hours=1)), item("b", START + timedelta(hours=1))
        assert source.run([old], START) == ["a"]
        assert source.run([old], START + timedelta(minutes=1)) == []
        assert source.run([old, new], START + timedelta(hours=2)) == ["b"]

    def it_leaves_what_arrives_after_the_start_for_the_next_run():
        source, late = Source(), item("late", START + timedelta(seconds=5))
        assert source.run([late], START) == []
        assert source.run([late], START + timedelta(minutes=1)) == ["late"]

    def it_reads_an_overwritten_object_again():
        source = Source()
        source.run([item("a", START - timedelta(minutes=5))], START)
        assert source.run([item("a", START + timedelta(minutes=1))], START + timedelta(minutes=2)) == ["a"]

    def it_reads_an_object_again_that_was_overwritten_within_the_second():
        source = Source()
        source.run([item("a", START, "one")], START)
        assert source.run([item("a", START, "two")], START + timedelta(minutes=1)) == ["a"]

    @pytest.mark.parametrize("band_ms", [0, 900_000])
    def it_neither_loses_nor_repeats_an_object_of_the_second_of_the_start(band_ms):
        source, before, behind = Source(band_ms), item("before", START), item("behind", START)
        assert source.run([before], START) == ["before"]
        assert source.run([before, behind], START + timedelta(seconds=30)) == ["behind"]
        assert source.run([before, behind], START + timedelta(hours=3)) == []

    def it_leaves_what_the_band_cannot_hold_to_the_next_run():
        source, old = Source(most_files=2), item("old", START - timedelta(hours=1))
        new = [item(name, START - timedelta(minutes=minutes)) for name, minutes in (("c", 1), ("b", 2), ("a", 3))]
        assert source.run([old, *new], START) == ["a", "b", "old"]
        assert source.run([old, *new], START + timedelta(minutes=1)) == []
        assert source.run([old, *new], START + timedelta(hours=1)) == ["c"]

    def it_finds_an_object_listed_late_within_the_band():
        source, late = Source(), item("late", START - timedelta(minutes=10))
        source.run([], START)
        assert source.run([late], START + timedelta(minutes=5)) == ["late"]

    def it_passes_over_an_object_listed_later_than_the_band():
        source = Source()
        source.run([], START)
        assert source.run([item("lost", START - timedelta(minutes=16))], START + timedelta(minutes=5)) == []

    def it_reads_the_same_again_without_a_commit():
        source, one = Source(), item("a", START - timedelta(hours=1))
        assert source.run([one], START, commit=False) == source.run([one], START + timedelta(minutes=1)) == ["a"]

    @given(
        st.lists(st.tuples(st.integers(0, 100), st.integers(1, 40)), min_size=1, max_size=12), st.integers(0, 20_000)
    )
    def it_reads_everything_exactly_once_with_any_band(deliveries, band_ms):
        """Deliveries are pairs of the second of arrival and the pause before the next run; listings are up to date."""
        source, seen, moment, items = Source(band_ms), [], START, []
        arrivals = sorted(second for second, _ in deliveries)
        for _, pause in deliveries:
            moment += timedelta(seconds=pause, milliseconds=137)
            items = [item(f"k{n}", START + timedelta(seconds=s)) for n, s in enumerate(arrivals)]
            items = [i for i in items if i.modified <= moment]
            seen += source.run(items, moment)
        moment += timedelta(hours=2)
        seen += source.run([item(f"k{n}", START + timedelta(seconds=s)) for n, s in enumerate(arrivals)], moment)
        assert sorted(seen) == sorted(f"k{n}" for n in range(len(arrivals)))
