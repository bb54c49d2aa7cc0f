"""Shared fixtures: one Spark session, and one local stack that tests reset, for the whole run."""

import os
import time
from pathlib import Path

import pytest

from local_glue.environment import AWS, JVM, POSTGRES, drop

# A profile, a service or a Spark that the user's shell is set up for is not what is tested.
drop(os.environ, (*AWS, *POSTGRES, *JVM))
os.environ["TZ"] = "UTC"
time.tzset()
PROJECT = Path(__file__).parents[1]
ADAPTIVE = "spark.sql.adaptive.enabled"


def pytest_configure(config):
    """Files go to the workers in the order below; xdist would begin with those of most tests, which end soonest."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items):
    """Whole workflows and Terraform runs first: workers that begin with what takes longest end together."""
    items.sort(key=lambda item: not {"workflows", "terraform"} & set(item.path.parts))


def pytest_terminal_summary(terminalreporter):
    """Says aloud what this machine could not test: skips whose reason begins with NOT TESTED."""
    reasons = {report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()) if report.longrepr}
    for reason in sorted(reason.removeprefix("Skipped: ") for reason in reasons if "NOT TESTED" in reason):
        terminalreporter.write_line(reason, red=True, bold=True)


class SharedStack:
    """The project's inline stack: started by the first test that wants it, stopped for tests that start their own.

    moto has one state a process, so there is one inline stack at a time.
    """

    def __init__(self, make_folder):
        self.make_folder = make_folder
        self.running = None

    def get(self):
        """The stack as it was provisioned."""
        from local_glue.stack import Stack

        if self.running:
            self.running.reset()
        else:
            self.running = Stack.start(PROJECT, home=self.make_folder("stack") / "home", inline=True)
        return self.running

    def release(self):
        """Stops it, if it runs."""
        if self.running:
            self.running.stop()
        self.running = None


@pytest.fixture(scope="session")
def shared_stack(tmp_path_factory):
    """Who has the process's inline stack."""
    shared = SharedStack(tmp_path_factory.mktemp)
    yield shared
    shared.release()


@pytest.fixture
def project_stack(shared_stack):
    """Endpoint, databases and jobs of this project, emptied; job runs share this process and its Spark session."""
    return shared_stack.get()


@pytest.fixture(scope="module")
def no_shared_stack(shared_stack):
    """For tests that start inline stacks of their own."""
    shared_stack.release()


@pytest.fixture(scope="session")
def spark():
    """One session for all tests, configured as the jobs' own."""
    from local_glue.job.spark import get_session

    # Compiling code for each of a thousand queries on a few rows takes a third of their time, and planning each again
    # between its stages another sixth; `adaptive` is for tests that want the latter. Tests that run jobs as processes
    # have the jobs' own settings.
    no_code = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
    partitions = {"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"}
    session = get_session({**partitions, **no_code, ADAPTIVE: "false"})
    yield session
    session.stop()


@pytest.fixture
def adaptive(spark):
    """Spark plans again between stages, as it does on Glue."""
    spark.conf.set(ADAPTIVE, "true")
    yield
    spark.conf.set(ADAPTIVE, "false")
