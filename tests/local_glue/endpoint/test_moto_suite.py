"""moto's own Glue tests, in server mode, pass against an empty stack: what moto keeps is kept here too."""

import hashlib
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import moto
import pytest
from endpoint_support import make_project

from local_glue.stack import Stack

PROJECT = Path(__file__).parents[3]
VERSION = "5.2.5"
SHA_256 = "391857257d5dac144334013c2c10e599def5f0562f553e979160140bd7bd9cf6"
CACHE = PROJECT / ".venv" / "moto-tests"
DIFFERENT = {
    "test_glue.py::test_get_job_exists": "AWS refuses AllocatedCapacity together with MaxCapacity",
    "test_glue.py::test_create_crawler_args_not_included_if_job_args_present": "AWS wants the trigger's job to exist",
    "test_glue_job_runs.py::test_get_job_run": "the run executes: a job of an unknown command fails",
    "test_glue_job_runs.py::test_start_job_run_setting_is_set[NumberOfWorkers-3]": "AWS wants type and number",
    "test_glue_job_runs.py::test_start_job_run_setting_is_set[WorkerType-G.1X]": "AWS wants type and number",
    "test_workflows.py::test_stop_workflow_run": "a run without anything to do is over, and cannot be stopped",
}
"""The tests that fail, and why."""
LEAST = 285


@pytest.fixture(scope="module")
def suite():
    """The folder of moto's source with its tests, fetched once and checked."""
    folder = CACHE / f"moto-{VERSION}"
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        fetch = ["download", "-q", "--no-deps", "--no-binary", "moto", f"moto=={VERSION}", "-d", str(CACHE)]
        done = subprocess.run([sys.executable, "-m", "pip", *fetch], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(
                f"NOT TESTED: moto's own tests, for its source cannot be fetched ({done.stderr[-200:].strip()})"
            )
        archive = CACHE / f"moto-{VERSION}.tar.gz"
        assert hashlib.sha256(archive.read_bytes()).hexdigest() == SHA_256
        with tarfile.open(archive) as tar:
            tar.extractall(CACHE, filter="data")
    return folder


@pytest.mark.nightly
@pytest.mark.stack
def test_all_pass_but_those_that_have_a_reason(suite, tmp_path):
    assert moto.__version__ == VERSION, "fetch the tests of the version that runs"
    stack = Stack.start(make_project(tmp_path), tmp_path / "home", empty=True)
    # The tests choose their endpoint and credentials themselves.
    variables = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    variables |= {"TEST_SERVER_MODE": "true", "TEST_SERVER_MODE_ENDPOINT": stack.endpoint_url, "PYTHONPATH": "."}
    variables |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "tests/test_glue", "-o", "addopts=", "-p", "no:cacheprovider",
             "-p", "no:xdist", "--tb=line", "--timeout=60"],
            cwd=suite, env=variables, capture_output=True, text=True,
        )  # fmt: skip
    finally:
        stack.stop()
    failed = set(re.findall(r"^FAILED tests/test_glue/(\S+)", done.stdout, re.MULTILINE))
    assert failed == set(DIFFERENT), done.stdout[-3000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) >= LEAST
