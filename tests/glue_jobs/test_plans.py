"""How Spark works on a run of load_streams: its plans, its jobs, and what it reads, for few rows and for many."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from glue_jobs.lib.load import load_run
from tests.glue_jobs.streams_world import World, play

pytestmark = [pytest.mark.spark, pytest.mark.stack]

IN_PYTHON = r"\b(BatchEvalPython|ArrowEvalPython|MapInPandas|PythonUDF|FlatMapGroupsInPandas)\b"
EVERY_ROW_WITH_EVERY_ROW = r"\b(CartesianProduct|BroadcastNestedLoopJoin)\b"
MOST_JOBS = {"few rows": 23, "many rows": 30}
"""Many rows stay where they are in joins with tracks; each of these joins makes a job."""
BEGIN = datetime(2024, 6, 1, tzinfo=UTC)


class Watched(World):
    """Remembers the plans and the number of jobs of the last run; others may have used the session before."""

    def load(self, **overrides):
        first_job, last_plan = self.jobs_so_far(), self.last_plan()
        book = super().load(**overrides)
        found = [self.store().execution(number) for number in range(last_plan + 1, self.last_plan() + 1)]
        self.plans = [plan.get().physicalPlanDescription() for plan in found if plan.isDefined()]
        self.jobs = self.jobs_so_far() - first_job
        return book

    def context(self):
        from pyspark.sql import SparkSession

        return SparkSession.active().sparkContext._jsc.sc()

    def store(self):
        """What Spark knows of its queries, as far as it still knows it."""
        from pyspark.sql import SparkSession

        self.context().listenerBus().waitUntilEmpty()
        return SparkSession.active()._jsparkSession.sharedState().statusStore()

    def jobs_so_far(self):
        return self.context().dagScheduler().numTotalJobs()

    def last_plan(self):
        """The number of the last query of the session; numbers grow."""
        store = self.store()
        return store.executionsList(store.executionsCount() - 1, 1).apply(0).executionId()

    def plans_with(self, pattern):
        return [plan for plan in self.plans if re.search(pattern, plan)]

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


@pytest.fixture(params=["few rows", pytest.param("many rows", marks=pytest.mark.slow)])
def size(request, monkeypatch):
    """How many rows the run takes its own for: from some number on, Spark works in another way."""
    if request.param == "many rows":
        monkeypatch.setattr(load_run, "FEW_ROWS", 0)
        monkeypatch.setattr(load_run, "BROADCAST_ROWS", 0)
    return request.param


def test_no_plan_joins_every_row_with_every_row_or_calls_python_and_lines_are_read_once(world, size):
    world.deliver_days(0, 2, each=20)
    assert world.load()["loaded"] == 40
    assert size == "many rows" or len(world.plans_with(r"\bFileScan text\b")) == 1
    world.deliver_days(1, 2, each=30)
    book = world.load()
    assert (book["read"], book["loaded"], book["already_loaded"]) == (62, 40, 20)
    assert world.plans_with(IN_PYTHON) == []
    assert world.plans_with(EVERY_ROW_WITH_EVERY_ROW) == []


@pytest.mark.ci
def test_more_files_days_and_rows_make_no_more_jobs(world, size):
    world.deliver_days(0, 1, each=20)
    world.load()
    world.deliver_days(1, 2, each=20)
    world.load()
    few = world.jobs
    world.deliver_days(3, 9, each=50)
    world.load()
    assert world.jobs <= few <= MOST_JOBS[size]
