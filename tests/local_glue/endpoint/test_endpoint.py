"""Definitions, bookmarks and refusals of the endpoint, driven by boto3 and the AWS CLI."""

import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.exceptions import ClientError
from endpoint_support import BUCKET

pytestmark = pytest.mark.stack
ACCOUNT = "123456789012"


def describe_jobs():
    def it_keeps_a_definition(tiny):
        job = tiny.job("a", DefaultArguments={"--x": "1"}, Connections={"Connections": ["c"]}, MaxRetries=2, Timeout=7)
        kept = tiny.glue.get_job(JobName=job)["Job"]
        assert (kept["MaxRetries"], kept["Timeout"], kept["DefaultArguments"]) == (2, 7, {"--x": "1"})
        assert kept["Command"]["Name"] == "glueetl"
        assert kept["ExecutionProperty"] == {"MaxConcurrentRuns": 1}
        assert "JobId" not in kept

    def it_updates_by_replacing(tiny):
        job = tiny.job("a", DefaultArguments={"--x": "1"}, Timeout=7)
        created = tiny.glue.get_job(JobName=job)["Job"]["CreatedOn"]
        command = {"Name": "glueetl", "ScriptLocation": "s3://elsewhere/x.py"}
        tiny.glue.update_job(JobName=job, JobUpdate={"Role": "other", "Command": command, "MaxRetries": 1})
        kept = tiny.glue.get_job(JobName=job)["Job"]
        assert (kept["Role"], kept["MaxRetries"], kept["CreatedOn"]) == ("other", 1, created)
        assert "DefaultArguments" not in kept

    def it_refuses_a_second_of_the_same_name(tiny):
        job = tiny.job("a")
        command = {"Name": "glueetl", "ScriptLocation": "s3://b/x.py"}
        with pytest.raises(tiny.glue.exceptions.AlreadyExistsException):
            tiny.glue.create_job(Name=job, Role="r", Command=command)

    def it_deletes_and_forgets(tiny):
        job = tiny.job("a")
        tiny.run(job)
        tiny.glue.delete_job(JobName=job)
        for call in (tiny.glue.get_job, tiny.glue.get_job_runs, tiny.glue.start_job_run):
            with pytest.raises(tiny.glue.exceptions.EntityNotFoundException, match=job):
                call(JobName=job)

    def it_finds_several_and_names_those_missing(tiny):
        job = tiny.job("a")
        answer = tiny.glue.batch_get_jobs(JobNames=[job, "absent"])
        assert [j["Name"] for j in answer["Jobs"]] == [job]
        assert answer["JobsNotFound"] == ["absent"]

    def it_pages(tiny):
        jobs = [tiny.job(f"p{i}") for i in range(5)]
        pages = list(tiny.glue.get_paginator("get_jobs").paginate(PaginationConfig={"PageSize": 2}))
        assert len(pages) >= 3
        assert set(jobs) <= {job["Name"] for page in pages for job in page["Jobs"]}

    def it_keeps_tags(tiny):
        job = tiny.job("a", Tags={"team": tiny.mark})
        arn = f"arn:aws:glue:us-east-1:{ACCOUNT}:job/{job}"
        assert tiny.glue.get_tags(ResourceArn=arn)["Tags"] == {"team": tiny.mark}
        assert tiny.glue.list_jobs(Tags={"team": tiny.mark})["JobNames"] == [job]
        tiny.glue.tag_resource(ResourceArn=arn, TagsToAdd={"more": "1"})
        assert tiny.glue.get_tags(ResourceArn=arn)["Tags"] == {"team": tiny.mark, "more": "1"}


def describe_connections():
    def it_creates_updates_and_deletes(tiny):
        name = f"dwh_{tiny.mark}"
        properties = {"JDBC_CONNECTION_URL": "jdbc:redshift://h/d", "SECRET_ID": "s", "PASSWORD": "p"}
        given = {"Name": name, "ConnectionType": "JDBC", "ConnectionProperties": properties}
        tiny.glue.create_connection(ConnectionInput=given)
        kept = tiny.glue.get_connection(Name=name)["Connection"]
        assert kept["ConnectionType"] == "JDBC"
        assert kept["ConnectionProperties"] == properties
        hidden = tiny.glue.get_connection(Name=name, HidePassword=True)["Connection"]["ConnectionProperties"]
        assert "PASSWORD" not in hidden
        changed = {**given, "ConnectionProperties": {**properties, "SECRET_ID": "t"}}
        tiny.glue.update_connection(Name=name, ConnectionInput=changed)
        assert tiny.glue.get_connection(Name=name)["Connection"]["ConnectionProperties"]["SECRET_ID"] == "t"
        assert name in {
            c["Name"] for c in tiny.glue.get_connections(Filter={"ConnectionType": "JDBC"})["ConnectionList"]
        }
        tiny.glue.delete_connection(ConnectionName=name)
        with pytest.raises(tiny.glue.exceptions.EntityNotFoundException, match=name):
            tiny.glue.get_connection(Name=name)

    def it_deletes_several(tiny):
        given = {"Name": f"x_{tiny.mark}", "ConnectionType": "JDBC", "ConnectionProperties": {}}
        tiny.glue.create_connection(ConnectionInput=given)
        answer = tiny.glue.batch_delete_connection(ConnectionNameList=[given["Name"], "absent"])
        assert answer["Succeeded"] == [given["Name"]]
        assert answer["Errors"]["absent"]["ErrorCode"] == "EntityNotFoundException"


def describe_bookmarks():
    @pytest.fixture
    def saved(tiny, endpoint):
        from local_glue.bookmarks import BookmarkStore

        job, store = tiny.job("a"), BookmarkStore(endpoint.access.home.path)
        for run_id, mark in (("jr_1", "one"), ("jr_2", "two")):
            store.begin(job, run_id)
            store.save(job, run_id, None, {"source": {"mark": mark}})
        return job

    def it_answers_as_aws(tiny, saved):
        entry = tiny.glue.get_job_bookmark(JobName=saved)["JobBookmarkEntry"]
        assert (entry["JobName"], entry["RunId"], entry["Run"]) == (saved, "jr_2", 2)
        assert json.loads(entry["JobBookmark"]) == {"source": {"mark": "two"}}

    def it_rewinds_to_a_run(tiny, saved):
        entry = tiny.glue.reset_job_bookmark(JobName=saved, RunId="jr_1")["JobBookmarkEntry"]
        assert json.loads(entry["JobBookmark"]) == {"source": {"mark": "one"}}

    def it_resets(tiny, saved):
        tiny.glue.reset_job_bookmark(JobName=saved)
        assert tiny.glue.get_job_bookmark(JobName=saved)["JobBookmarkEntry"]["JobBookmark"] == "{}"

    def it_names_what_is_not_there(tiny, saved):
        for call in (
            lambda: tiny.glue.get_job_bookmark(JobName="never-run"),
            lambda: tiny.glue.reset_job_bookmark(JobName="never-run"),
            lambda: tiny.glue.reset_job_bookmark(JobName=saved, RunId="jr_9"),
        ):
            with pytest.raises(tiny.glue.exceptions.EntityNotFoundException, match=r"never-run|jr_9"):
                call()

    def it_goes_with_its_job(tiny, saved):
        tiny.glue.delete_job(JobName=saved)
        with pytest.raises(tiny.glue.exceptions.EntityNotFoundException):
            tiny.glue.get_job_bookmark(JobName=saved)


def describe_what_is_not_emulated():
    @pytest.mark.parametrize(
        ("service", "call", "arguments"),
        [
            ("glue", "list_data_quality_rulesets", {}),
            ("glue", "create_blueprint", {"Name": "x", "BlueprintLocation": "s3://b/x.zip"}),
            ("glue", "resume_workflow_run", {"Name": "w", "RunId": "r", "NodeIds": ["n"]}),
            ("glue", "run_statement", {"SessionId": "s", "Code": "1"}),
            ("glue", "start_ml_evaluation_task_run", {"TransformId": "t"}),
            ("dynamodb", "list_imports", {}),
            ("iam", "list_service_specific_credentials", {}),
            ("sns", "get_data_protection_policy", {"ResourceArn": "arn:aws:sns:us-east-1:123456789012:topic"}),
            ("lambda", "list_code_signing_configs", {}),
            ("redshift-serverless", "list_namespaces", {}),
        ],
    )
    def it_says_so_at_once_with_sdk_default_retries(endpoint, service, call, arguments):
        client = boto3.client(
            service,
            endpoint_url=endpoint.url,
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="y",
        )
        started = time.monotonic()
        with pytest.raises(ClientError, match="local_glue does not emulate") as caught:
            getattr(client, call)(**arguments)
        assert time.monotonic() - started < 15
        answer = caught.value.response
        assert answer["Error"]["Code"] == "UnsupportedOperationException"
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert answer["ResponseMetadata"]["RetryAttempts"] == 0

    def it_answers_400_when_the_endpoint_itself_stumbles(endpoint):
        scope = "AWS4-HMAC-SHA256 Credential=x/20240101/us-east-1/glue/aws4_request, SignedHeaders=host, Signature=x"
        headers = {
            "X-Amz-Target": "AWSGlue.GetDatabase", "Content-Type": "application/x-amz-json-1.1", "Authorization": scope
        }  # fmt: skip
        request = urllib.request.Request(endpoint.url, b"not json", headers)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        assert caught.value.code == 400
        assert "server.log" in json.loads(caught.value.read())["message"]


def describe_the_rest_of_glue():
    def it_still_has_a_catalog(tiny):
        tiny.glue.create_database(DatabaseInput={"Name": f"db_{tiny.mark}"})
        assert tiny.glue.get_database(Name=f"db_{tiny.mark}")["Database"]["Name"] == f"db_{tiny.mark}"


def describe_the_aws_cli():
    @pytest.fixture
    def aws(endpoint):
        program = shutil.which("aws")
        if not program or subprocess.run([program, "--version"], capture_output=True).returncode:
            pytest.skip("the AWS CLI is not on this machine")
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        environment = {**kept, "AWS_PAGER": "", **endpoint.access.environment()}

        def run(*arguments):
            command = [program, "--output", "json", *arguments]
            done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        return run

    def it_starts_and_reads_job_runs(aws, tiny):
        job = tiny.job("cli", "raise ValueError('from the CLI')")
        run_id = aws("glue", "start-job-run", "--job-name", job)["JobRunId"]
        tiny.finished(job, run_id)
        run = aws("glue", "get-job-run", "--job-name", job, "--run-id", run_id)["JobRun"]
        assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", "ValueError: from the CLI")


def describe_reset():
    def it_empties_every_service(endpoint, tiny):
        job = tiny.job("slow", "import time; time.sleep(60)")
        run_id = tiny.start(job)
        started = time.monotonic()
        urllib.request.urlopen(urllib.request.Request(f"{endpoint.url}/moto-api/reset", method="POST")).close()
        assert time.monotonic() - started < 15  # 1 s on an idle machine
        assert tiny.s3.list_buckets()["Buckets"] == []
        assert tiny.glue.get_jobs()["Jobs"] == []
        with pytest.raises(tiny.glue.exceptions.EntityNotFoundException):
            tiny.state(job, run_id)
        tiny.s3.create_bucket(Bucket=BUCKET)
