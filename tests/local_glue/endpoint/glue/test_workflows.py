"""Workflows of the endpoint, driven by boto3."""

import pytest
from botocore.exceptions import ClientError
from endpoint_support import FAIL, SLEEP, fail_once, states

pytestmark = pytest.mark.stack


def describe_a_workflow_run():
    def it_walks_its_triggers(tiny):
        flow = tiny.workflow()
        a, b, c = (tiny.job(name) for name in "abc")
        tiny.trigger("start", "ON_DEMAND", [a], flow)
        tiny.when("then", [b], flow, "AND", **{a: "SUCCEEDED"})
        tiny.when("last", [c], flow, "AND", **{b: "SUCCEEDED"})
        run = tiny.run_workflow(flow)
        assert run["Status"] == "COMPLETED"
        assert run["CompletedOn"] >= run["StartedOn"]
        assert states(run) == {"a": ["SUCCEEDED"], "b": ["SUCCEEDED"], "c": ["SUCCEEDED"]}
        assert run["Statistics"]["TotalActions"] == run["Statistics"]["SucceededActions"] == 3
        job_run = tiny.glue.get_job_runs(JobName=c)["JobRuns"][0]
        assert job_run["TriggerName"].startswith("last")
        assert [p["JobName"] for p in job_run["PredecessorRuns"]] == [b]

    def it_ends_when_nothing_can_fire_any_more(tiny):
        flow = tiny.workflow()
        a, b, alarm = tiny.job("a", FAIL), tiny.job("b"), tiny.job("alarm")
        tiny.trigger("start", "ON_DEMAND", [a], flow)
        tiny.when("good", [b], flow, "AND", **{a: "SUCCEEDED"})
        tiny.when("bad", [alarm], flow, "AND", **{a: "FAILED"})
        run = tiny.run_workflow(flow)
        assert run["Status"] == "COMPLETED"
        assert states(run) == {"a": ["FAILED"], "b": [], "alarm": ["SUCCEEDED"]}
        assert (run["Statistics"]["FailedActions"], run["Statistics"]["SucceededActions"]) == (1, 1)

    @pytest.mark.parametrize(("logical", "fires"), [("AND", False), ("ANY", True)])
    def it_knows_and_from_any(tiny, logical, fires):
        flow = tiny.workflow()
        a, b, c = tiny.job("a"), tiny.job("b", FAIL), tiny.job("c")
        tiny.trigger("start", "ON_DEMAND", [a, b], flow)
        tiny.when("both", [c], flow, logical, **{a: "SUCCEEDED", b: "SUCCEEDED"})
        assert states(tiny.run_workflow(flow))["c"] == (["SUCCEEDED"] if fires else [])

    def it_fires_any_only_once(tiny):
        flow = tiny.workflow()
        a, b, c = tiny.job("a"), tiny.job("b"), tiny.job("c")
        tiny.trigger("start", "ON_DEMAND", [a, b], flow)
        tiny.when("either", [c], flow, "ANY", **{a: "SUCCEEDED", b: "SUCCEEDED"})
        assert states(tiny.run_workflow(flow))["c"] == ["SUCCEEDED"]

    def it_waits_for_the_last_attempt(tiny, tmp_path):
        flow, flag = tiny.workflow(), tmp_path / "flag"
        a, b, alarm = tiny.job("a", fail_once(flag), MaxRetries=1), tiny.job("b"), tiny.job("alarm")
        tiny.trigger("start", "ON_DEMAND", [a], flow)
        tiny.when("good", [b], flow, "AND", **{a: "SUCCEEDED"})
        tiny.when("bad", [alarm], flow, "AND", **{a: "FAILED"})
        run = tiny.run_workflow(flow)
        assert states(run) == {"a": ["SUCCEEDED", "FAILED"], "b": ["SUCCEEDED"], "alarm": []}
        assert run["Statistics"]["TotalActions"] == run["Statistics"]["SucceededActions"] == 2

    def it_reacts_to_timeouts(tiny):
        flow = tiny.workflow()
        a, b = tiny.job("a", SLEEP, Timeout=1), tiny.job("b")
        tiny.trigger("start", "ON_DEMAND", [a], flow)
        tiny.when("late", [b], flow, "AND", **{a: "TIMEOUT"})
        run = tiny.run_workflow(flow)
        assert states(run) == {"a": ["TIMEOUT"], "b": ["SUCCEEDED"]}
        assert run["Statistics"]["TimeoutActions"] == 1

    def it_reacts_to_stopped_jobs(tiny):
        flow = tiny.workflow()
        a, b = tiny.job("a", SLEEP), tiny.job("b")
        tiny.trigger("start", "ON_DEMAND", [a], flow)
        tiny.when("stopped", [b], flow, "AND", **{a: "STOPPED"})
        run_id = tiny.glue.start_workflow_run(Name=flow)["RunId"]
        job_run = tiny.glue.get_job_runs(JobName=a)["JobRuns"][0]["Id"]
        tiny.glue.batch_stop_job_run(JobName=a, JobRunIds=[job_run])
        assert states(tiny.workflow_finished(flow, run_id)) == {"a": ["STOPPED"], "b": ["SUCCEEDED"]}

    def it_hands_its_name_and_id_to_the_jobs(tiny):
        flow = tiny.workflow(DefaultRunProperties={"colour": "red", "size": "1"})
        code = (
            "import sys, boto3\n"
            "a = dict(zip(sys.argv[1::2], sys.argv[2::2]))\n"
            "key = dict(Name=a['--WORKFLOW_NAME'], RunId=a['--WORKFLOW_RUN_ID'])\n"
            "glue = boto3.client('glue')\n"
            "glue.put_workflow_run_properties(**key, RunProperties={'seen': '1'})\n"
            "print(sorted(glue.get_workflow_run_properties(**key)['RunProperties'].items()))"
        )
        a = tiny.job("a", code)
        tiny.trigger("start", "ON_DEMAND", [a], flow)
        run = tiny.run_workflow(flow, size="2")
        log = tiny.log(tiny.glue.get_job_runs(JobName=a)["JobRuns"][0]["Id"])
        assert log == "[('colour', 'red'), ('seen', '1'), ('size', '2')]\n"
        assert run["WorkflowRunProperties"] == {"colour": "red", "size": "2", "seen": "1"}

    def it_respects_its_own_limit(tiny):
        flow = tiny.workflow(MaxConcurrentRuns=1)
        a = tiny.job("a", SLEEP)
        tiny.trigger("start", "ON_DEMAND", [a], flow)
        run_id = tiny.glue.start_workflow_run(Name=flow)["RunId"]
        with pytest.raises(tiny.glue.exceptions.ConcurrentRunsExceededException, match=flow):
            tiny.glue.start_workflow_run(Name=flow)
        tiny.glue.stop_workflow_run(Name=flow, RunId=run_id)
        assert tiny.workflow_finished(flow, run_id)["Status"] == "STOPPED"

    def it_keeps_an_error_for_a_job_that_is_busy(tiny):
        flow = tiny.workflow()
        a = tiny.job("a", SLEEP)
        busy = tiny.start(a)
        tiny.trigger("start", "ON_DEMAND", [a], flow)
        run = tiny.run_workflow(flow)
        assert states(run) == {"a": ["ERROR"]}
        assert run["Statistics"]["ErroredActions"] == 1
        assert "Concurrent" in tiny.glue.get_job_runs(JobName=a)["JobRuns"][0]["ErrorMessage"]
        tiny.glue.batch_stop_job_run(JobName=a, JobRunIds=[busy])

    def it_lists_runs_newest_first(tiny):
        flow = tiny.workflow()
        tiny.trigger("start", "ON_DEMAND", [tiny.job("a")], flow)
        first, second = tiny.run_workflow(flow), tiny.run_workflow(flow)
        runs = tiny.glue.get_workflow_runs(Name=flow)["Runs"]
        assert [run["WorkflowRunId"] for run in runs] == [second["WorkflowRunId"], first["WorkflowRunId"]]
        assert second["PreviousRunId"] == first["WorkflowRunId"]
        assert tiny.glue.get_workflow(Name=flow)["Workflow"]["LastRun"]["WorkflowRunId"] == second["WorkflowRunId"]


def describe_stop_workflow_run():
    def it_stops_jobs_and_starts_nothing_more(tiny):
        flow = tiny.workflow()
        a, b = tiny.job("a", SLEEP), tiny.job("b")
        tiny.trigger("start", "ON_DEMAND", [a], flow)
        tiny.when("then", [b], flow, "ANY", **{a: "STOPPED"})
        run_id = tiny.glue.start_workflow_run(Name=flow)["RunId"]
        tiny.glue.stop_workflow_run(Name=flow, RunId=run_id)
        run = tiny.workflow_finished(flow, run_id)
        assert run["Status"] == "STOPPED"
        assert states(run) == {"a": ["STOPPED"], "b": []}
        with pytest.raises(ClientError, match="IllegalWorkflowState"):
            tiny.glue.stop_workflow_run(Name=flow, RunId=run_id)


def describe_the_graph():
    def it_connects_triggers_and_jobs(tiny):
        flow = tiny.workflow()
        a, b = tiny.job("a"), tiny.job("b")
        start = tiny.trigger("start", "ON_DEMAND", [a], flow)
        then = tiny.when("then", [b], flow, "AND", **{a: "SUCCEEDED"})
        graph = tiny.glue.get_workflow(Name=flow, IncludeGraph=True)["Workflow"]["Graph"]
        names = {node["UniqueId"]: node["Name"] for node in graph["Nodes"]}
        edges = [(names[edge["SourceId"]], names[edge["DestinationId"]]) for edge in graph["Edges"]]
        assert edges == [(start, a), (a, then), (then, b)]
        trigger = next(node for node in graph["Nodes"] if node["Name"] == then)["TriggerDetails"]["Trigger"]
        assert (trigger["Type"], trigger["State"]) == ("CONDITIONAL", "ACTIVATED")

    def it_is_left_out_unless_asked_for(tiny):
        flow = tiny.workflow()
        tiny.trigger("start", "ON_DEMAND", [tiny.job("a")], flow)
        run = tiny.run_workflow(flow)
        assert "Graph" not in tiny.glue.get_workflow_run(Name=flow, RunId=run["WorkflowRunId"])["Run"]


def describe_a_workflow_without_a_start_trigger():
    def it_starts_and_completes(tiny):
        flow, job = tiny.workflow(DefaultRunProperties={"a": "1"}), tiny.job("a")
        tiny.when("then", [job], flow, "AND", **{tiny.job("absent"): "SUCCEEDED"})
        run = tiny.run_workflow(flow, b="2")
        assert (run["Status"], run["Statistics"]["TotalActions"]) == ("COMPLETED", 0)
        assert run["WorkflowRunProperties"] == {"a": "1", "b": "2"}
        assert tiny.glue.get_job_runs(JobName=job)["JobRuns"] == []

    def it_cannot_be_stopped_once_it_is_over(tiny):
        flow = tiny.workflow()
        run_id = tiny.glue.start_workflow_run(Name=flow)["RunId"]
        with pytest.raises(tiny.glue.exceptions.IllegalWorkflowStateException):
            tiny.glue.stop_workflow_run(Name=flow, RunId=run_id)


def describe_what_does_not_exist():
    @pytest.mark.parametrize("missing", ["workflow", "run"])
    @pytest.mark.parametrize(
        ("call", "more"),
        [
            ("get_workflow_run", {}),
            ("get_workflow_run_properties", {}),
            ("put_workflow_run_properties", {"RunProperties": {}}),
            ("stop_workflow_run", {}),
        ],
    )
    def it_is_not_found_among_runs(tiny, call, more, missing):
        flow = tiny.workflow()
        run_id = tiny.glue.start_workflow_run(Name=flow)["RunId"]
        name, run_id = ("absent", run_id) if missing == "workflow" else (flow, "wr_absent")
        with pytest.raises(tiny.glue.exceptions.EntityNotFoundException, match=r"Entity not found$"):
            getattr(tiny.glue, call)(Name=name, RunId=run_id, **more)

    @pytest.mark.parametrize("call", ["get_workflow", "update_workflow", "start_workflow_run", "get_workflow_runs"])
    def it_is_not_found_among_workflows(tiny, call):
        with pytest.raises(tiny.glue.exceptions.EntityNotFoundException, match=r"Entity not found$"):
            getattr(tiny.glue, call)(Name="absent")

    def it_is_no_error_to_delete_a_workflow(tiny):
        assert tiny.glue.delete_workflow(Name="absent")["Name"] == "absent"
