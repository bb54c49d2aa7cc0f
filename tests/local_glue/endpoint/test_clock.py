"""The clock that fires SCHEDULED triggers; no stack needed."""

import time
from datetime import UTC, datetime

import pytest

from local_glue.endpoint.clock import Clock
from local_glue.endpoint.glue.jobs import Engine
from local_glue.runner.request import Outcome

MONDAY = datetime(2024, 6, 24, 4, 15, tzinfo=UTC)


class Instant:
    """An executor for which every run succeeds at once, or when told."""

    def __init__(self):
        self.ran, self.hold = [], False

    def run(self, request):
        request.on_running()
        while self.hold:
            time.sleep(0.01)
        self.ran.append(request.job_name)
        return Outcome("SUCCEEDED")

    def stop(self, run_id):
        self.hold = False


@pytest.fixture
def engine(tmp_path):
    engine = Engine(Instant(), tmp_path, clock=True)
    engine.jobs["a"] = {"Name": "a", "JobId": "j_1", "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/a.py"}}
    yield engine
    engine.stop_all()


def add_trigger(engine, **options):
    schedule = {"Type": "SCHEDULED", "Schedule": "cron(15 4 ? * MON-FRI *)", "Actions": [{"JobName": "a"}]}
    engine.workflows.triggers["timed"] = {"Name": "timed", "State": "ACTIVATED", **schedule, **options}


def test_fires_in_its_minute_only(engine):
    add_trigger(engine)
    clock = Clock(engine)
    assert clock.tick(MONDAY.replace(minute=16)) == []
    assert clock.tick(MONDAY.replace(day=23)) == []
    assert clock.tick(MONDAY) == ["timed"]
    assert engine.job_runs["a"][0].trigger_name == "timed"


def test_leaves_inactive_triggers_alone(engine):
    add_trigger(engine, State="CREATED")
    assert Clock(engine).tick(MONDAY) == []


def test_starts_workflows_and_survives_one_that_is_still_running(engine, capsys):
    engine.executor.hold = True
    engine.workflows.definitions["w"] = {"Name": "w", "MaxConcurrentRuns": 1}
    add_trigger(engine, WorkflowName="w")
    clock = Clock(engine)
    clock.tick(MONDAY)
    clock.tick(MONDAY)
    assert len(engine.workflows.runs["w"]) == 1
    assert "timed did not start anything: ConcurrentRunsExceeded" in capsys.readouterr().err


def test_start_trigger_does_not_fire_beside_a_clock(engine):
    add_trigger(engine)
    engine.workflows.start_trigger("timed")
    assert engine.job_runs == {}
