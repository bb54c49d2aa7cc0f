"""One real SIGKILL: a job run in a separate process dies while it stages, and the next run repairs everything."""

import os
import signal
import time
from pathlib import Path

import pytest
import samples
from pipeline import Pipeline

from local_glue.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.spark]

PROJECT = Path(__file__).parents[2]
PATIENCE_S = 90
STAGES = "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'stage\\_%%'"


@pytest.fixture
def processes(tmp_path):
    """The workflow on a separate stack whose job runs are processes."""
    stack = Stack.start(PROJECT, home=tmp_path / "home")
    (tmp_path / "delivered").mkdir()
    yield Pipeline(stack, tmp_path / "delivered")
    stack.stop()


def _process_of(run_id):
    """The process id of a job run: the one that was given its id."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if run_id.encode() in words and b"python" in words[0]:
                return int(entry.name)
    return None


def _ended(pipeline, run_id):
    """The job run if it has ended, otherwise None."""
    run = pipeline.stack.last_attempt("load_streams", run_id)
    return run if "CompletedOn" in run else None


def _wait(what, condition):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise TimeoutError(what)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds the job's process in /proc")
@pytest.mark.timeout(240)
def test_a_run_that_was_sigkilled_is_made_good_by_the_next(processes):
    processes.put("streams/a.csv", samples.plays(samples.all_plays()[:100]))
    processes.put("streams/b.csv", samples.plays(samples.all_plays()[90:]))
    assert processes.stack.run_job("streams_validate_files")["JobRunState"] == "SUCCEEDED"
    run_id = processes.glue.start_job_run(JobName="load_streams")["JobRunId"]
    _wait("the run stages nothing", lambda: processes.rows(STAGES)[0][0] or _ended(processes, run_id))
    os.kill(_wait("no process has the run's id", lambda: _process_of(run_id)), signal.SIGKILL)
    run = _wait("the run does not end", lambda: _ended(processes, run_id))
    assert (run["JobRunState"], "SIGKILL" in run["ErrorMessage"]) == ("FAILED", True)
    again = processes.stack.run_job("load_streams")
    assert (again["JobRunState"], again.get("ErrorMessage")) == ("SUCCEEDED", None)
    processes.assert_exact(tables=["streams", "pending_streams"])
    assert processes.stack.run_job("streams_clean_up")["JobRunState"] == "SUCCEEDED"
    processes.assert_tidy()
