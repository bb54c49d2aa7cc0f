"""Reading the configuration of a project; no stack needed."""

import pytest
from endpoint_support import make_project

from local_glue.config import find_project, home_for, load_config
from local_glue.errors import ConfigError


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path)


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
