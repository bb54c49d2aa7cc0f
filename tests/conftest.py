"""Shared fixtures: one Spark session, and one local stack that tests reset, for the whole run."""

import os
import time
from pathlib import Path

import pytest
import real_glue
from folder_fixtures import FolderFixtures

from local_glue import versions
from local_glue.environment import AWS, JVM, POSTGRES, drop
from local_glue.versions import running

PROJECT = Path(__file__).parents[1]
ADAPTIVE = "spark.sql.adaptive.enabled"


def pytest_addoption(parser):
    """Lets the jobs' tests run with the real awsglue."""
    real_glue.add_option(parser)


def pytest_configure(config):
    """Sets up this process, and keeps the order below for the workers: xdist would begin with the files of most tests,
    which end soonest."""
    config.option.loadscopereorder = False
    config.pluginmanager.register(FolderFixtures())
    os.environ["TZ"] = "UTC"
    time.tzset()
    # A profile, a service or a Spark that the user's shell is set up for is not what is tested; AWS's image is set up
    # for its own Spark.
    drop(os.environ, (*AWS, *POSTGRES))
    if config.getoption("--glue") != real_glue.IMAGE:
        drop(os.environ, JVM)
    if real_glue.is_real(config):
        real_glue.check(config)
    elif running():
        # Jobs are of the version of Glue whose Spark the tests have.
        os.environ[versions.VARIABLE] = running().name


def pytest_collection_modifyitems(config, items):
    """Puts workflows and Terraform runs first: workers that begin with the longest tests end at about the same time."""
    real_glue.deselect(config, items)
    items.sort(key=lambda item: not {"workflows", "terraform", "smoke"} & set(item.path.parts))


def pytest_terminal_summary(terminalreporter):
    """Prints what was left out, and what this machine could not test: skips whose reason begins with NOT TESTED."""
    real_glue.summarize(terminalreporter)
    reasons = {report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()) if report.longrepr}
    for reason in sorted(reason.removeprefix("Skipped: ") for reason in reasons if "NOT TESTED" in reason):
        terminalreporter.write_line(reason, red=True, bold=True)


class SharedStack:
    """The project's inline stack: started by the first test that needs it, stopped for tests that start their own.

    moto has one state per process, so there is one inline stack at a time.
    """

    def __init__(self, make_folder):
        self.make_folder = make_folder
        self.running = None

    def get(self):
        """The stack, reset to what was provisioned."""
        from local_glue.stack import Stack

        if self.running:
            self.running.reset()
        else:
            self.running = Stack.start(PROJECT, home=self.make_folder("stack") / "home", inline=True)
        return self.running

    def release(self):
        """Stops the stack if it is running."""
        if self.running:
            self.running.stop()
        self.running = None


@pytest.fixture(scope="session")
def shared_stack(tmp_path_factory):
    """The holder of the process's inline stack."""
    shared = SharedStack(tmp_path_factory.mktemp)
    yield shared
    shared.release()


@pytest.fixture
def project_stack(shared_stack):
    """Endpoint, databases and jobs of this project, emptied; job runs share this process and its Spark session."""
    return shared_stack.get()


@pytest.fixture(scope="module")
def no_shared_stack(shared_stack):
    """Stops the shared stack, for tests that start their own inline stacks."""
    shared_stack.release()


@pytest.fixture(scope="session")
def spark(pytestconfig):
    """One session for all tests, with settings that suit many queries on few rows."""
    if real_glue.is_real(pytestconfig):
        from real_glue import get_session
    else:
        from local_glue.job.spark import get_session

    # Compiling code for each of a thousand queries on a few rows takes a third of their time, and planning each again
    # between its stages another sixth; tests that need the latter use `adaptive`. Tests that run jobs as processes
    # have the jobs' own settings.
    no_code = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
    partitions = {"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"}
    # Runs whose clock the tests set in the past take all that Spark remembers for their own, and look through it.
    memory = {"spark.ui.retainedJobs": "100", "spark.ui.retainedStages": "100"}
    session = get_session({**partitions, **no_code, **memory, ADAPTIVE: "false"})
    yield session
    session.stop()


@pytest.fixture
def adaptive(spark):
    """Lets Spark plan again between stages, as it does on Glue."""
    spark.conf.set(ADAPTIVE, "true")
    yield
    spark.conf.set(ADAPTIVE, "false")
