"""What AWS refuses about jobs, lists and tags, is refused with AWS's error."""

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.stack


def describe_capacity():
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"MaxCapacity": 2.0, "WorkerType": "G.1X", "NumberOfWorkers": 2}, "Please do not set Max Capacity"),
            ({"MaxCapacity": 2.0, "WorkerType": "G.1X"}, "Please do not set Max Capacity"),
            ({"MaxCapacity": 2.0, "NumberOfWorkers": 2}, "Please do not set Max Capacity"),
            ({"WorkerType": "G.1X"}, "Please set both Worker Type and Number of Workers"),
            ({"NumberOfWorkers": 2}, "Please set both Worker Type and Number of Workers"),
            ({"MaxCapacity": 2.0, "AllocatedCapacity": 2}, "only Allocated Capacity or Max Capacity"),
            ({"WorkerType": "G.3X", "NumberOfWorkers": 2}, "Worker Type G.3X"),
        ],
    )
    def it_is_workers_or_units_never_both_and_never_half(tiny, given, message):
        refused = tiny.glue.exceptions.InvalidInputException
        with pytest.raises(refused, match=message):
            tiny.job("both", **given)
        job = tiny.job("none")
        with pytest.raises(refused, match=message):
            tiny.start(job, **given)
        command = {"Name": "glueetl", "ScriptLocation": "s3://scripts-bucket/x.py"}
        with pytest.raises(refused, match=message):
            tiny.glue.update_job(JobName=job, JobUpdate={"Role": "role", "Command": command, **given})

    def it_refuses_units_for_a_run_of_a_job_with_workers(tiny):
        job = tiny.job("workers", WorkerType="G.1X", NumberOfWorkers=2)
        with pytest.raises(tiny.glue.exceptions.InvalidInputException, match="Please do not set Max Capacity"):
            tiny.start(job, MaxCapacity=4.0)

    @pytest.mark.parametrize(
        ("of_job", "of_run", "shown"),
        [
            ({}, {}, (None, 10.0, 10)),
            ({"MaxCapacity": 3.0}, {}, (None, 3.0, 3)),
            ({"AllocatedCapacity": 4}, {}, (None, 4.0, 4)),
            ({"MaxCapacity": 3.0}, {"MaxCapacity": 5.0}, (None, 5.0, 5)),
            ({"MaxCapacity": 3.0}, {"WorkerType": "G.2X", "NumberOfWorkers": 3}, ("G.2X", 6.0, 6)),
            ({"WorkerType": "G.1X", "NumberOfWorkers": 2}, {"NumberOfWorkers": 5}, ("G.1X", 5.0, 5)),
        ],
    )
    def it_is_shown_for_every_run(tiny, of_job, of_run, shown):
        run = tiny.run(tiny.job("shown", **of_job), **of_run)
        assert (run.get("WorkerType"), run["MaxCapacity"], run["AllocatedCapacity"]) == shown


def describe_max_results():
    @pytest.mark.parametrize(
        ("call", "most", "more"),
        [
            ("get_jobs", 1000, {}),
            ("list_jobs", 1000, {}),
            ("get_connections", 1000, {}),
            ("get_triggers", 200, {}),
            ("list_workflows", 25, {}),
            ("get_tables", 100, {"DatabaseName": "db"}),
        ],
    )
    def it_has_a_limit_for_each_list(tiny, call, most, more):
        if more:
            with pytest.raises(tiny.glue.exceptions.EntityNotFoundException):
                getattr(tiny.glue, call)(MaxResults=most, **more)
        else:
            getattr(tiny.glue, call)(MaxResults=most)
        with pytest.raises(ClientError, match=f"'maxResults' .* less than or equal to {most}$") as refused:
            getattr(tiny.glue, call)(MaxResults=most + 1, **more)
        assert refused.value.response["Error"]["Code"] == "ValidationException"
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def describe_tags():
    @pytest.mark.parametrize(
        "kind",
        ["job", "trigger", "workflow", "connection", "database", "crawler", "session", "devEndpoint", "mlTransform"],
    )
    def it_needs_what_it_tags(tiny, kind):
        arn = f"arn:aws:glue:us-east-1:123456789012:{kind}/absent"
        for call, more in (
            (tiny.glue.get_tags, {}),
            (tiny.glue.tag_resource, {"TagsToAdd": {"a": "b"}}),
            (tiny.glue.untag_resource, {"TagsToRemove": ["a"]}),
        ):
            with pytest.raises(tiny.glue.exceptions.EntityNotFoundException, match="absent not found"):
                call(ResourceArn=arn, **more)

    def it_needs_an_arn_of_glue(tiny):
        with pytest.raises(tiny.glue.exceptions.InvalidInputException, match="not the ARN"):
            tiny.glue.get_tags(ResourceArn="arn:aws:s3:::bucket")
