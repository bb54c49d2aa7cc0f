"""Jobs of command pythonshell: a Python process without Spark."""

import io
import platform
import zipfile

import pytest
from endpoint_support import BUCKET, OK, states

from local_glue.endpoint.glue.commands import SHELL_VERSIONS

RESOLVES = """
import sys
from awsglue.utils import getResolvedOptions
found = getResolvedOptions(sys.argv, {names!r})
print(*[found[name] for name in {names!r}])
"""
HERE = platform.python_version().rpartition(".")[0]
pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(
        HERE not in SHELL_VERSIONS, reason="Python shell jobs run with this Python, which has no such jobs"
    ),
]


def shell(tiny, name, code=OK, version=HERE, **options):
    """A Python shell job with this script."""
    full = f"{name}_{tiny.mark}"
    tiny.s3.put_object(Bucket=BUCKET, Key=f"{full}.py", Body=code.encode())
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{BUCKET}/{full}.py", "PythonVersion": version}
    tiny.glue.create_job(Name=full, Role="role", Command=command, **options)
    return full


def wheel(tiny):
    """A wheel with the module `prices` in S3."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("prices/__init__.py", "PRICE = 7\n")
    key = f"{tiny.mark}/prices-1.0-py3-none-any.whl"
    tiny.s3.put_object(Bucket=BUCKET, Key=key, Body=body.getvalue())
    return f"s3://{BUCKET}/{key}"


def describe_a_run():
    def it_gets_the_options_of_job_and_run(tiny):
        code = RESOLVES.format(names=["colour", "size"])
        job = shell(tiny, "options", code, DefaultArguments={"--colour": "red", "--size": "1"})
        run = tiny.run(job, Arguments={"--size": "2"})
        assert run["JobRunState"] == "SUCCEEDED", tiny.log(run["Id"])
        assert tiny.log(run["Id"]) == "red 2\n"

    def it_imports_extra_py_files(tiny):
        job = shell(
            tiny, "extra", "import prices; print(prices.PRICE)", DefaultArguments={"--extra-py-files": wheel(tiny)}
        )
        assert tiny.log(tiny.run(job)["Id"]) == "7\n"

    @pytest.mark.parametrize("module", ["pyspark", "py4j", "awsglue.context"])
    def it_has_no_spark(tiny, module):
        run = tiny.run(shell(tiny, "spark", f"import {module}"))
        assert run["JobRunState"] == "FAILED"
        assert run["ErrorMessage"].startswith("ModuleNotFoundError")

    def it_calls_aws(tiny):
        code = f"import boto3; boto3.client('s3').put_object(Bucket='{BUCKET}', Key='{tiny.mark}', Body=b'there')"
        assert tiny.run(shell(tiny, "aws", code))["JobRunState"] == "SUCCEEDED"
        assert tiny.s3.get_object(Bucket=BUCKET, Key=tiny.mark)["Body"].read() == b"there"

    def it_fails_with_the_scripts_error(tiny):
        run = tiny.run(shell(tiny, "bad", "raise ValueError('no such thing')"))
        assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", "ValueError: no such thing")

    def it_does_not_know_its_own_name(tiny):
        run = tiny.run(shell(tiny, "name", RESOLVES.format(names=["JOB_NAME"])))
        assert run["JobRunState"] == "FAILED"
        assert "the following arguments are required: --JOB_NAME" in tiny.log(run["Id"])

    def it_walks_with_spark_jobs_in_a_workflow(tiny):
        flow, spark = tiny.workflow(), tiny.job("spark")
        first = shell(tiny, "first", RESOLVES.format(names=["WORKFLOW_NAME", "WORKFLOW_RUN_ID"]))
        tiny.trigger("start", "ON_DEMAND", [first], flow)
        tiny.when("then", [spark], flow, "AND", **{first: "SUCCEEDED"})
        run = tiny.run_workflow(flow)
        assert states(run) == {"first": ["SUCCEEDED"], "spark": ["SUCCEEDED"]}
        said = tiny.log(tiny.glue.get_job_runs(JobName=first)["JobRuns"][0]["Id"])
        assert said == f"{flow} {run['WorkflowRunId']}\n"


def describe_its_python():
    @pytest.mark.parametrize("version", ["3.9", "3.11"])
    def it_says_what_runs_it_if_that_is_another(tiny, version):
        said = tiny.log(tiny.run(shell(tiny, "version", version=version))["Id"])
        note = "" if version == HERE else f"local_glue: PythonVersion {version} runs on Python {HERE} here.\n"
        assert sorted(said.splitlines()) == sorted(f"{note}fine\n".splitlines())


def describe_its_capacity():
    @pytest.mark.parametrize(
        ("of_job", "of_run", "shown"),
        [
            ({}, {}, (0.0625, 0)),
            ({"MaxCapacity": 1.0}, {}, (1.0, 1)),
            ({"MaxCapacity": 1.0}, {"MaxCapacity": 0.0625}, (0.0625, 0)),
            ({}, {"MaxCapacity": 1.0}, (1.0, 1)),
        ],
    )
    def it_is_a_sixteenth_of_a_unit_or_one(tiny, of_job, of_run, shown):
        run = tiny.run(shell(tiny, "units", **of_job), **of_run)
        assert (run["MaxCapacity"], run["AllocatedCapacity"]) == shown
        assert "WorkerType" not in run

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"MaxCapacity": 2.0}, r"is 0\.0625 or 1"),
            ({"WorkerType": "G.1X", "NumberOfWorkers": 2}, "Worker Type is not supported for Job Command pythonshell"),
        ],
    )
    def it_refuses_any_other(tiny, given, message):
        refused = tiny.glue.exceptions.InvalidInputException
        with pytest.raises(refused, match=message):
            shell(tiny, "other", **given)
        with pytest.raises(refused, match=message):
            tiny.start(shell(tiny, "plain"), **given)

    def it_has_no_glue_version_of_its_own(tiny):
        assert "GlueVersion" not in tiny.glue.get_job(JobName=shell(tiny, "version"))["Job"]
