"""The version of Glue that a job asks for decides which Spark and which Python run it."""

import sys
from pathlib import Path

import pytest

from local_glue import versions
from local_glue.stack import Stack
from local_glue.versions import GlueVersion, GlueVersionError, find_python, find_version, interpreter, running

PROJECT = Path(__file__).parents[2]
TELLS = """
import sys
from pyspark.context import SparkContext
from awsglue.context import GlueContext
spark = GlueContext(SparkContext()).spark_session
(worker,) = spark.sparkContext.parallelize([0], 1).map(lambda _: "%d.%d" % sys.version_info[:2]).collect()
print("%d.%d" % sys.version_info[:2], worker, spark.version, spark.conf.get("spark.sql.ansi.enabled"))
"""


def describe_find_version():
    def it_names_those_that_run_here():
        with pytest.raises(GlueVersionError, match=r"'4\.0' does not run here: choose one of 5\.0, 5\.1, 6\.0"):
            find_version("4.0")


def describe_interpreter():
    def it_is_this_one_for_the_version_installed_here():
        assert interpreter(running(), {}) == Path(sys.executable)

    def it_says_what_a_project_lacks_for_another():
        with pytest.raises(GlueVersionError, match=r"lock file under \[tool\.local_glue\.glue_versions\]"):
            interpreter(GlueVersion("5.9", "3.9.9", "3.11"), {})


def describe_the_version_of_jobs_that_name_none():
    def it_is_the_one_installed_here():
        assert versions.default_name({}) == running().name

    def it_is_that_of_the_variable():
        assert versions.default_name({versions.VARIABLE: "6.0"}) == "6.0"


def describe_find_python():
    def it_finds_one_that_pyenv_keeps_and_has_not_chosen(tmp_path, monkeypatch):
        kept = tmp_path / "versions" / "3.98.0" / "bin" / "python3.98"
        kept.parent.mkdir(parents=True)
        kept.write_text("#!/bin/sh\necho 3.98\n")
        kept.chmod(0o755)
        monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
        assert find_python("3.98") == str(kept)

    def it_says_in_one_sentence_that_there_is_none():
        with pytest.raises(
            GlueVersionError, match=r"Python 3\.99 is not on this machine, and uv could not.*install it$"
        ):
            find_python("3.99")


@pytest.mark.stack
@pytest.mark.spark
def describe_a_job():
    @pytest.fixture
    def run(tmp_path):
        stack = Stack.start(PROJECT, tmp_path / "home", empty=True)
        stack.client("s3").create_bucket(Bucket="scripts")
        glue = stack.client("glue")

        def run(version):
            stack.client("s3").put_object(Bucket="scripts", Key="tell.py", Body=TELLS)
            command = {"Name": "glueetl", "ScriptLocation": "s3://scripts/tell.py"}
            glue.create_job(Name="tell", Role="arn:aws:iam::1:role/r", Command=command, GlueVersion=version)
            run_id = glue.start_job_run(JobName="tell")["JobRunId"]
            while True:
                found = glue.get_job_run(JobName="tell", RunId=run_id)["JobRun"]
                if found["JobRunState"] in ("SUCCEEDED", "FAILED", "ERROR"):
                    return found, stack.home.log_of(run_id).read_text()

        yield run
        stack.stop()

    @pytest.mark.nightly
    @pytest.mark.skipif(running() != versions.VERSIONS["5.1"], reason="other environments are made from that of 5.1")
    def it_runs_with_the_spark_and_python_of_its_version(run):
        found, log = run("6.0")
        assert found["JobRunState"] == "SUCCEEDED", log
        assert log.splitlines()[-1] == "3.13 3.13 4.1.1 true"

    @pytest.mark.ci
    def it_fails_if_its_version_does_not_run_here(run):
        found, _ = run("4.0")
        assert found["JobRunState"] == "FAILED"
        assert found["ErrorMessage"] == "Glue version '4.0' does not run here: choose one of 5.0, 5.1, 6.0"
