"""Fixtures of the tests of local_glue."""

import uuid

import pytest
import standin_support as support
from endpoint_support import Remote, Tiny, make_project


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    """An endpoint in a separate process, on which a minute of a timeout is half a second."""
    endpoint = Remote(tmp_path_factory.mktemp("home"), minute_seconds=0.5)
    yield endpoint
    endpoint.stop()


@pytest.fixture
def tiny(endpoint):
    """Jobs, triggers and workflows of one test on the endpoint."""
    return Tiny(endpoint)


@pytest.fixture(scope="session")
def shop_stack(tmp_path_factory):
    """The stack of a small project (`make_project`), for tests that do not change what it provides."""
    from local_glue.stack import Stack

    folder = tmp_path_factory.mktemp("shop")
    stack = Stack.start(make_project(folder), folder / "home")
    yield stack
    stack.stop()


@pytest.fixture(scope="session")
def database_server(tmp_path_factory):
    """A PostgreSQL with a warehouse (dwh) and another database (shop), without an endpoint."""
    from local_glue.config import Database
    from local_glue.postgres import cluster

    databases = [Database("warehouse", "redshift", "dwh", "loader"), Database("rds", "postgresql", "shop", "loader")]
    server = cluster.start(tmp_path_factory.mktemp("databases"), databases)
    yield server
    cluster.stop(server.as_dict())


@pytest.fixture(scope="session")
def standin_stack(tmp_path_factory):
    """Endpoint and databases in separate processes, for a project that has only a bucket and databases."""
    from local_glue.stack import Stack

    project = tmp_path_factory.mktemp("standin-project")
    (project / "pyproject.toml").write_text(support.PROJECT)
    stack = Stack.start(project, project / "home")
    yield stack
    stack.stop()


@pytest.fixture
def standin(standin_stack, monkeypatch, tmp_path):
    """The environment of a job process on that stack, with a separate state folder."""
    for name, value in standin_stack.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LOCAL_GLUE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCAL_GLUE_COPY_DELAY", "0")
    with support.standin_imports():
        yield standin_stack


@pytest.fixture
def standin_runs(standin, spark):
    """Starts job runs of a new job."""
    return support.Runs(spark)


@pytest.fixture
def standin_s3(standin):
    """A boto3 client."""
    return standin.client("s3")


@pytest.fixture
def standin_prefix():
    """A prefix of the bucket that no other test uses."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def standin_warehouse(standin):
    """The warehouse as superuser, with an empty schema `shop` for each test."""
    with standin.connect("warehouse") as connection:
        connection.execute("DROP SCHEMA IF EXISTS shop CASCADE")
        connection.execute("CREATE SCHEMA shop AUTHORIZATION loader")
        yield connection
        for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            connection.execute(f'DROP TABLE public."{name}" CASCADE')


@pytest.fixture
def standin_rds(standin):
    """The RDS database as superuser; its `public` schema is emptied afterwards."""
    with standin.connect("rds") as connection:
        yield connection
        for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            connection.execute(f'DROP TABLE public."{name}" CASCADE')
