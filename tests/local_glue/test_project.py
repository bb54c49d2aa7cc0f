"""What a project's pyproject.toml and workflows file become; no stack needed."""

import json
import zipfile

import pytest
from endpoint_support import WORKFLOWS, make_project

from local_glue.config import Library, find_project, home_for, load_config
from local_glue.errors import ConfigError
from local_glue.provision.resources import zip_library
from local_glue.provision.workflow_file import fill, read_definitions


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path)


def rewrite(project, **changes):
    document = json.loads(json.dumps(WORKFLOWS))
    document["workflows"]["shop"].update(changes)
    (project / "workflows.json").write_text(json.dumps(document))
    return load_config(project)


def describe_config():
    def it_reads_the_section(project):
        config = load_config(project)
        assert [bucket.name for bucket in config.buckets if bucket.versioning] == ["landing"]
        assert config.databases["warehouse"].groups == ("readers",)
        assert config.connections["shop-dwh"].secret == "shop/dwh"
        assert config.dynamodb_tables[0].indexes[0].hash_key == "state"

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ('engine = "redshift"', 'engine = "oracle"', "engine of database warehouse"),
            ('database = "warehouse"', 'database = "other"', "connection shop-dwh names unknown database other"),
            ('landing_bucket = "landing"', 'landing_bucket = "absent"', "landing_bucket absent"),
            ("minute_seconds = 1.0", "minutes = 1.0", "minutes"),
            ('dbname = "dwh"', "", "dbname"),
            ("[tool.local_glue]", "[tool.local_glue", "not valid TOML"),
        ],
    )
    def it_names_what_is_wrong(project, old, new, message):
        file = project / "pyproject.toml"
        file.write_text(file.read_text().replace(old, new, 1))
        with pytest.raises(ConfigError, match=message):
            load_config(project)

    def it_is_found_from_below(project, tmp_path_factory):
        assert find_project(project / "jobs") == project
        with pytest.raises(ConfigError, match=r"tool\.local_glue"):
            find_project(tmp_path_factory.mktemp("elsewhere"))

    def it_places_the_home(project, monkeypatch, tmp_path):
        monkeypatch.delenv("LOCAL_GLUE_HOME", raising=False)
        assert home_for(project) == project / ".local_glue"
        monkeypatch.setenv("LOCAL_GLUE_HOME", str(tmp_path / "other"))
        assert home_for(project) == tmp_path / "other"


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


def describe_library_zips():
    def it_keeps_the_path_and_the_parents(project):
        (project / "shop/lib/__pycache__").mkdir()
        (project / "shop/lib/__pycache__/x.pyc").write_text("")
        (project / "shop/lib/terms.json").write_text("{}")
        file = project / "lib.zip"
        file.write_bytes(zip_library(project, Library("shop/lib", "lib.zip")))
        assert zipfile.ZipFile(file).namelist() == [
            "shop/__init__.py", "shop/lib/__init__.py", "shop/lib/prices.py", "shop/lib/terms.json",
        ]  # fmt: skip

    def it_is_the_same_for_the_same_content(project):
        library = Library("shop/lib", "lib.zip")
        before = zip_library(project, library)
        (project / "shop/lib/prices.py").touch()
        assert zip_library(project, library) == before
