"""EventBridge: S3 objects start workflows, singly or in batches; ended job runs are reported to SNS."""

import json

import pytest
from endpoint_support import FAIL, SLEEP, Tiny, fail_once, states, wait_for
from event_support import Delivery

pytestmark = pytest.mark.stack


def describe_an_event_trigger():
    def it_starts_its_workflow_for_each_object(endpoint):
        there = Delivery(endpoint)
        there.put("in/a.csv")
        (run,) = there.runs()
        done = there.workflow_finished(there.flow, run["WorkflowRunId"])
        assert states(done) == {"a": ["SUCCEEDED"]}
        assert len(there.ids(run)) == 1
        assert "StartingEventBatchCondition" not in run
        there.put("in/b.csv")
        first, second = (there.ids(run) for run in there.runs())
        assert first != second

    def it_takes_copies_and_multipart_uploads_too(endpoint):
        there = Delivery(endpoint, MaxConcurrentRuns=9)
        there.put("x")
        there.s3.copy_object(Bucket=there.bucket, Key="in/copy", CopySource=f"{there.bucket}/x")
        upload = there.s3.create_multipart_upload(Bucket=there.bucket, Key="in/big")["UploadId"]
        key = {"Bucket": there.bucket, "Key": "in/big", "UploadId": upload}
        etag = there.s3.upload_part(**key, PartNumber=1, Body=b"x")["ETag"]
        there.s3.complete_multipart_upload(**key, MultipartUpload={"Parts": [{"ETag": etag, "PartNumber": 1}]})
        assert len(there.runs()) == 2

    def it_starts_nothing_for_what_the_rule_does_not_match(endpoint):
        there = Delivery(endpoint)
        there.put("out/a.csv")
        there.s3.delete_object(Bucket=there.bucket, Key="in/a.csv")
        assert there.runs() == []

    @pytest.mark.parametrize("silence", ["rule", "bucket"])
    def it_stays_silent_while_one_of_the_two_is_switched_off(endpoint, silence):
        there = Delivery(endpoint)
        if silence == "rule":
            there.events.disable_rule(Name=there.rule)
        if silence == "bucket":
            there.s3.put_bucket_notification_configuration(Bucket=there.bucket, NotificationConfiguration={})
        there.put("in/a.csv")
        assert there.runs() == []

    def it_has_a_trigger_that_can_be_neither_started_nor_stopped(endpoint):
        there = Delivery(endpoint)
        with pytest.raises(there.glue.exceptions.InvalidInputException, match="Trigger Type EVENT cannot be started"):
            there.glue.start_trigger(Name=there.start_trigger)
        with pytest.raises(there.glue.exceptions.InvalidInputException, match="trigger is in state: CREATED"):
            there.glue.stop_trigger(Name=there.start_trigger)

    def it_keeps_an_error_when_the_workflow_runs_already(endpoint):
        there = Delivery(endpoint, SLEEP, MaxConcurrentRuns=1)
        there.put("in/a.csv", "in/b.csv")
        first, second = there.runs()
        assert (first["Status"], second["Status"]) == ("RUNNING", "ERROR")
        assert second["ErrorMessage"] == f"Concurrent runs exceeded for workflow: {there.flow}."
        there.glue.stop_workflow_run(Name=there.flow, RunId=first["WorkflowRunId"])

    def it_may_be_started_by_hand_as_well(endpoint):
        there = Delivery(endpoint)
        assert states(there.run_workflow(there.flow)) == {"a": ["SUCCEEDED"]}


def describe_a_batch():
    def it_starts_the_workflow_when_it_is_full(endpoint):
        there = Delivery(endpoint, batching={"BatchSize": 3, "BatchWindow": 900}, MaxConcurrentRuns=1)
        there.put("in/1", "in/2")
        assert there.runs() == []
        there.put("in/3", "in/4")
        (run,) = there.runs()
        assert run["StartingEventBatchCondition"] == {"BatchSize": 3}
        assert len(set(there.ids(run))) == 3

    def it_starts_the_workflow_when_its_window_is_over(endpoint):
        there = Delivery(endpoint, batching={"BatchSize": 100, "BatchWindow": 1})
        there.put("in/1", "in/2")
        assert there.runs() == []
        wait_for(there.runs)
        (run,) = there.runs()
        assert run["StartingEventBatchCondition"] == {"BatchWindow": 1}
        assert len(there.ids(run)) == 2

    def it_is_forgotten_with_its_trigger(endpoint):
        there = Delivery(endpoint, batching={"BatchSize": 2, "BatchWindow": 900})
        there.put("in/1")
        there.glue.delete_trigger(Name=there.start_trigger)
        there.trigger("again", "EVENT", [there.a], there.flow, EventBatchingCondition={"BatchSize": 2})
        there.put("in/2")
        assert there.runs() == []

    @pytest.mark.parametrize(
        ("condition", "message"),
        [
            ({"BatchSize": 101}, "1 to 100, not 101"),
            ({"BatchSize": 2, "BatchWindow": 901}, "1 to 900 seconds, not 901"),
        ],
    )
    def it_has_the_limits_of_aws(endpoint, condition, message):
        tiny = Tiny(endpoint)
        with pytest.raises(tiny.glue.exceptions.InvalidInputException, match=message):
            tiny.trigger("odd", "EVENT", [tiny.job("a")], EventBatchingCondition=condition)


def describe_other_events():
    def it_starts_a_workflow_by_put_events(endpoint):
        there = Delivery(endpoint)
        there.events.put_rule(Name=there.rule, EventPattern=json.dumps({"source": [f"shop.{there.mark}"]}))
        entry = {"Source": f"shop.{there.mark}", "DetailType": "Sold", "Detail": "{}"}
        event_id = there.events.put_events(Entries=[entry])["Entries"][0]["EventId"]
        (run,) = there.runs()
        assert there.ids(run) == [event_id]

    def it_answers_though_the_target_is_not_there(endpoint):
        there = Delivery(endpoint)
        there.glue.delete_workflow(Name=there.flow)
        there.put("in/a.csv")
        log = (endpoint.access.home.path / "server.log").read_text()
        assert f"rule {there.rule} could not deliver" in log


@pytest.fixture
def alarm(endpoint):
    """A rule for failed and timed-out jobs of this test, with an SNS topic that a queue listens to."""
    tiny = Tiny(endpoint)
    sns, sqs, events = (endpoint.access.client(name) for name in ("sns", "sqs", "events"))
    topic = sns.create_topic(Name=f"alerts_{tiny.mark}")["TopicArn"]
    queue = sqs.create_queue(QueueName=f"alerts_{tiny.mark}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    names = [f"{name}_{tiny.mark}" for name in ("good", "bad")]
    pattern = {
        "source": ["aws.glue"], "detail-type": ["Glue Job State Change"],
        "detail": {"jobName": names, "state": ["FAILED", "TIMEOUT"]},
    }  # fmt: skip
    events.put_rule(Name=f"failed_{tiny.mark}", EventPattern=json.dumps(pattern))
    paths = {"job": "$.detail.jobName", "state": "$.detail.state", "why": "$.detail.message"}
    transformer = {"InputTemplate": '"<job> <state>: <why>"', "InputPathsMap": paths}
    target = {"Id": "sns", "Arn": topic, "InputTransformer": transformer}
    events.put_targets(Rule=f"failed_{tiny.mark}", Targets=[target])

    def messages():
        there = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ())
        return [json.loads(message["Body"])["Message"] for message in there]

    tiny.messages = messages
    return tiny


def describe_a_job_run():
    def it_announces_its_failure(alarm):
        alarm.run(alarm.job("good"))
        bad = alarm.job("bad", FAIL)
        alarm.run(bad)
        heard = []
        wait_for(lambda: heard.extend(alarm.messages()) or heard)
        assert heard == [f"{bad} FAILED: ValueError: no such thing"]

    def it_announces_each_attempt(alarm, tmp_path):
        bad = alarm.job("bad", fail_once(tmp_path / "flag"), MaxRetries=1)
        alarm.start(bad)
        wait_for(lambda: alarm.glue.get_job_runs(JobName=bad)["JobRuns"][0]["JobRunState"] == "SUCCEEDED")
        assert alarm.messages() == [f"{bad} FAILED: OSError: x"]

    def it_announces_a_timeout(alarm):
        bad = alarm.job("bad", "import time; time.sleep(9)", Timeout=1)
        alarm.run(bad)
        heard = []
        wait_for(lambda: heard.extend(alarm.messages()) or heard)
        assert heard[0].startswith(f"{bad} TIMEOUT: Job run exceeded")


def describe_a_bucket():
    def it_shows_that_it_sends_its_events(endpoint):
        s3 = endpoint.access.client("s3")
        s3.create_bucket(Bucket="speaks")
        assert "EventBridgeConfiguration" not in s3.get_bucket_notification_configuration(Bucket="speaks")
        s3.put_bucket_notification_configuration(
            Bucket="speaks", NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
        assert s3.get_bucket_notification_configuration(Bucket="speaks")["EventBridgeConfiguration"] == {}
