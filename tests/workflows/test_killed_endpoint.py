"""The endpoint may be killed during a run and between runs: the next run after it came back repairs everything."""

import os
import time
from pathlib import Path

import pytest
import samples
from pipeline import Pipeline
from world_state import state_of

from local_glue.home import process_alive
from local_glue.resume import resume
from local_glue.stack import Stack

pytestmark = [pytest.mark.nightly, pytest.mark.stack, pytest.mark.spark]
PROJECT = Path(__file__).parents[2]
PLAYS = samples.more_plays(400)


@pytest.fixture
def processes(tmp_path):
    """The workflow on a separate stack whose job runs are processes."""
    stack = Stack.start(PROJECT, home=tmp_path / "home")
    (tmp_path / "delivered").mkdir()
    pipeline = Pipeline(stack, tmp_path / "delivered")
    yield pipeline
    pipeline.stack.stop()


def _kill_and_resume(pipeline):
    """Kills the endpoint once its state is on disk, and brings the stack back; returns what is said to be lost."""
    home, pid = pipeline.stack.home, pipeline.stack.state["server_pid"]
    while home.changed.exists() and not _is_running(pipeline):
        time.sleep(0.02)
    os.kill(pid, 9)
    while process_alive(pid):
        time.sleep(0.02)
    resumed = resume(home)
    pipeline.stack = resumed.stack
    return resumed.lost


def _is_running(pipeline):
    return pipeline.glue.get_workflow_runs(Name="streams")["Runs"][0]["Status"] == "RUNNING"


def _wait_until_running(pipeline, job, seconds):
    while not any(run["JobRunState"] == "RUNNING" for run in pipeline.glue.get_job_runs(JobName=job)["JobRuns"]):
        time.sleep(0.1)
    time.sleep(seconds)


def describe_a_killed_endpoint():
    @pytest.mark.timeout(600)
    def it_loses_and_repeats_nothing(processes):
        pipeline, tracks = processes, samples.tracks()
        pipeline.put("users/users.csv", samples.users())
        pipeline.put("songs/songs.csv", samples.songs(tracks[:30]))
        pipeline.put("streams/first.csv", samples.plays(PLAYS) + "nobody,,never\n")
        pipeline.glue.start_workflow_run(Name="streams")
        _wait_until_running(pipeline, "load_streams", seconds=4)
        assert "FAILED now (load_streams)" in _kill_and_resume(pipeline)

        pipeline.run()
        pipeline.assert_exact()
        loaded = pipeline.rows("SELECT sum(loaded) FROM music.load_runs WHERE job_name = 'load_streams'")
        assert loaded == pipeline.rows("SELECT count(*) FROM music.streams")

        before = state_of(pipeline)
        _kill_and_resume(pipeline)
        assert state_of(pipeline) == before
