"""What Terraform needs of the endpoint: resources are returned exactly as they were given, and can be deleted."""

import json

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.stack
ARN = "arn:aws:glue:us-east-1:123456789012"
KEY = "arn:aws:kms:us-east-1:123456789012:key/some"


def describe_jobs():
    def it_has_an_execution_class_only_when_given(tiny):
        plain, flex = tiny.job("plain"), tiny.job("flex", ExecutionClass="FLEX")
        assert "ExecutionClass" not in tiny.glue.get_job(JobName=plain)["Job"]
        assert tiny.glue.get_job(JobName=flex)["Job"]["ExecutionClass"] == "FLEX"


def describe_triggers():
    @pytest.mark.parametrize(
        ("kind", "options", "state"),
        [
            ("EVENT", {"EventBatchingCondition": {"BatchSize": 3, "BatchWindow": 60}}, "CREATED"),
            ("SCHEDULED", {"Schedule": "cron(0 4 * * ? *)"}, "ACTIVATED"),
        ],
    )
    def it_is_as_enabled_as_aws_says(tiny, kind, options, state):
        name = tiny.trigger("start", kind, [tiny.job("a")], tiny.workflow(), StartOnCreation=True, **options)
        trigger = tiny.glue.get_trigger(Name=name)["Trigger"]
        assert trigger["State"] == state
        assert {key: trigger[key] for key in options} == options

    def it_updates_a_batch_condition(tiny):
        a, condition = tiny.job("a"), {"BatchSize": 3, "BatchWindow": 60}
        name = tiny.trigger("start", "EVENT", [a], tiny.workflow(), EventBatchingCondition=condition)
        update = {"Actions": [{"JobName": a}], "EventBatchingCondition": {"BatchSize": 5, "BatchWindow": 90}}
        tiny.glue.update_trigger(Name=name, TriggerUpdate=update)
        trigger = tiny.glue.get_trigger(Name=name)["Trigger"]
        assert trigger["EventBatchingCondition"] == {"BatchSize": 5, "BatchWindow": 90}


def describe_security_configurations():
    def it_keeps_what_was_said_and_goes(tiny):
        encryption = {
            "S3Encryption": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": KEY}],
            "CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": KEY},
            "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": KEY},
        }
        tiny.glue.create_security_configuration(Name=tiny.mark, EncryptionConfiguration=encryption)
        kept = tiny.glue.get_security_configuration(Name=tiny.mark)["SecurityConfiguration"]
        assert kept["EncryptionConfiguration"] == encryption
        tiny.glue.delete_security_configuration(Name=tiny.mark)
        with pytest.raises(tiny.glue.exceptions.EntityNotFoundException):
            tiny.glue.get_security_configuration(Name=tiny.mark)


def describe_tags():
    @pytest.mark.parametrize("kind", ["workflow", "trigger", "connection"])
    def it_keeps_changes_and_forgets_them_with_the_resource(tiny, kind):
        name, tags = f"{kind}_{tiny.mark}", {"team": "shop"}
        delete = {"workflow": {"Name": name}, "trigger": {"Name": name}, "connection": {"ConnectionName": name}}[kind]

        def create(**options):
            if kind == "workflow":
                tiny.glue.create_workflow(Name=name, **options)
            elif kind == "trigger":
                actions = [{"JobName": tiny.job(f"a{len(options)}")}]
                tiny.glue.create_trigger(Name=name, Type="ON_DEMAND", Actions=actions, **options)
            else:
                given = {"Name": name, "ConnectionType": "JDBC", "ConnectionProperties": {}}
                tiny.glue.create_connection(ConnectionInput=given, **options)

        create(Tags=tags)
        arn = f"{ARN}:{kind}/{name}"
        tiny.glue.tag_resource(ResourceArn=arn, TagsToAdd={"more": "1"})
        tiny.glue.untag_resource(ResourceArn=arn, TagsToRemove=["team"])
        assert tiny.glue.get_tags(ResourceArn=arn)["Tags"] == {"more": "1"}
        getattr(tiny.glue, f"delete_{kind}")(**delete)
        create()
        assert tiny.glue.get_tags(ResourceArn=arn)["Tags"] == {}


def describe_the_catalog():
    def it_keeps_a_table_with_nested_columns_and_partitions(tiny):
        database = f"db_{tiny.mark}"
        tiny.glue.create_database(DatabaseInput={"Name": database, "Description": "d"})
        columns = [{"Name": "errors", "Type": "array<struct<rule:string,column:string>>", "Comment": "why"}]
        storage = {"Columns": columns, "Location": "s3://b/x/", "SerdeInfo": {"Parameters": {"a": "1"}}}
        partitions = [{"Name": "run_id", "Type": "string"}]
        table = {"Name": "t", "StorageDescriptor": storage, "PartitionKeys": partitions, "Parameters": {"p": "1"}}
        tiny.glue.create_table(DatabaseName=database, TableInput=table)
        kept = tiny.glue.get_table(DatabaseName=database, Name="t")["Table"]
        assert {key: kept[key] for key in table} == table
        tiny.glue.delete_table(DatabaseName=database, Name="t")
        tiny.glue.delete_database(Name=database)
        with pytest.raises(tiny.glue.exceptions.EntityNotFoundException):
            tiny.glue.get_database(Name=database)


def describe_versioned_buckets():
    def it_empties_one_with_delete_markers(tiny):
        bucket = f"versions-{tiny.mark}"
        tiny.s3.create_bucket(Bucket=bucket)
        tiny.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        tiny.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
        tiny.s3.delete_object(Bucket=bucket, Key="a")
        there = tiny.s3.list_object_versions(Bucket=bucket)
        gone = [{k: entry[k] for k in ("Key", "VersionId")} for entry in there["Versions"] + there["DeleteMarkers"]]
        tiny.s3.delete_objects(Bucket=bucket, Delete={"Objects": gone})
        tiny.s3.delete_bucket(Bucket=bucket)


def describe_bucket_policies():
    @pytest.fixture
    def refused(tiny):
        """Whether a bucket with a policy that denies everything under this condition refuses a put."""

        def put(**condition):
            bucket = f"policy-{tiny.mark}-{len(condition)}"
            tiny.s3.create_bucket(Bucket=bucket)
            deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}
            policy = {"Version": "2012-10-17", "Statement": [{**deny, **condition}]}
            tiny.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
            assert json.loads(tiny.s3.get_bucket_policy(Bucket=bucket)["Policy"]) == policy
            try:
                tiny.s3.put_object(Bucket=bucket, Key="x", Body=b"x")
            except ClientError:
                return True
            return False

        return put

    def it_keeps_conditions_without_enforcing_them(refused):
        assert not refused(Condition={"Bool": {"aws:SecureTransport": "false"}})

    def it_enforces_statements_without_conditions(refused):
        assert refused()
