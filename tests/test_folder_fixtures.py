import os
import subprocess
import sys
from pathlib import Path

CONFTEST = """
from folder_fixtures import FolderFixtures
def pytest_configure(config):
    config.pluginmanager.register(FolderFixtures())
"""
FIXTURES = """
import pytest
@pytest.fixture(scope="session")
def {name}():
    print("{name} begins")
    yield
    print("{name} ends")
"""
TESTS = """
{fixtures}
def describe_{name}():
    def one({uses}): print("a test of {name}")
    def two({uses}): print("a test of {name}")
"""


def test_a_fixture_of_the_session_ends_when_the_tests_leave_the_file_or_folder_that_has_it(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "conftest.py").write_text(CONFTEST + FIXTURES.format(name="everywhere"))
    (tmp_path / "folder" / "conftest.py").write_text(FIXTURES.format(name="of_folder"))
    for name, uses, fixtures in (
        ("folder/test_a.py", "everywhere, of_folder, of_file", FIXTURES.format(name="of_file")),
        ("folder/test_b.py", "of_folder", ""),
        ("test_c.py", "everywhere", ""),
    ):
        stem = Path(name).stem
        (tmp_path / name).write_text(TESTS.format(fixtures=fixtures, name=stem, uses=uses))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-qsp", "no:cacheprovider", "--rootdir", ".", "."],
        cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
    )  # fmt: skip
    told = [line.lstrip(".") for line in done.stdout.splitlines() if line.endswith((" begins", " ends"))]
    told += [f"{done.stdout.count('a test of')} tests"]
    assert told == [
        "everywhere begins", "of_folder begins", "of_file begins", "of_file ends", "of_folder ends", "everywhere ends",
        "6 tests",
    ]  # fmt: skip
    assert done.stdout.index("of_folder ends") < done.stdout.index("a test of test_c")
