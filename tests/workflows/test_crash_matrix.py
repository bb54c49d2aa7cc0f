"""Each job run is a process that a signal may reach between any two of its side effects.

SIGKILL ends it, and the next run repairs everything. SIGSTOP freezes it until another run, which began after it, has
ended: then it goes on as the stale second writer that no lock of AWS keeps away.

The points are what the hook of side effects saw in an undisturbed run, so that a new write is tried without being
named here. `make test` takes a sample, `make soak` all of them.
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
POINTS, SEED = 2, 20
"""How many points `make test` tries, and which."""

COUNTRIES = ("Peru", "Iceland")
PLAYS = samples.more_plays(6_000)
BATCH = 40
FEWEST = 50
"""Of side effects that a run has; if fewer are seen, the hook does not see them."""
HOLDS_LOCKS = ":commit"
"""A run that is frozen before this step has its rows locked; whoever comes after it waits."""
NOT_IN_UPDATES = ("Name", "CreatedOn", "LastModifiedOn", "AllocatedCapacity", "MaxCapacity")
PATIENCE_S = 120


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Where runs die."""
    monkeypatch.setenv(FAULTS_VARIABLE, str(Path(__file__).parent / "crash_points.py"))
    monkeypatch.setenv(PLAN, str(tmp_path))
    return CrashPlan(tmp_path)


@pytest.fixture
def processes(plan, tmp_path):
    """The workflow on a separate stack whose job runs are processes."""
    stack = Stack.start(PROJECT, home=tmp_path / "home")
    (tmp_path / "delivered").mkdir()
    yield Pipeline(stack, tmp_path / "delivered")
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


def _try(pipeline, plan, point, batch):
    """Delivers a batch, kills the run before its side effect number `point`, and lets the next repair it."""
    _deliver(pipeline, batch)
    with plan.dying(point):
        failures = pipeline.failures(pipeline.start_and_wait())
    effect = plan.seen[-1]
    try:
        died = len(plan.seen) >= point  # a run may have fewer side effects than the one that was counted
        assert ["SIGKILL" in message for message in failures.values()] == [True] * died, failures
        pipeline.run()
        _assert_as_undisturbed(pipeline, range(batch + 1))
    except AssertionError as error:
        raise AssertionError(f"killed before side effect {point}, {effect}: {error}") from error
    return effect


def _effects(pipeline, plan):
    """The side effects of a run like those that follow, in their order."""
    for batch in range(2):
        _deliver(pipeline, batch)
        plan.begin()
        pipeline.run()
    _assert_as_undisturbed(pipeline, range(2))
    assert len(plan.seen) > FEWEST, plan.seen
    return plan.seen


@pytest.mark.timeout(0)
def test_a_run_that_was_killed_anywhere_is_made_good_by_the_next(processes, plan, capsys):
    points = list(range(1, len(_effects(processes, plan)) + 1))
    seed = soak.seed() if soak.is_on else SEED
    random.Random(seed).shuffle(points)
    tries = zip(points, soak.rounds() if soak.is_on else range(POINTS), strict=False)
    for batch, (point, _) in enumerate(tries, start=2):
        effect = _try(processes, plan, point, batch)
        if soak.is_on:
            soak.say(capsys, f"seed {seed}: {batch - 1} of {len(points)} points; killed before {effect}, made good")


def _allow_two_at_a_time(pipeline):
    """What an operator may set, and what happens where a run that was given up goes on all the same."""
    workflow = pipeline.glue.get_workflow(Name=pipeline.workflow)["Workflow"]
    pipeline.glue.update_workflow(Name=pipeline.workflow, MaxConcurrentRuns=2,
                                  DefaultRunProperties=workflow.get("DefaultRunProperties", {}))  # fmt: skip
    for job in pipeline.glue.get_jobs()["Jobs"]:
        update = {name: value for name, value in job.items() if name not in NOT_IN_UPDATES}
        update["ExecutionProperty"] = {"MaxConcurrentRuns": 2}
        pipeline.glue.update_job(JobName=job["Name"], JobUpdate=update)


def _overtake(pipeline, plan, point, batch):
    """Delivers a batch, freezes the run before its side effect number `point` until another run has ended."""
    _deliver(pipeline, batch)
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
    pipeline.run()
    try:
        _assert_as_undisturbed(pipeline, range(batch + 1))
    except AssertionError as error:
        raise AssertionError(f"frozen before side effect {point}, {effect}: {error}") from error
    return effect, {**first, **second}


@pytest.mark.timeout(0)
def test_a_run_that_another_has_overtaken_changes_nothing_that_it_should_not(processes, plan, capsys):
    effects = _effects(processes, plan)
    _allow_two_at_a_time(processes)
    points = [number for number, name in enumerate(effects, start=1) if not name.endswith(HOLDS_LOCKS)]
    seed = soak.seed() if soak.is_on else SEED
    random.Random(seed).shuffle(points)
    tries = zip(points, soak.rounds() if soak.is_on else range(1), strict=False)
    for batch, (point, _) in enumerate(tries, start=2):
        effect, said = _overtake(processes, plan, point, batch)
        if soak.is_on:
            soak.say(capsys, f"seed {seed}: {batch - 1} of {len(points)} points; overtaken before {effect}: {said}")
