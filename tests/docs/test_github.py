"""What GitHub and development containers are told agrees with the Makefile and the versions of this project."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
WORKFLOWS = sorted((PROJECT / ".github/workflows").glob("*.yml"))
MAKEFILE = (PROJECT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))
PYTHON = "3.11"


def _steps(path):
    return [step for job in yaml.safe_load(path.read_text())["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def describe_a_workflow():
    def it_runs_targets_that_there_are(path):
        called = [step["run"].split()[1] for step in _steps(path) if "run" in step]
        assert called
        assert set(called) <= TARGETS

    def it_has_the_python_that_make_wants(path):
        wanted = [step["with"]["python-version"] for step in _steps(path) if "setup-python" in step.get("uses", "")]
        assert set(wanted) == {PYTHON}
        assert f"sys.version_info[:2] != ({PYTHON.replace('.', ', ')})" in MAKEFILE

    def it_may_only_read(path):
        assert yaml.safe_load(path.read_text())["permissions"] == {"contents": "read"}


def test_the_versions_of_glue_are_all_tested():
    from local_glue.versions import VERSIONS

    jobs = yaml.safe_load((PROJECT / ".github/workflows/ci.yml").read_text())["jobs"]
    assert {*jobs["glue-versions"]["strategy"]["matrix"]["glue"], "5.1"} == set(VERSIONS)


def test_nobody_updates_what_glue_preinstalls():
    fixed = {
        rule["dependency-name"]
        for rule in yaml.safe_load((PROJECT / ".github/dependabot.yml").read_text())["updates"][0]["ignore"]
    }
    dependencies = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert fixed <= {line.partition("==")[0] for line in dependencies}


def test_a_development_container_is_set_up_by_make():
    container = json.loads((PROJECT / ".devcontainer/devcontainer.json").read_text())
    assert container["postCreateCommand"].split()[1] in TARGETS
    assert f":{PYTHON}-" in container["image"]
