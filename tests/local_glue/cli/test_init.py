"""What `local-glue init` writes works as it is: its own test passes, in a folder of its own."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from local_glue.cli.main import app


def _init(folder):
    return CliRunner().invoke(app, ["init", str(folder)])


@pytest.mark.stack
@pytest.mark.spark
def test_the_new_project_passes_its_own_test(tmp_path):
    answer = _init(tmp_path / "shop")
    assert answer.exit_code == 0
    assert "shop/jobs/load_orders.py" in answer.output
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path / "shop", env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_it_overwrites_nothing(tmp_path):
    (tmp_path / "pyproject.toml").write_text("mine")
    answer = _init(tmp_path)
    assert answer.exit_code == 1
    assert "is there already" in answer.output
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
