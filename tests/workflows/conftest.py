"""One local stack for all workflow tests, run in this process and reset before each of them."""

from pathlib import Path

import pytest
from pipeline import Pipeline

PROJECT = Path(__file__).parents[2]
LAB = PROJECT.parent / "shared" / "data" / "lab"


@pytest.fixture
def pipeline(spark, project_stack, tmp_path):
    """The workflow on an emptied stack."""
    folder = tmp_path / "delivered"
    folder.mkdir()
    return Pipeline(project_stack, folder)


@pytest.fixture(scope="session")
def lab():
    """The folder of real data."""
    if not LAB.is_dir():
        pytest.skip(f"the real data ({LAB.parent.parent.name}/{LAB.parent.name}/{LAB.name}) is not on this machine")
    return LAB


@pytest.fixture
def sparkify(spark, project_stack, tmp_path):
    """The workflow sparkify on an emptied stack."""
    folder = tmp_path / "delivered"
    folder.mkdir()
    return Pipeline(project_stack, folder, workflow="sparkify")


@pytest.fixture(scope="session")
def events_and_songs():
    """The folder of real log_data and song_data."""
    folder = LAB.parent / "sparkify"
    if not folder.is_dir():
        pytest.skip(f"the real data ({LAB.parent.parent.name}/{LAB.parent.name}/{folder.name}) is not on this machine")
    return folder
