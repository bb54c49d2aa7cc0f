"""Fixtures of the jobs' tests: the project's stack, and job runs without a workflow."""

import sys
import uuid

import pytest
import real_glue
from files_support import account

from glue_jobs.lib.run import logs
from local_glue.job import STANDIN
from tests.glue_jobs.lib.configs import make_config


@pytest.fixture
def stack(project_stack, monkeypatch):
    """The project's stack and its environment."""
    for name, value in (project_stack.environment() | {"LOCAL_GLUE_COPY_DELAY": "0"}).items():
        monkeypatch.setenv(name, value)
    return project_stack


@pytest.fixture
def awsglue(pytestconfig, monkeypatch):
    """Makes `import awsglue` find the stand-in, unless the tests run with the real one."""
    if real_glue.is_real(pytestconfig):
        yield
        return
    monkeypatch.syspath_prepend(str(STANDIN))
    _forget_awsglue()
    yield
    _forget_awsglue()


@pytest.fixture
def glue_run(stack, spark, awsglue):
    """Starts job runs with a new id; returns their configuration and GlueRun."""
    from glue_jobs.lib.run.session import start as start_glue

    def start(**overrides):
        config = make_config(**{"run_id": f"jr_{uuid.uuid4().hex}"} | overrides)
        argv = ["job.py", "--JOB_NAME", config.job_name, "--JOB_RUN_ID", config.run_id]
        return config, start_glue(config, [*argv, "--job-bookmark-option", "job-bookmark-enable"])

    return start


@pytest.fixture
def unkind_glue(monkeypatch):
    """Glue where AWS says nothing, at its unkindest: frames of databases lose columns that are NULL in every row, empty
    ones are not written, nor are their actions run."""
    from local_glue.job.redshift import connector, reader
    from local_glue.job.sources import jdbc

    def unkind(read):
        return lambda *given, **named: _without_null_columns(read(*given, **named))

    write = connector.write
    monkeypatch.setattr(reader, "read", unkind(reader.read))
    monkeypatch.setattr(jdbc, "read", unkind(jdbc.read))
    monkeypatch.setattr(
        connector,
        "write",
        lambda frame, *given: write(_without_null_columns(frame), *given) if frame.take(1) else None,
    )


def _without_null_columns(frame):
    if not frame.columns:
        return frame
    counts = frame.selectExpr(*(f"COUNT(`{name}`) AS `{name}`" for name in frame.columns)).first().asDict()
    return frame.select(*(f"`{name}`" for name, count in counts.items() if count))


def _forget_awsglue():
    for name in [name for name in sys.modules if name.partition(".")[0] == "awsglue"]:
        del sys.modules[name]


@pytest.fixture(params=[True, False], ids=["versions", "no versions"])
def any_bucket(request, monkeypatch):
    """An account in memory, whose landing bucket keeps versions or none."""
    with account(monkeypatch, versioning=request.param):
        yield


@pytest.fixture
def bucket(monkeypatch):
    """An account in memory."""
    with account(monkeypatch):
        yield


@pytest.fixture
def said(monkeypatch):
    """The events logged: (event, fields)."""
    events = []
    for level in ("info", "warning"):
        monkeypatch.setattr(logs, level, lambda event, **fields: events.append((event, fields)))
    return events
