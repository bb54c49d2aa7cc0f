import pytest
from endpoint_support import Shell, make_project

SECOND = """
import sys
if sys.argv[sys.argv.index("--mood") + 1] == "bad":
    class MoodError(Exception): pass
    raise MoodError("the mood is bad:\\n  try another")
"""


@pytest.fixture(scope="session")  # pytest-describe sets up module fixtures again for each block
def up(tmp_path_factory):
    project = make_project(tmp_path_factory.mktemp("project"), second=SECOND)
    shell = Shell(project, tmp_path_factory.mktemp("state") / "home")
    shell("up")
    yield shell
    shell("down")
