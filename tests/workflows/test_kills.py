"""A run may die between any two of its side effects; after another run the warehouse is that of undisturbed runs."""

import os
import re

import pytest
import samples
from killing import Killer, killing

pytestmark = [pytest.mark.nightly, pytest.mark.stack, pytest.mark.spark]

PLAYS = samples.all_plays()
ANYTHING = ""
STAGED = "stage_streams_"
DEATHS = (
    ("s3:CopyObject", ANYTHING),
    ("s3:DeleteObjects", "dynamodb:BatchWriteItem"),
    ("rds:publish", ANYTHING),
    ("bookmark:save", "rds:publish"),
    ("stage_songs_.*:commit$", ANYTHING),
    ("load_runs.*:committed$", "stage_songs_"),
    ("s3:write:.*", STAGED),
    ("load_runs.*:commit$", STAGED),
    ("load_runs.*:committed$", STAGED),
    ("dynamodb:BatchWriteItem", "load_runs.*:committed$"),
    ("s3:DeleteObjects", "data_quality_results.*:committed$"),
)
"""Where the runs die, each later than the run before: a side effect, and one that must have happened earlier."""


def _deliver(pipeline):
    """Makes a run that ends well, then delivers new plays, repeats, late songs and a broken row for later runs."""
    tracks = samples.tracks()
    pipeline.put("users/users.csv", samples.users())
    pipeline.put("songs/songs.csv", samples.songs(tracks[:30]))
    pipeline.put("streams/first.csv", samples.plays(PLAYS[:120]))
    pipeline.run()
    pipeline.put("songs/late.csv", samples.songs(tracks[25:]))
    pipeline.put("streams/second.csv", samples.plays(PLAYS[100:200]))
    pipeline.put("streams/third.csv", samples.plays(PLAYS[190:]) + "nobody,,never\n")


def _assert_as_undisturbed(pipeline):
    pipeline.run()
    pipeline.assert_exact()
    loaded = pipeline.rows("SELECT sum(loaded) FROM music.load_runs WHERE job_name = 'load_streams'")
    assert loaded == pipeline.rows("SELECT count(*) FROM music.streams")
    pipeline.assert_tidy()


def describe_a_killed_run():
    @pytest.mark.timeout(900)
    def it_is_made_good_by_later_runs_that_die_too(pipeline, monkeypatch):
        _deliver(pipeline)
        survived = []
        for when, after in DEATHS:
            with killing(Killer(when=when, after=after), monkeypatch) as killer:
                run = pipeline.start_and_wait()
            if killer.dead:
                (message,) = pipeline.failures(run).values()
                assert "KilledError" in message
            else:
                survived.append(when)
                assert pipeline.failures(run) == {}
        assert survived == []
        _assert_as_undisturbed(pipeline)

    @pytest.mark.slow
    @pytest.mark.timeout(7200)
    def it_is_made_good_wherever_it_died(pipeline, monkeypatch):
        """KILL_EVERY=n tries every n-th side effect, KILL_LIKE=pattern only those with such a name."""
        every, like = int(os.environ.get("KILL_EVERY", "1")), os.environ.get("KILL_LIKE", ANYTHING)
        _deliver(pipeline)
        with killing(Killer(), monkeypatch) as killer:
            pipeline.run()
        pipeline.assert_exact()
        places = [number for number, name in enumerate(killer.seen, start=1) if re.search(like, name)]
        for number in places[::every]:
            pipeline.stack.reset()
            pipeline.delivered.clear()
            _deliver(pipeline)
            with killing(Killer(at=number), monkeypatch):
                pipeline.start_and_wait()
            try:
                _assert_as_undisturbed(pipeline)
            except AssertionError as error:
                effect = killer.seen[number - 1]
                raise AssertionError(f"killed before side effect {number}, {effect}: {error}") from error
