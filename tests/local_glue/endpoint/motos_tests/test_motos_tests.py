"""moto's own tests of Glue, run against `local-glue up --empty`: the endpoint holds what moto holds."""

import os
import shlex
import subprocess
import sys
import tarfile
import tomllib
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree

import pytest
from endpoint_support import Shell, make_project

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
HERE = Path(__file__).parent
LOCK = HERE / "moto.lock"
EXCEPTIONS = tomllib.loads((HERE / "exceptions.toml").read_text())
AT_LEAST = 275


@pytest.fixture(scope="session")
def moto_source():
    """The folder with moto's tests, from its source archive."""
    release = f"moto-{metadata.version('moto')}"
    folder = Path(sys.prefix) / "motos-tests" / release
    if not (folder / "tests").exists():
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "moto", "--require-hashes"]
        got = subprocess.run([*pip, "-r", LOCK, "-d", folder.parent], capture_output=True, text=True)
        if got.returncode:
            pytest.skip(f"NOT TESTED: moto's tests of Glue, for its source cannot be downloaded: {got.stderr[-200:]}")
        with tarfile.open(folder.parent / f"{release}.tar.gz") as archive:
            wanted = (f"{release}/pyproject.toml", f"{release}/tests/")
            archive.extractall(
                folder.parent, [m for m in archive.getmembers() if m.name.startswith(wanted)], filter="data"
            )
    return folder


@pytest.fixture(scope="session")
def results(moto_source, tmp_path_factory):
    """The outcome of each of moto's tests of Glue: passed, failed or skipped."""
    shell = Shell(make_project(tmp_path_factory.mktemp("project")), tmp_path_factory.mktemp("state") / "home")
    report = tmp_path_factory.mktemp("report") / "report.xml"
    shell("up", "--empty")
    try:
        stack = dict(word.split("=", 1) for word in shlex.split(shell("env")) if word != "export")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
        environment |= {
            "AWS_ACCESS_KEY_ID": stack["AWS_ACCESS_KEY_ID"],
            "AWS_SECRET_ACCESS_KEY": stack["AWS_SECRET_ACCESS_KEY"],
            "AWS_DEFAULT_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1,localhost",
            "PYTHONPATH": os.pathsep.join(map(str, moto_source.parent.glob("*.whl"))),
            "TEST_SERVER_MODE": "true",
            "TEST_SERVER_MODE_ENDPOINT": stack["AWS_ENDPOINT_URL"],
        }
        options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=short", f"--junitxml={report}"]
        command = [sys.executable, "-m", "pytest", *options, "tests/test_glue"]
        said = subprocess.run(command, cwd=moto_source, env=environment, capture_output=True, text=True)
    finally:
        shell("down")
    assert report.exists(), said.stdout + said.stderr
    return {name_of(case): outcome_of(case) for case in ElementTree.parse(report).iter("testcase")}


def name_of(case):
    return f"{case.get('classname').rpartition('.')[2]}.py::{case.get('name')}"


def outcome_of(case):
    kinds = {child.tag for child in case}
    return "skipped" if "skipped" in kinds else "failed" if kinds & {"failure", "error"} else "passed"


def named(results, outcome):
    return {name for name, found in results.items() if found == outcome}


def describe_motos_tests_of_glue():
    def it_passes_all_but_those_with_a_reason(results):
        assert sorted(named(results, "failed") - set(EXCEPTIONS)) == []

    def it_has_no_reason_for_a_test_that_passes(results):
        assert sorted(set(EXCEPTIONS) - named(results, "failed")) == []

    def it_passes_most_of_them(results):
        assert len(named(results, "passed")) >= AT_LEAST


def describe_the_source():
    def it_is_that_of_the_installed_moto():
        assert f"moto=={metadata.version('moto')} --hash" in LOCK.read_text()
