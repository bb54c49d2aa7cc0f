"""How Spark works on a run of load_streams: its plans, its jobs, and what it reads, for few rows and for many."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from glue_jobs.lib.load import load_run
from tests.glue_jobs.streams_world import World, play

pytestmark = [pytest.mark.spark, pytest.mark.stack]

IN_PYTHON = r"\b(BatchEvalPython|ArrowEvalPython|MapInPandas|PythonUDF|FlatMapGroupsInPandas)\b"
EVERY_ROW_WITH_EVERY_ROW = r"\b(CartesianProduct|BroadcastNestedLoopJoin)\b"
MOST_JOBS = 70
BEGIN = datetime(2024, 6, 1, tzinfo=UTC)


class Watched(World):
    """Remembers the plans of the queries of the last run."""

    def load(self, **overrides):
        before = len(self.executions())
        book = super().load(**overrides)
        self.plans = self.executions()[before:]
        return book

    def executions(self):
        from pyspark.sql import SparkSession

        found = SparkSession.active()._jsparkSession.sharedState().statusStore().executionsList()
        return [found.apply(index).physicalPlanDescription() for index in range(found.size())]

    def plans_with(self, pattern):
        return [plan for plan in self.plans if re.search(pattern, plan)]

    def jobs(self):
        """Jobs until the last run published; the session is that of all runs here."""
        ((text,),) = self.sql("SELECT measures FROM music.load_runs WHERE run_id = %s", self.last.run_id)
        return json.loads(text)["spark"]["jobs"]

    def deliver_days(self, first, days, *, each):
        """A file a day, each with plays of all users and tracks and one row in error."""
        for day in range(first, first + days):
            at = BEGIN + timedelta(days=day)
            plays = [
                play(1 + number % 9, f"t{number % 7}", f"{at + timedelta(seconds=97 * number):%F %T}")
                for number in range(each)
            ]
            self.deliver(f"streams/{at:%F}.csv", *plays, "x,t1,now")


@pytest.fixture
def world(stack, glue_run):
    world = Watched(stack, glue_run)
    world.catalogue(users=range(1, 10), tracks=[(f"t{number}", f"genre {number % 3}") for number in range(7)])
    return world


@pytest.fixture(params=["few rows", "many rows"])
def size(request, monkeypatch):
    """How many rows the run takes its own for: from some number on, Spark works in another way."""
    if request.param == "many rows":
        monkeypatch.setattr(load_run, "FEW_ROWS", 0)
        monkeypatch.setattr(load_run, "BROADCAST_ROWS", 0)


def test_no_plan_joins_every_row_with_every_row_or_calls_python(world, size):
    world.deliver_days(0, 2, each=20)
    assert world.load()["loaded"] == 40
    assert world.plans_with(r"WriteFiles|InsertIntoHadoopFs|Execute Insert")
    world.deliver_days(1, 2, each=30)
    book = world.load()
    assert (book["read"], book["loaded"], book["already_loaded"]) == (62, 40, 20)
    assert world.plans_with(IN_PYTHON) == []
    assert world.plans_with(EVERY_ROW_WITH_EVERY_ROW) == []


def test_the_lines_are_read_once(world):
    world.deliver_days(0, 3, each=20)
    world.load()
    assert len(world.plans_with(r"\bScan text\b")) == 1


def test_more_files_days_and_rows_make_no_more_jobs(world, size):
    world.deliver_days(0, 1, each=20)
    world.load()
    first = world.jobs()
    world.deliver_days(1, 2, each=20)
    world.load()
    second = world.jobs()
    world.deliver_days(3, 9, each=50)
    world.load()
    assert world.jobs() - second <= second - first
    assert second - first <= MOST_JOBS
