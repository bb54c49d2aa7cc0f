"""Fixtures of the tests of the warehouse."""

import pytest


@pytest.fixture
def database(stack):
    with stack.connect("warehouse") as connection:

        def run(text):
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

        yield run
