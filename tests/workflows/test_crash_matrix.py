"""Each job run is a process that a signal may reach between any two of its side effects.

SIGKILL ends it, and the next run repairs everything. SIGSTOP freezes it until another run, which began after it, has
ended: then it goes on as the stale second writer that no lock of AWS keeps away.

The points are what the hook of side effects saw in an undisturbed run, so that a new write is tried without being
named here. `make test-ci` kills at a sample of them, `make soak` tries all of them both ways.
"""

import io
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import samples
import soak
from crash_points import PLAN, CrashPlan
from pipeline import LAKE, Pipeline

from local_glue.runner.bootstrap import FAULTS_VARIABLE
from local_glue.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.spark]

PROJECT = Path(__file__).parents[2]
POINTS, SEED = 1, 20
"""How many points `make test-ci` tries each way, and which."""

COUNTRIES = ("Peru", "Iceland")
PLAYS = samples.more_plays(6_000)
BATCH = 40
FEWEST = 50
"""Of side effects that a run has; if fewer are seen, the hook does not see them."""
HOLDS_LOCKS = ":commit"
"""A run that is frozen before this step has its rows locked; whoever comes after it waits."""
NOT_IN_UPDATES = ("Name", "CreatedOn", "LastModifiedOn", "AllocatedCapacity", "MaxCapacity")
PATIENCE_S = 120


class Matrix:
    """A stack whose job runs are processes, and the side effects of a run.

    Attributes:
        effects: Of a run like those that follow, in their order.
        batches: How many were delivered.
    """

    def __init__(self, stack, folder, plan):
        self.plan, self.pipeline, self.batches = plan, Pipeline(stack, folder), 0
        _allow_two_at_a_time(self.pipeline)
        for _ in range(2):
            self.deliver()
            plan.begin()
            self.pipeline.run()
        self.assert_as_undisturbed()
        self.effects = plan.seen
        assert len(self.effects) > FEWEST, self.effects

    def deliver(self):
        """Delivers the next batch."""
        _deliver(self.pipeline, self.batches)
        self.batches += 1

    def assert_as_undisturbed(self):
        """Everything is as if no run had been disturbed."""
        _assert_as_undisturbed(self.pipeline, range(self.batches))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory):
    """The workflow on a separate stack whose job runs are processes."""
    folder = tmp_path_factory.mktemp("crashes")
    (folder / "delivered").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FAULTS_VARIABLE, str(Path(__file__).parent / "crash_points.py"))
        patch.setenv(PLAN, str(folder))
        stack = Stack.start(PROJECT, home=folder / "home")
        yield Matrix(stack, folder / "delivered", CrashPlan(folder))
        stack.stop()


def _deliver(pipeline, number):
    """New plays, repeats, a row in error, a changed user, and a song that plays of earlier batches have waited for."""
    tracks = samples.tracks()
    changed = [{**user, "user_country": COUNTRIES[number % 2]} for user in list(samples.world().users.values())[:3]]
    end = (number + 1) * BATCH
    pipeline.put("users/users.csv", samples.users() if number == 0 else samples.users(changed))
    known = tracks[:20] if number == 0 else [tracks[min(19 + number, len(tracks) - 1)]]
    pipeline.put("songs/songs.csv", samples.songs(known))
    pipeline.put(f"streams/{number}.csv", samples.plays(PLAYS[max(0, end - BATCH - 10) : end]) + f"{number},,never\n")


def _assert_as_undisturbed(pipeline, batches):
    pipeline.assert_exact()
    pipeline.assert_tidy()
    loaded = pipeline.rows("SELECT sum(loaded) FROM music.load_runs WHERE job_name = 'load_streams'")
    assert loaded == pipeline.rows("SELECT count(*) FROM music.streams")
    assert _quarantined(pipeline) == Counter({(f"streams/{number}.csv", f"{number},,never"): 1 for number in batches})


def _quarantined(pipeline):
    """Rows of runs in the books, by file and text; folders of dead runs wait for clean_up to sweep them."""
    booked = {run_id for (run_id,) in pipeline.rows("SELECT run_id FROM music.load_runs")}
    rows = Counter()
    for key in pipeline.keys(LAKE, "quarantine/streams/run_id="):
        if key.endswith(".parquet") and key.split("run_id=")[1].partition("/")[0] in booked:
            content = pipeline.s3.get_object(Bucket=LAKE, Key=key)["Body"].read()
            table = pq.read_table(io.BytesIO(content), columns=["_source_file", "raw"])
            rows.update(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return rows


def _allow_two_at_a_time(pipeline):
    """What an operator may set, and what happens where a run that was given up goes on all the same."""
    workflow = pipeline.glue.get_workflow(Name=pipeline.workflow)["Workflow"]
    properties = workflow.get("DefaultRunProperties", {})
    pipeline.glue.update_workflow(Name=pipeline.workflow, MaxConcurrentRuns=2, DefaultRunProperties=properties)
    for job in pipeline.glue.get_jobs()["Jobs"]:
        update = {name: value for name, value in job.items() if name not in NOT_IN_UPDATES}
        update["ExecutionProperty"] = {"MaxConcurrentRuns": 2}
        pipeline.glue.update_job(JobName=job["Name"], JobUpdate=update)


def _die(matrix, point):
    """Kills a run before its side effect number `point`; returns what failed, and what was prevented."""
    with matrix.plan.dying(point):
        failures = matrix.pipeline.failures(matrix.pipeline.start_and_wait())
    died = len(matrix.plan.seen) >= point  # a run may have fewer side effects than the one that was counted
    assert ["SIGKILL" in message for message in failures.values()] == [True] * died, failures
    return failures, matrix.plan.seen[-1]


def _be_overtaken(matrix, point):
    """Freezes a run before its side effect number `point` until another has ended; returns the same."""
    plan, pipeline = matrix.plan, matrix.pipeline
    plan.begin(point, sends=signal.SIGSTOP)
    stale = pipeline.glue.start_workflow_run(Name=pipeline.workflow)["RunId"]
    end = time.monotonic() + PATIENCE_S
    while plan.frozen is None and pipeline.status(stale) == "RUNNING" and time.monotonic() < end:
        time.sleep(0.1)
    frozen, effect = plan.frozen, plan.seen[-1]
    plan.end()
    try:
        second = pipeline.failures(pipeline.start_and_wait())
    finally:
        if frozen:
            os.kill(frozen, signal.SIGCONT)
    first = pipeline.failures(pipeline.wait(stale))
    assert all((*first.values(), *second.values())), (first, second)
    return {**first, **second}, effect


def _disturb(matrix, how, points, capsys):
    """Disturbs one run after another, and lets an undisturbed one follow each; `make soak` as long as there is time."""
    seed = soak.seed() if soak.is_on else SEED
    random.Random(seed).shuffle(points)
    for number, (point, _) in enumerate(zip(points, soak.rounds() if soak.is_on else range(POINTS), strict=False)):
        matrix.deliver()
        failures, effect = how(matrix, point)
        try:
            matrix.pipeline.run()
            matrix.assert_as_undisturbed()
        except AssertionError as error:
            raise AssertionError(f"before side effect {point}, {effect}: {error}; before: {failures}") from error
        if soak.is_on:
            what = f"{number + 1} of {len(points)} points; before {effect}: {list(failures)}, made good"
            soak.say(capsys, f"{how.__name__[1:]}, seed {seed}: {what}")


@pytest.mark.timeout(0)
@pytest.mark.ci
def test_a_run_that_was_killed_anywhere_is_made_good_by_the_next(matrix, capsys):
    _disturb(matrix, _die, list(range(1, len(matrix.effects) + 1)), capsys)


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_a_run_that_another_has_overtaken_changes_nothing_that_it_should_not(matrix, capsys):
    free = [number for number, name in enumerate(matrix.effects, start=1) if not name.endswith(HOLDS_LOCKS)]
    _disturb(matrix, _be_overtaken, free, capsys)
