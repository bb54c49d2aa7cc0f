"""The bookmark store, and Glue's rule for S3 on listings made by hand."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_glue import faults
from local_glue.bookmarks import BookmarkError, BookmarkStore
from local_glue.job.bookmarked_run import DISABLE, ENABLE, PAUSE, JobRun
from local_glue.job.sources.s3_bookmark import S3State, after, choose
from local_glue.job.sources.s3_listing import S3Object, _glob_to_regex

START = datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=UTC)


def item(key: str, at: datetime, etag: str = "e") -> S3Object:
    """As a listing gives it: whole seconds."""
    return S3Object("b", key, 1, etag, at.replace(microsecond=0))


class Source:
    """One context over several runs."""

    def __init__(self, band_ms: int = 900_000):
        self.state, self.band_ms = None, band_ms

    def run(self, items, start, commit=True):
        chosen = choose(items, self.state, None, start)
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
    def it_reads_everything_exactly_once_whatever_the_band(deliveries, band_ms):
        """Deliveries of (second of arrival, pause before the next run); listings never lag."""
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


def describe_BookmarkStore():
    def it_has_no_entry_before_the_first_run(tmp_path):
        assert BookmarkStore(tmp_path).get("job") is None

    def it_answers_as_get_job_bookmark(tmp_path):
        store = BookmarkStore(tmp_path)
        store.begin("job", "jr_1")
        store.save("job", "jr_1", None, {"ctx": {"x": 1}})
        entry = store.get("job")
        assert entry == {"JobName": "job", "Version": 2, "Run": 1, "Attempt": 0, "RunId": "jr_1",
                         "JobBookmark": '{"ctx": {"x": 1}}'}  # fmt: skip
        store.begin("job", "jr_2")
        assert store.get("job")["PreviousRunId"] == "jr_1"

    def it_counts_attempts_after_a_run_that_did_not_commit(tmp_path):
        store = BookmarkStore(tmp_path)
        assert [store.begin("job", f"jr_{n}")["Attempt"] for n in range(3)] == [0, 1, 2]
        store.save("job", "jr_2", None, {})
        assert store.begin("job", "jr_3")["Attempt"] == 0

    def it_keeps_the_states_of_contexts_that_a_run_did_not_read(tmp_path):
        store = BookmarkStore(tmp_path)
        store.save("job", "jr_1", 0, {"a": {"n": 1}, "b": {"n": 1}})
        store.save("job", "jr_2", 0, {"b": {"n": 2}})
        assert store.states("job") == {"a": {"n": 1}, "b": {"n": 2}}

    def it_resets_and_rewinds(tmp_path):
        store = BookmarkStore(tmp_path)
        for n in (1, 2, 3):
            store.save("job", f"jr_{n}", 0, {"a": {"n": n}})
        assert json.loads(store.reset("job", "jr_2")["JobBookmark"]) == {"a": {"n": 2}}
        assert store.states("job") == {"a": {"n": 2}}
        assert store.reset("job")["JobBookmark"] == "{}"
        assert store.states("job") == {}

    def it_names_a_run_that_saved_nothing(tmp_path):
        store = BookmarkStore(tmp_path)
        store.save("job", "jr_1", 0, {})
        with pytest.raises(BookmarkError, match=r"jr_9.*jr_1"):
            store.reset("job", "jr_9")
        with pytest.raises(BookmarkError, match="other"):
            store.reset("other")

    def it_keeps_jobs_apart_whatever_their_names(tmp_path):
        store = BookmarkStore(tmp_path)
        store.save("a/b", "jr_1", 0, {"c": {}})
        assert store.get("a") is None
        assert store.states("a/b") == {"c": {}}

    def it_changes_nothing_when_killed_before_the_save(tmp_path):
        def kill(name):
            raise KeyboardInterrupt(name)

        store = BookmarkStore(tmp_path)
        with faults.hook(kill), pytest.raises(KeyboardInterrupt, match="bookmark:save"):
            store.save("job", "jr_1", 0, {"a": {}})
        assert store.get("job") is None


def describe_JobRun():
    @pytest.fixture(autouse=True)
    def home(tmp_path, monkeypatch):
        monkeypatch.setenv("LOCAL_GLUE_HOME", str(tmp_path))
        return BookmarkStore(tmp_path)

    def _start(mode, **options):
        return JobRun.start("job", {"job_bookmark_option": mode, "JOB_RUN_ID": "jr_now", **options})

    def it_has_no_bookmark_without_a_context_or_when_disabled(home):
        assert _start(ENABLE).bounds("") is None
        assert _start(DISABLE).bounds("ctx") is None

    def it_saves_all_contexts_on_commit_only(home):
        run = _start(ENABLE)
        run.record("a", {"n": 1})
        run.record("b", {"n": 2})
        assert home.states("job") == {}
        run.commit()
        assert home.states("job") == {"a": {"n": 1}, "b": {"n": 2}}

    @pytest.mark.parametrize("mode", [DISABLE, PAUSE])
    def it_saves_nothing_when_disabled_or_paused(home, mode):
        run = _start(mode)
        run.record("a", {"n": 1})
        run.commit()
        assert home.get("job") is None

    def it_reads_between_two_runs_when_paused_with_a_range(home):
        for n in (1, 2, 3):
            home.save("job", f"jr_{n}", 0, {"a": {"n": n}})
        run = _start(PAUSE, job_bookmark_from="jr_1", job_bookmark_to="jr_2")
        assert run.bounds("a") == ({"n": 1}, {"n": 2})

    def it_says_what_is_missing_without_a_home(monkeypatch):
        monkeypatch.delenv("LOCAL_GLUE_HOME")
        with pytest.raises(RuntimeError, match="LOCAL_GLUE_HOME"):
            _start(ENABLE)


@pytest.mark.parametrize(
    ("pattern", "matches", "misses"),
    [
        ("**.pdf", "s3://b/x/y.pdf", "s3://b/x/y.csv"),
        ("s3://b/*.csv", "s3://b/a.csv", "s3://b/x/a.csv"),
        ("s3://b/{x,y}/?.[!c]sv", "s3://b/x/a.tsv", "s3://b/x/a.csv"),
    ],
)
def test_exclusions_are_globs(pattern, matches, misses):
    assert re.fullmatch(_glob_to_regex(pattern), matches)
    assert not re.fullmatch(_glob_to_regex(pattern), misses)
