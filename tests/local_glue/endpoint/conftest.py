"""Fixtures of the tests of the endpoint."""

import pytest
from bulk_support import ROWS, Warehouse


@pytest.fixture
def warehouse(shop_stack):
    warehouse = Warehouse(shop_stack)
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
