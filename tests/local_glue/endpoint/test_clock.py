"""The clock that fires SCHEDULED triggers; no stack needed."""

import time
from datetime import UTC, datetime

import pytest

from local_glue.endpoint.clock import Clock
from local_glue.endpoint.glue.service import GlueService
from local_glue.runner.request import Outcome

MONDAY = datetime(2024, 6, 24, 4, 15, tzinfo=UTC)


class Instant:
    """An executor whose runs succeed at once, or when `hold` ends."""

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
def glue(tmp_path):
    glue = GlueService(Instant(), tmp_path, clock=True)
    command = {"Name": "glueetl", "ScriptLocation": "s3://b/a.py"}
    glue.jobs.definitions["a"] = {"Name": "a", "JobId": "j_1", "Command": command}
    yield glue
    glue.stop_all()


def add_trigger(glue, **options):
    schedule = {"Type": "SCHEDULED", "Schedule": "cron(15 4 ? * MON-FRI *)", "Actions": [{"JobName": "a"}]}
    glue.workflows.triggers["timed"] = {"Name": "timed", "State": "ACTIVATED", **schedule, **options}


def test_fires_in_its_minute_only(glue):
    add_trigger(glue)
    clock = Clock(glue.workflows)
    assert clock.tick(MONDAY.replace(minute=16)) == []
    assert clock.tick(MONDAY.replace(day=23)) == []
    assert clock.tick(MONDAY) == ["timed"]
    assert glue.jobs.runs["a"][0].trigger_name == "timed"


def test_leaves_inactive_triggers_alone(glue):
    add_trigger(glue, State="CREATED")
    assert Clock(glue.workflows).tick(MONDAY) == []


def test_starts_workflows_and_survives_one_that_is_still_running(glue, capsys):
    glue.jobs.executor.hold = True
    glue.workflows.definitions["w"] = {"Name": "w", "MaxConcurrentRuns": 1}
    add_trigger(glue, WorkflowName="w")
    clock = Clock(glue.workflows)
    clock.tick(MONDAY)
    clock.tick(MONDAY)
    assert len(glue.workflows.runs["w"]) == 1
    assert "timed did not start anything: ConcurrentRunsExceeded" in capsys.readouterr().err


def test_starts_nothing_of_a_trigger_with_a_crawler_and_says_so(glue, capsys):
    add_trigger(glue, Actions=[{"JobName": "a"}, {"CrawlerName": "c"}])
    Clock(glue.workflows).tick(MONDAY)
    assert glue.jobs.runs == {}
    assert "trigger timed names the crawler c" in capsys.readouterr().err


def test_start_trigger_does_not_fire_beside_a_clock(glue):
    add_trigger(glue)
    glue.workflows.start_trigger("timed")
    assert glue.jobs.runs == {}
