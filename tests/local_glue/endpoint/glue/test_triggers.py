"""Triggers of the endpoint, driven by boto3."""

import pytest
from botocore.exceptions import ClientError
from endpoint_support import states, wait_for

pytestmark = pytest.mark.stack


def when(*conditions, operator="EQUALS"):
    """The options of a trigger with these conditions."""
    more = {"LogicalOperator": operator} if operator else {}
    return {"Predicate": {"Conditions": [{**more, **condition} for condition in conditions]}}


def describe_triggers():
    def it_starts_jobs_on_demand(tiny):
        a = tiny.job("a")
        name = tiny.trigger("now", "ON_DEMAND", [a])
        tiny.glue.start_trigger(Name=name)
        run = tiny.glue.get_job_runs(JobName=a)["JobRuns"][0]
        assert tiny.finished(a, run["Id"])["TriggerName"] == name
        assert tiny.glue.get_trigger(Name=name)["Trigger"]["State"] == "CREATED"

    def it_starts_a_workflow_by_its_start_trigger(tiny):
        flow = tiny.workflow()
        name = tiny.trigger("start", "ON_DEMAND", [tiny.job("a")], flow)
        tiny.glue.start_trigger(Name=name)
        run_id = tiny.glue.get_workflow_runs(Name=flow)["Runs"][0]["WorkflowRunId"]
        assert states(tiny.workflow_finished(flow, run_id)) == {"a": ["SUCCEEDED"]}

    def it_chains_outside_workflows(tiny):
        a, b = tiny.job("a"), tiny.job("b")
        name = tiny.trigger("now", "ON_DEMAND", [a])
        tiny.when("then", [b], None, "AND", **{a: "SUCCEEDED"})
        tiny.run(a)
        assert tiny.glue.get_job_runs(JobName=b)["JobRuns"] == []  # as in AWS: only jobs that a trigger started count
        tiny.glue.start_trigger(Name=name)
        wait_for(lambda: tiny.glue.get_job_runs(JobName=b)["JobRuns"])

    def it_lets_only_active_triggers_fire(tiny):
        flow = tiny.workflow()
        a, b = tiny.job("a"), tiny.job("b")
        tiny.trigger("start", "ON_DEMAND", [a], flow)
        then = tiny.when("then", [b], flow, "AND", **{a: "SUCCEEDED"})
        tiny.glue.stop_trigger(Name=then)
        assert tiny.glue.get_trigger(Name=then)["Trigger"]["State"] == "DEACTIVATED"
        assert states(tiny.run_workflow(flow))["b"] == []
        tiny.glue.start_trigger(Name=then)
        assert states(tiny.run_workflow(flow))["b"] == ["SUCCEEDED"]

    def it_stops_only_what_was_activated(tiny):
        jobs = [tiny.job("a")]
        idle = [
            tiny.trigger("now", "ON_DEMAND", jobs),
            tiny.trigger("daily", "SCHEDULED", jobs, Schedule="cron(0 4 * * ? *)"),
        ]
        stopped = tiny.trigger("stopped", "SCHEDULED", jobs, Schedule="cron(0 4 * * ? *)", StartOnCreation=True)
        tiny.glue.stop_trigger(Name=stopped)
        for name, state in ((idle[0], "CREATED"), (idle[1], "CREATED"), (stopped, "DEACTIVATED")):
            with pytest.raises(tiny.glue.exceptions.InvalidInputException, match=f"trigger is in state: {state}"):
                tiny.glue.stop_trigger(Name=name)

    def it_passes_the_actions_arguments(tiny):
        flow = tiny.workflow()
        a = tiny.job("a", "import sys; print(sys.argv[sys.argv.index('--x') + 1])", DefaultArguments={"--x": "default"})
        actions = [{"JobName": a, "Arguments": {"--x": "from the trigger"}, "Timeout": 9}]
        tiny.glue.create_trigger(Name=f"args_{tiny.mark}", Type="ON_DEMAND", WorkflowName=flow, Actions=actions)
        tiny.run_workflow(flow)
        run = tiny.glue.get_job_runs(JobName=a)["JobRuns"][0]
        assert tiny.log(run["Id"]) == "from the trigger\n"
        assert run["Timeout"] == 9

    def it_refuses_a_second_start_trigger(tiny):
        flow, a = tiny.workflow(), tiny.job("a")
        first = tiny.trigger("start", "ON_DEMAND", [a], flow)
        with pytest.raises(tiny.glue.exceptions.InvalidInputException, match=first):
            tiny.trigger("again", "SCHEDULED", [a], flow, Schedule="cron(0 4 * * ? *)")

    @pytest.mark.parametrize(
        ("kind", "options", "message"),
        [
            ("SCHEDULED", {"Schedule": "every day"}, "cron"),
            ("SCHEDULED", {"Schedule": "cron(0 4 * * * *)"}, "exactly one"),
            ("SCHEDULED", {"Schedule": "cron(99 4 * * ? *)"}, "minutes"),
            ("CONDITIONAL", {}, "Predicate cannot be null or empty"),
            ("CONDITIONAL", when({"JobName": "x", "State": "RUNNING"}), "State must be one of"),
            ("CONDITIONAL", when({"JobName": "x"}), "choose from one of the following job state"),
            ("CONDITIONAL", when({"CrawlerName": "x"}), "choose from one of the following crawler state"),
            ("CONDITIONAL", when({"CrawlerName": "x", "CrawlState": "LOST"}), "CrawlState must be one of"),
            ("CONDITIONAL", when({"CrawlerName": "x", "JobName": "y", "State": "FAILED"}), "a job or a crawler"),
            ("CONDITIONAL", when({"State": "FAILED"}), "JobName or CrawlerName in condition"),
            ("CONDITIONAL", when(*[{"JobName": "x", "State": "FAILED"}] * 2), "Logical is required"),
            (
                "CONDITIONAL",
                when({"JobName": "x", "State": "FAILED"}, operator=None),
                "Logical operator cannot be null",
            ),
            ("CONDITIONAL", when({"JobName": "x", "State": "FAILED"}, operator="IS"), "'predicate.conditions.1.member"),
        ],
    )
    def it_refuses_what_cannot_work(tiny, kind, options, message):
        with pytest.raises(ClientError, match=message):
            tiny.trigger("odd", kind, [tiny.job("a")], **options)

    @pytest.mark.parametrize(
        ("action", "message"),
        [
            ({}, "each action needs"),
            ({"JobName": "a", "CrawlerName": "b"}, "cannot be set together"),
            ({"JobName": "absent"}, "Job absent not found"),
            ({"CrawlerName": "absent"}, "Crawler absent not found"),
        ],
    )
    def it_refuses_actions_that_name_nothing(tiny, action, message):
        with pytest.raises(ClientError, match=message):
            tiny.glue.create_trigger(Name=f"odd_{tiny.mark}", Type="ON_DEMAND", Actions=[action])

    def it_updates(tiny):
        a, b = tiny.job("a"), tiny.job("b")
        name = tiny.trigger("timed", "SCHEDULED", [a], Schedule="cron(0 4 * * ? *)", Description="old")
        update = {"Schedule": "cron(30 5 * * ? *)", "Actions": [{"JobName": b}]}
        trigger = tiny.glue.update_trigger(Name=name, TriggerUpdate=update)["Trigger"]
        assert trigger["Schedule"] == "cron(30 5 * * ? *)"
        assert trigger == tiny.glue.get_trigger(Name=name)["Trigger"]
        assert [action["JobName"] for action in trigger["Actions"]] == [b]
        assert name in tiny.glue.list_triggers(DependentJobName=b)["TriggerNames"]
        assert name not in tiny.glue.list_triggers(DependentJobName=a)["TriggerNames"]


def describe_scheduled_triggers():
    def it_is_activated_then_fires_by_hand_when_no_clock_runs(tiny):
        flow = tiny.workflow()
        name = tiny.trigger("timed", "SCHEDULED", [tiny.job("a")], flow, Schedule="cron(0 4 * * ? *)")
        assert tiny.glue.get_trigger(Name=name)["Trigger"]["State"] == "CREATED"
        tiny.glue.start_trigger(Name=name)
        assert tiny.glue.get_trigger(Name=name)["Trigger"]["State"] == "ACTIVATED"
        assert tiny.glue.get_workflow_runs(Name=flow)["Runs"] == []
        tiny.glue.start_trigger(Name=name)
        run_id = tiny.glue.get_workflow_runs(Name=flow)["Runs"][0]["WorkflowRunId"]
        assert tiny.workflow_finished(flow, run_id)["Status"] == "COMPLETED"
