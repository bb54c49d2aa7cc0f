"""A workflow that new objects start: Terraform's rule, target and trigger, with the batch that they are given."""

import pytest
from terraform_support import LOCAL, Terraform, UnavailableError, addresses, local_environment

pytestmark = [pytest.mark.slow, pytest.mark.stack, pytest.mark.timeout(1800)]

START = {"streams": {"type": "event", "batch_size": 2, "batch_window_seconds": 900, "enabled": True}}


@pytest.fixture
def started(tmp_path_factory):
    """The stack, with the workflow streams started by events, and what a second plan finds."""
    try:
        with local_environment(tmp_path_factory.mktemp) as (stack, module):
            terraform = Terraform(module, **addresses(stack), start=START)
            terraform.apply(*LOCAL)
            yield stack, terraform.plan(*LOCAL)
    except UnavailableError as error:
        pytest.skip(f"NOT TESTED: that new objects start a workflow of terraform/. {error}")


def describe_start_by_event():
    def it_starts_the_workflow_once_for_a_batch_and_shows_no_drift(started):
        stack, second_plan = started
        assert second_plan == {}
        s3, glue = stack.client("s3"), stack.client("glue")
        for key in ("users/a.csv", "other/b.csv"):
            s3.put_object(Bucket="music-landing", Key=key, Body=b"x")
        assert glue.get_workflow_runs(Name="streams")["Runs"] == []
        s3.put_object(Bucket="music-landing", Key="streams/c.csv", Body=b"x")
        (run,) = glue.get_workflow_runs(Name="streams")["Runs"]
        glue.stop_workflow_run(Name="streams", RunId=run["WorkflowRunId"])
        assert run["StartingEventBatchCondition"] == {"BatchSize": 2}
        assert len(run["WorkflowRunProperties"]["aws:eventIds"].split(", ")) == 2
