"""Runs of a job may do what the policies of its role allow; jobs whose role IAM does not have may do everything."""

import json

import pytest
from endpoint_support import BUCKET

pytestmark = pytest.mark.stack

ACCOUNT = "123456789012"
START = {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "logs:*"],
    "Resource": [f"arn:aws:s3:::{BUCKET}/*.py", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws-glue/jobs/*"],
}
HEAD = f"import boto3\ns3, bucket = boto3.client('s3'), {BUCKET!r}\n"


@pytest.fixture
def run(endpoint, tiny):
    """Runs a script with a role that has these statements, and those that every run needs; returns the job run."""
    iam = endpoint.access.client("iam")

    def run(code, *statements, service="glue.amazonaws.com", base=(START,), **options):
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
        name = f"role_{tiny.mark}"
        role = iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        )["Role"]
        document = json.dumps({"Version": "2012-10-17", "Statement": [*base, *statements]})
        iam.put_role_policy(RoleName=name, PolicyName="access", PolicyDocument=document)
        return tiny.run(tiny.job("job", HEAD + code, Role=role["Arn"], **options))

    return run


def allow(action, resource=f"arn:aws:s3:::{BUCKET}/*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def why(run):
    assert run["JobRunState"] == "FAILED"
    return run["ErrorMessage"]


def refusal(tiny, action, resource):
    where = f" on resource: {resource}" if resource else ""
    return (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/role_{tiny.mark}/GlueJobRunnerSession "
        f"is not authorized to perform: {action}{where} because no identity-based policy allows the {action} action"
    )


def describe_a_run():
    def it_does_what_its_role_allows(run):
        assert (
            run("s3.put_object(Bucket=bucket, Key='a', Body=b'x')", allow("s3:PutObject"))["JobRunState"] == "SUCCEEDED"
        )

    def it_fails_with_the_words_of_aws(tiny, run):
        said = why(run("s3.put_object(Bucket=bucket, Key='a', Body=b'x')", allow("s3:GetObject")))
        name, _, message = said.partition(": ")
        assert name in ("ClientError", "AccessDenied")  # the latter in the boto3 of Glue 6.0
        assert message.startswith("An error occurred (AccessDenied) when calling the PutObject operation: ")
        assert said.endswith(refusal(tiny, "s3:PutObject", f'"arn:aws:s3:::{BUCKET}/a"'))

    def it_does_everything_if_iam_does_not_have_its_role(tiny):
        assert tiny.run(tiny.job("free", HEAD + "s3.list_buckets()"))["JobRunState"] == "SUCCEEDED"

    def it_does_not_start_with_a_role_that_glue_cannot_take_on(run):
        assert "should be given assume role permissions for Glue Service" in why(run("", service="ec2.amazonaws.com"))

    @pytest.mark.parametrize("missing", ["s3:GetObject", "logs:*"])
    def it_needs_its_script_and_logs(tiny, run, missing):
        base = {**START, "Action": [action for action in START["Action"] if action != missing]}
        assert {"s3:GetObject": "AccessDenied", "logs:*": "logs:CreateLogGroup"}[missing] in why(run("", base=[base]))

    def it_needs_the_network_of_its_connection(endpoint, tiny, run):
        place = {"SubnetId": "subnet-1", "SecurityGroupIdList": ["sg-1"], "AvailabilityZone": "us-east-1a"}
        connection = {"Name": tiny.mark, "ConnectionType": "NETWORK", "ConnectionProperties": {}}
        tiny.glue.create_connection(ConnectionInput={**connection, "PhysicalConnectionRequirements": place})
        looks = allow("ec2:Describe*", "*")
        made = why(run("", looks, Connections={"Connections": [tiny.mark]}))
        assert (
            f"perform: ec2:CreateNetworkInterface on resource: arn:aws:ec2:us-east-1:{ACCOUNT}:network-interface/*"
            in made
        )


def describe_calls():
    @pytest.mark.parametrize(
        ("code", "statement", "refused"),
        [
            ("boto3.client('dynamodb').query(TableName='Tab', IndexName='idx', KeyConditionExpression='a')",
             allow("dynamodb:Query", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/Tab"),
             f"dynamodb:Query on resource: arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/Tab/index/idx because"),
            ("boto3.client('glue').get_connection(Name='c')",
             allow("glue:GetConnection", f"arn:aws:glue:us-east-1:{ACCOUNT}:connection/c"),
             f"glue:GetConnection on resource: arn:aws:glue:us-east-1:{ACCOUNT}:catalog because"),
            ("boto3.client('glue').get_job_bookmark(JobName='j')",
             allow("glue:GetJobBookmark", f"arn:aws:glue:us-east-1:{ACCOUNT}:job/j"),
             "glue:GetJobBookmark because"),
            ("boto3.client('secretsmanager').get_secret_value(SecretId='s')",
             allow("secretsmanager:DescribeSecret", "*"), "secretsmanager:GetSecretValue on resource: arn:aws:"),
            ("boto3.client('cloudwatch').put_metric_data(Namespace='Other', MetricData=[{'MetricName': 'm'}])",
             allow("cloudwatch:PutMetricData", "*", Condition={"StringEquals": {"cloudwatch:namespace": ["Mine"]}}),
             "cloudwatch:PutMetricData because"),
            ("boto3.client('kms').create_key()", allow("*", "*"), "does not know what IAM asks for kms:CreateKey"),
            ("boto3.client('sqs').list_queues()", allow("*", "*"), "does not know what IAM asks for sqs:ListQueues"),
            ("s3.put_object(Bucket=bucket, Key='a')",
             allow("*", "*", Condition={"NumericEquals": {"s3:prefix": "1"}}), "not know the condition operator"),
        ],
        ids=["index", "catalog", "bookmark", "secret", "namespace", "unknown call", "unknown service", "operator"],
    )  # fmt: skip
    def it_judges_each_service(run, code, statement, refused):
        assert refused in why(run(code, statement))

    def it_judges_copies_by_source_target_and_tags(run):
        code = (
            "s3.put_object(Bucket=bucket, Key='in/a', Body=b'x', Tagging='t=1')\n"
            "s3.copy_object(Bucket=bucket, Key='out/a', CopySource={'Bucket': bucket, 'Key': 'in/a'})"
        )
        source = allow(["s3:PutObject", "s3:PutObjectTagging", "s3:GetObject"], f"arn:aws:s3:::{BUCKET}/in/*")
        target = allow("s3:PutObject", f"arn:aws:s3:::{BUCKET}/out/*")
        assert f'perform: s3:GetObjectTagging on resource: "arn:aws:s3:::{BUCKET}/in/a"' in why(
            run(code, source, target)
        )

    @pytest.mark.parametrize(("action", "code"), [("s3:GetObject", 403), (["s3:GetObject", "s3:ListBucket"], 404)])
    def it_says_that_an_object_is_missing_only_to_who_may_list(run, action, code):
        both = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
        assert f"({code}) when calling the HeadObject" in why(
            run("s3.head_object(Bucket=bucket, Key='no')", allow(action, both))
        )

    def it_deletes_of_many_what_it_may(endpoint, run):
        code = (
            "for key in ('a/1', 'b/1'):\n    s3.put_object(Bucket=bucket, Key=key, Body=b'x')\n"
            "answer = s3.delete_objects(Bucket=bucket, Delete={'Objects': [{'Key': 'a/1'}, {'Key': 'b/1'}]})\n"
            "deleted, errors = answer['Deleted'], answer['Errors']\n"
            "raise ValueError([[d['Key'] for d in deleted], [(e['Key'], e['Code']) for e in errors]])"
        )
        said = why(run(code, allow("s3:PutObject"), allow("s3:DeleteObject", f"arn:aws:s3:::{BUCKET}/a/*")))
        assert said == "ValueError: [['a/1'], [('b/1', 'AccessDenied')]]"

    def it_needs_the_key_of_an_encrypted_bucket(endpoint, tiny, run):
        s3, bucket = endpoint.access.client("s3"), f"secret-{tiny.mark}"
        key = endpoint.access.client("kms").create_key()["KeyMetadata"]["Arn"]
        s3.create_bucket(Bucket=bucket)
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        rule = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rule)
        said = why(run(f"s3.put_object(Bucket={bucket!r}, Key='a', Body=b'x')", allow("s3:*", "*")))
        assert f"perform: kms:GenerateDataKey on resource: {key} because" in said
