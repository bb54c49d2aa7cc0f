"""The boto3 calls of the jobs in whole workflow runs are what their roles in Terraform allow."""

import fnmatch
import json
from pathlib import Path

import pytest
from terraform_support import LOCAL, Terraform

from demo.generate import generate
from glue_jobs.lib.run import arguments, aws
from tests.workflows.pipeline import Pipeline

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"
DATABASES = {
    "rds": {"mode": "existing", "jdbc_url": "jdbc:postgresql://db:5432/music", "secret_arn": SECRET},
    "redshift": {"mode": "existing", "jdbc_url": "jdbc:redshift://wh:5439/warehouse", "secret_arn": SECRET},
}
SMALL = {"streams": {"days": 2, "plays": 2_000}, "sparkify": {"days": 2, "events": 500, "songs": 20}}
PEOPLE = ["users", "streams", "log_data"]
BACKFILL = {"from_date": "2024-06-25", "to_date": "2024-06-25"}

pytestmark = [pytest.mark.slow, pytest.mark.stack, pytest.mark.spark, pytest.mark.timeout(900)]


@pytest.fixture
def policies(project_stack, terraform):
    """The statements of each kind of job's role, as Terraform plans it for the local endpoint."""
    planning = Terraform(terraform.folder, endpoint_url=project_stack.endpoint_url, kms_key_arn=KEY, **DATABASES)
    planning("plan", "-input=false", "-refresh=false", *LOCAL, "-out=roles.tfplan")
    plan = json.loads(planning("show", "-json", "roles.tfplan"))
    return {
        item["index"]: json.loads(item["values"]["policy"])["Statement"]
        for item in plan["planned_values"]["root_module"]["resources"]
        if item["type"] == "aws_iam_role_policy" and item["name"] == "job"
    }


@pytest.fixture
def calls(project_stack, monkeypatch):
    """(job, action, resource, context) of every call that jobs make with clients of `aws.client`."""
    seen, job = set(), [""]
    parsed, client = arguments._parsed, aws._client

    def noting_job(argv):
        found = parsed(argv)
        job[0] = found[0]["JOB_NAME"]
        return found

    def noting_calls(*key):
        made = client(*key)
        made.meta.events.register(
            "provide-client-params.*.*",
            lambda params, model, **_: seen.update((job[0], *call) for call in needs(model, params)),
            unique_id="roles",
        )
        return made

    monkeypatch.setattr(arguments, "_parsed", noting_job)
    monkeypatch.setattr(aws, "_client", noting_calls)
    return seen


CONNECTIONS = {"music-rds": "music-local-rds"}
"""What Terraform calls a connection of the local stack."""


def needs(model, params):
    """What IAM must allow for a call: (action, resource, condition key or None, its value)."""
    service, operation = model.service_model.service_name, model.name
    if service == "s3":
        yield from needs_of_s3(operation, params)
    elif service == "dynamodb":
        for table in [params["TableName"]] if "TableName" in params else params["RequestItems"]:
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            yield f"dynamodb:{operation}", f"arn:aws:dynamodb:us-east-1:123456789012:table/{table}{index}", None, None
    elif service == "glue" and "Name" not in params:
        resource = f"arn:aws:glue:us-east-1:123456789012:job/{params['JobName']}" if "JobName" in params else "*"
        yield f"glue:{operation}", resource, None, None
    elif service == "glue":
        kind = "connection" if operation == "GetConnection" else "workflow"
        name = CONNECTIONS.get(params["Name"], params["Name"])
        yield f"glue:{operation}", f"arn:aws:glue:us-east-1:123456789012:{kind}/{name}", None, None
    else:
        yield f"{service}:{operation}", "*", f"{service}:namespace", params["Namespace"]


def needs_of_s3(operation, params):
    bucket = f"arn:aws:s3:::{params['Bucket']}"
    if operation in ("ListObjectsV2", "ListObjectVersions"):
        action = "s3:ListBucket" if operation == "ListObjectsV2" else "s3:ListBucketVersions"
        yield action, bucket, "s3:prefix", params.get("Prefix", "")
    elif operation == "DeleteObjects":
        for item in params["Delete"]["Objects"]:
            yield f"s3:DeleteObject{'Version' * ('VersionId' in item)}", f"{bucket}/{item['Key']}", None, None
    elif operation == "CopyObject":
        source = params["CopySource"]
        action = f"s3:GetObject{'Version' * ('VersionId' in source)}"
        yield action, f"arn:aws:s3:::{source['Bucket']}/{source['Key']}", None, None
        yield "s3:PutObject", f"{bucket}/{params['Key']}", None, None
    else:
        action = {"HeadObject": "GetObject"}.get(operation, operation)
        yield f"s3:{action}{'Version' * ('VersionId' in params)}", f"{bucket}/{params['Key']}", None, None


def allows(statements, action, resource, key, value):
    return any(
        action in statement["Action"]
        and any(fnmatch.fnmatchcase(resource, pattern) for pattern in statement["Resource"])
        and all(
            name == key and any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns)
            for test in statement.get("Condition", {}).values()
            for name, patterns in test.items()
        )
        for statement in statements
    )


def test_roles_allow_what_the_jobs_do_and_no_call_that_none_makes(spark, project_stack, policies, calls, tmp_path):
    for workflow, sizes in SMALL.items():
        folder = tmp_path / workflow
        generate(folder, workflow, **sizes)
        pipeline = Pipeline(project_stack, folder, workflow=workflow)
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            pipeline.put(str(file.relative_to(folder)), file)
        pipeline.run()
    streams = Pipeline(project_stack, tmp_path)
    streams.run(BACKFILL)
    streams.run({"replay": "quarantine/streams/"})
    assert streams.keys("music-lake", "quarantine/replayed/streams/run_id=") != []
    (user_id,) = streams.rows("SELECT min(user_id) FROM music.streams")[0]
    request = json.dumps({"user_id": user_id, "datasets": PEOPLE})
    streams.s3.put_object(Bucket="music-lake", Key="erasures/requests/1.json", Body=request)
    Pipeline(project_stack, tmp_path, workflow="erasure").run()
    kinds = {
        job["Name"]: Path(job["Command"]["ScriptLocation"]).stem
        for job in project_stack.client("glue").get_jobs()["Jobs"]
    }
    assert {kinds[job] for job, *_ in calls} == set(policies)
    refused = sorted(call for call in calls if not allows(policies[kinds[call[0]]], *call[1:]))
    assert refused == []

    # Of the actions that only boto3 uses, all must have been used, except those that follow only after a crash.
    used = {(kinds[job], action) for job, action, *_ in calls}
    granted = {
        (kind, action)
        for kind, statements in policies.items()
        for statement in statements
        if statement["Sid"] in ("KeepLedger", "ListLanding", "ReadRunProperties")
        for action in statement["Action"]
    }
    loads = {kind for kind in policies if kind.startswith("load_")}
    left_over = granted - used - {(kind, "dynamodb:BatchGetItem") for kind in loads}
    assert left_over <= {("load_sparkify", "dynamodb:Scan")}, left_over
