"""The definitions that a workflows file becomes; no stack needed."""

import json

import pytest
from endpoint_support import WORKFLOWS, make_project

from local_glue.config import load_config
from local_glue.errors import ConfigError
from local_glue.provision.workflow_file import fill, read_definitions


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path)


def rewrite(project, **changes):
    document = json.loads(json.dumps(WORKFLOWS))
    document["workflows"]["shop"].update(changes)
    (project / "workflows.json").write_text(json.dumps(document))
    return load_config(project)


def describe_the_workflows_file():
    def it_becomes_definitions(project):
        definitions = read_definitions(load_config(project))
        first, second = definitions.jobs
        assert first["DefaultArguments"] == {
            "--job-bookmark-option": "job-bookmark-disable", "--TempDir": "s3://scripts/temp/",
            "--extra-py-files": "s3://scripts/lib/shop.zip", "--bucket": "landing", "--mood": "calm",
        }  # fmt: skip
        assert second["DefaultArguments"]["--mood"] == "wild"
        assert first["Connections"] == {"Connections": ["shop-dwh"]}
        assert definitions.scripts == ["jobs/first.py", "jobs/second.py"]
        start, after = definitions.triggers
        assert (start["Type"], start["Schedule"]) == ("SCHEDULED", "cron(0 4 * * ? *)")
        assert after["Predicate"]["Conditions"][0]["JobName"] == "first"

    def it_fills_values_as_templatefile_does():
        assert fill({"a": ["${x}-${ x }", "$${x}", "$x $"]}, {"x": '1"'}, "f") == {"a": ['1"-1"', "${x}", "$x $"]}
        with pytest.raises(ConfigError, match=r"\$\{y\} has no value"):
            fill("${y}", {}, "f")

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"jobs": {"first": {}}}, "first has no script"),
            ({"jobs": {"first": {"script": "x", "timeout": 1}}}, "unknown keys timeout"),
            ({"jobs": {"first": {"script": "x", "bookmark": "yes"}}}, "bookmark must be"),
            ({"triggers": [{"name": "t", "type": "ON_DEMAND", "actions": ["absent"]}]}, "unknown job absent"),
            ({"triggers": [{"name": "t", "type": "SCHEDULED", "actions": ["first"]}]}, "schedule"),
        ],
    )
    def it_names_what_is_wrong(project, changes, message):
        with pytest.raises(ConfigError, match=message):
            read_definitions(rewrite(project, **changes))
