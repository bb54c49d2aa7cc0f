"""Each locked version has a wheel for the machines that the docs name; pyspark, Python and jars, is built anywhere."""

import subprocess
import sys
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
MACHINES = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin")
LOCKS = {"run": "3.11", "dev": "3.11", "run-5.0": "3.11", "run-6.0": "3.13"}
"""Lock files, and the Python that they are for."""


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("lock", LOCKS)
def test_everything_locked_has_a_wheel(lock, machine, tmp_path):
    command = [sys.executable, "-m", "local_glue.uv", "pip", "install", "--dry-run", "--require-hashes"]
    command += ["--python-platform", machine, "--python-version", LOCKS[lock], "--target", str(tmp_path)]
    command += ["--only-binary", ":all:", "--no-binary", "pyspark", "-r", str(REQUIREMENTS / f"{lock}.lock")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
