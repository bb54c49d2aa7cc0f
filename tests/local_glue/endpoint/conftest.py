"""Fixtures of the tests of the endpoint."""

import pytest
from bulk_support import ROWS, Warehouse
from endpoint_support import make_project

from local_glue.stack import Stack


@pytest.fixture(scope="session")
def bulk_stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bulk")
    stack = Stack.start(make_project(folder), folder / "home")
    yield stack
    stack.stop()


@pytest.fixture
def warehouse(bulk_stack):
    warehouse = Warehouse(bulk_stack)
    for key in warehouse.keys(""):
        warehouse.s3.delete_object(Bucket="landing", Key=key)
    warehouse.table()
    return warehouse


@pytest.fixture
def filled(warehouse):
    """A warehouse with ROWS in public.t."""
    with warehouse.stack.connect() as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO public.t VALUES (%s, %s, %s, %s, %s, %s)", ROWS)
    return warehouse
