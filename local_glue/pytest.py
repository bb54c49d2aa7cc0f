"""A fixture for tests of any Glue project: `pytest_plugins = ["local_glue.pytest"]`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_glue.stack import Stack


@pytest.fixture(scope="session")
def local_glue_stack(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Stack]:
    """The stack of all tests: that of the project in pytest's root folder."""
    stack = Stack.start(Path(pytestconfig.rootpath), tmp_path_factory.mktemp("local_glue") / "home")
    yield stack
    stack.stop()


@pytest.fixture
def local_glue(local_glue_stack: Stack) -> Stack:
    """The project's AWS, as it is when it was just provided: clients, jobs, workflows, databases."""
    local_glue_stack.reset()
    return local_glue_stack
