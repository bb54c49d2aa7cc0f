"""Every service that a stack is likely to use comes back in another process."""

import os
import signal

import pytest
from endpoint_support import Remote, wait_for
from event_support import Delivery

pytestmark = pytest.mark.stack


def _fill(client):
    """Makes something in services whose state pickle alone could not copy, and in others."""
    client("kms").create_key(Description="ours")
    client("ssm").put_parameter(Name="p", Value="v", Type="String")
    client("glue").create_crawler(Name="crawler", Role="r", Targets={"S3Targets": [{"Path": "s3://x"}]})
    client("ec2").create_vpc(CidrBlock="10.7.0.0/16")
    url = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    client("sqs").send_message(QueueUrl=url, MessageBody="waiting")
    client("sns").create_topic(Name="topic")
    client("logs").create_log_group(logGroupName="group")
    client("rds").create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres", MasterUsername="u",
        MasterUserPassword="a-password", AllocatedStorage=10,
    )  # fmt: skip


def _held(client):
    return {
        "kms": [key["KeyId"] for key in client("kms").list_keys()["Keys"]],
        "ssm": client("ssm").get_parameter(Name="p")["Parameter"]["Value"],
        "glue": [crawler["Name"] for crawler in client("glue").get_crawlers()["Crawlers"]],
        "ec2": sorted(vpc["CidrBlock"] for vpc in client("ec2").describe_vpcs()["Vpcs"]),
        "sqs": client("sqs").get_queue_attributes(QueueUrl="q", AttributeNames=["ApproximateNumberOfMessages"])[
            "Attributes"
        ],
        "sns": client("sns").list_topics()["Topics"],
        "logs": [group["arn"] for group in client("logs").describe_log_groups()["logGroups"]],
        "rds": [db["DBInstanceIdentifier"] for db in client("rds").describe_db_instances()["DBInstances"]],
    }


def describe_what_is_kept():
    def it_keeps_every_service(tmp_path):
        first = Remote(tmp_path)
        _fill(first.access.client)
        before = _held(first.access.client)
        first.stop()
        second = Remote(tmp_path)
        try:
            assert _held(second.access.client) == before
            assert "is not kept" not in (tmp_path / "server.log").read_text()
        finally:
            second.stop()


@pytest.mark.ci
def describe_events_that_wait():
    @pytest.fixture
    def endpoints(tmp_path):
        """Endpoints one after another on the same state; the last is stopped."""
        started = []

        def start():
            started.append(Remote(tmp_path))
            return started[-1]

        start.kept = lambda: not (tmp_path / "kept/changed").exists()
        yield start
        started[-1].stop()

    @pytest.mark.parametrize("how", ["stopped", "killed"])
    def they_fill_their_batch_together_with_later_ones(endpoints, how):
        first = endpoints()
        there = Delivery(first, batching={"BatchSize": 3, "BatchWindow": 900})
        there.put("in/1", "in/2")
        if how == "killed":
            wait_for(endpoints.kept)
            os.kill(first.pid, signal.SIGKILL)
        else:
            first.stop()
        there.at(endpoints()).put("in/3")
        (run,) = there.runs()
        assert run["StartingEventBatchCondition"] == {"BatchSize": 3}
        assert len(set(there.ids(run))) == 3

    def their_window_ends_though_nothing_ran_meanwhile(endpoints):
        first = endpoints()
        there = Delivery(first, batching={"BatchSize": 100, "BatchWindow": 2})
        there.put("in/1")
        first.stop()
        there.at(endpoints())
        assert there.runs() == []
        wait_for(there.runs)
        (run,) = there.runs()
        assert run["StartingEventBatchCondition"] == {"BatchWindow": 2}
        assert len(there.ids(run)) == 1

    def they_start_the_workflow_once(endpoints):
        first = endpoints()
        there = Delivery(first, batching={"BatchSize": 2, "BatchWindow": 900})
        there.put("in/1", "in/2")
        first.stop()
        there.at(endpoints()).put("in/3")
        assert len(there.runs()) == 1
