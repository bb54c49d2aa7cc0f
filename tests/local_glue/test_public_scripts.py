"""Amazon's samples, from a checkout in $GLUE_SAMPLES, end as local_glue/docs/public-scripts.md says."""

import os
import re
from pathlib import Path

import public_world
import pytest

from local_glue.stack import Stack

PAGE = Path(__file__).parents[2] / "local_glue/docs/public-scripts.md"
SECTION = PAGE.read_text(encoding="utf-8").partition("## Amazon's samples")[2].partition("## Scripts of others")[0]
RESULTS = dict(re.findall(r"^\| `([^`]+\.py)` \| (.*) \|$", SECTION, re.MULTILINE))
S3 = "s3://awsglue-datasets/hive/1.json"
ARGUMENTS = {
    "export_from_datacatalog": {"--mode": "to-s3", "--database-names": "d", "--output-path": "s3://outputbucket/h/"},
    "import_into_datacatalog": {"--mode": "from-s3", "--database-input-path": S3, "--table-input-path": S3,
                                "--partition-input-path": S3},
    "crawler_undo": {"--crawler-name": "c", "--database-name": "d", "--timestamp": "1", "--backup-location": S3},
    "crawler_redo_from_backup": {"--crawler-name": "c", "--database-name": "d", "--backup-location": S3},
}  # fmt: skip
LIBRARIES = {"Hive_metastore_migration": "hive_metastore_migration.py", "Crawler_undo_redo": "scripts_utils.py"}
"""The module beside the scripts of a folder, which they import."""


@pytest.fixture(scope="module")
def samples():
    if not os.environ.get("GLUE_SAMPLES"):
        pytest.skip("GLUE_SAMPLES names no checkout of aws-glue-samples")
    return Path(os.environ["GLUE_SAMPLES"])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    project = tmp_path_factory.mktemp("samples")
    (project / "pyproject.toml").write_text(public_world.PROJECT)
    stack = Stack.start(project, project / "home")
    public_world.provide(stack.client)
    yield stack
    stack.stop()


def test_each_script_that_is_listed_runs_or_is_refused():
    assert len(RESULTS) > 20
    assert {result.partition(":")[0].partition(",")[0].partition(";")[0] for result in RESULTS.values()} == {
        "runs", "refused",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.stack
@pytest.mark.spark
@pytest.mark.parametrize("path", RESULTS)
def test_it_ends_as_the_page_says(samples, world, path):
    script = samples / path
    definition = {"Command": {"Name": "glueray" if "/ray/" in path else "glueetl", "PythonVersion": "3"}}
    definition["Command"]["ScriptLocation"] = public_world.upload(world.client, script, path)
    if library := next((name for folder, name in LIBRARIES.items() if folder in path), None):
        uri = public_world.upload(world.client, script.with_name(library), library)
        definition["DefaultArguments"] = {"--extra-py-files": uri}
    world.client("glue").create_job(Name=path.replace("/", "_"), Role="role", **definition)
    run = world.run_job(path.replace("/", "_"), ARGUMENTS.get(script.stem, {}))
    if RESULTS[path].startswith("runs"):
        assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None)
    else:
        assert run["JobRunState"] == "FAILED"
        assert re.match(r"refused: `([^`]+)`", RESULTS[path])[1] in run["ErrorMessage"]
