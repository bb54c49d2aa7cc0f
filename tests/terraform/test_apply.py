"""The life of an environment on the local endpoint: created, unchanged in a second plan, used, changed, destroyed."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from oracle import Delivery, assert_warehouse_equals, recompute
from terraform_support import LOCAL, PROJECT, Terraform, UnavailableError, addresses, local_environment

from demo.generate import generate
from demo.manifest import Manifest
from local_glue.provision.addresses import fill_secrets
from local_glue.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.spark, pytest.mark.timeout(1800)]

SMALL = {"days": 1, "plays": 300, "users": 60, "tracks": 90}
JOB, SCRIPT = "load_streams", "glue_jobs/check_quality.py"
FAILING = "streams_validate_files"
CHANGED = {JOB: {"number_of_workers": 3}}


@dataclass
class Life:
    """What was observed at each step; tests only read it."""

    outputs: dict[str, Any] = field(default_factory=dict)
    states_after_apply: dict[str, str] = field(default_factory=dict)
    runs_after_apply: list[str] = field(default_factory=list)
    second_plan: dict[str, str] | None = None
    filled: dict[str, str] = field(default_factory=dict)
    manifest: Manifest | None = None
    run: dict[str, Any] = field(default_factory=dict)
    job_runs: list[dict[str, Any]] = field(default_factory=list)
    file_states: dict[str, str] = field(default_factory=dict)
    difference: str | None = "not compared"
    third_plan: dict[str, str] | None = None
    workers_after_change: int = 0
    script_after_change: str = ""
    alerts: list[str] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="session")  # a describe block counts as a module
def life(tmp_path_factory):
    """All steps, run once; a failure has the output of Terraform or the job."""
    try:
        with local_environment(tmp_path_factory.mktemp) as (stack, module):
            yield _live(stack, module)
    except UnavailableError as error:
        pytest.skip(f"NOT TESTED: that terraform/ can be applied. {error}")


def _live(stack: Stack, module: Path) -> Life:
    life, terraform = Life(), Terraform(module, **addresses(stack))
    terraform.apply(*LOCAL)
    life.outputs = terraform.outputs()
    _look_at_triggers(life, stack.client("glue"))
    life.filled = fill_secrets(stack.config, stack.client, stack.postgres)
    with ThreadPoolExecutor(1) as pool:
        plan = pool.submit(terraform.plan, *LOCAL)
        _load(life, stack, module.parent)
        life.second_plan = plan.result()
    _change(life, stack, module)
    life.alerts = _fail(stack, life.outputs["alerts_topic_arn"])
    Terraform(module, **addresses(stack)).destroy("-refresh=false", *LOCAL)
    life.left = _what_is_left(stack)
    return life


def _look_at_triggers(life: Life, glue: Any) -> None:
    life.states_after_apply = {trigger["Name"]: trigger["State"] for trigger in glue.get_triggers()["Triggers"]}
    for workflow in glue.list_workflows()["Workflows"]:
        life.runs_after_apply += [run["WorkflowRunId"] for run in glue.get_workflow_runs(Name=workflow)["Runs"]]


def _load(life: Life, stack: Stack, folder: Path) -> None:
    """Delivers a small demo to the landing bucket and runs the workflow over it."""
    landing = folder / "landing"
    life.manifest = generate(landing, **SMALL)
    delivered = []
    for key, entry in life.manifest.files.items():
        stack.client("s3").upload_file(str(landing / key), life.outputs["buckets"]["landing"], key)
        if entry.state in ("LOADED", "REPEATED"):
            delivered.append(Delivery(key.partition("/")[0], landing / key))
    life.run = stack.run_workflow("streams")
    glue = stack.client("glue")
    jobs = [node["Name"] for node in life.run["Graph"]["Nodes"] if node["Type"] == "JOB"]
    life.job_runs = [run for job in jobs for run in glue.get_job_runs(JobName=job)["JobRuns"]]
    if any(run["JobRunState"] != "SUCCEEDED" for run in life.job_runs):
        return
    with stack.connect("warehouse") as warehouse:
        life.file_states = dict(warehouse.execute("SELECT source_file, state FROM music.load_files").fetchall())
        try:
            assert_warehouse_equals(warehouse, recompute(delivered))
            life.difference = None
        except AssertionError as error:
            life.difference = str(error)


def _change(life: Life, stack: Stack, module: Path) -> None:
    """Gives one job more workers and one script another line."""
    script = module.parent / SCRIPT
    script.write_text(script.read_text() + "# changed\n")
    terraform = Terraform(module, **addresses(stack), job_settings=CHANGED)
    life.third_plan = terraform.plan(*LOCAL)
    terraform.apply_plan()
    life.workers_after_change = stack.client("glue").get_job(JobName=JOB)["Job"]["NumberOfWorkers"]
    body = stack.client("s3").get_object(Bucket=life.outputs["buckets"]["scripts"], Key=SCRIPT)["Body"]
    life.script_after_change = body.read().decode()


def _fail(stack: Stack, topic: str) -> list[str]:
    """Makes a job fail, and returns the messages of the alerts' topic."""
    sqs = stack.client("sqs")
    queue = sqs.create_queue(QueueName="listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    stack.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    stack.run_job(FAILING, {"--ledger_table": "NoSuchTable"})
    heard = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5, MaxNumberOfMessages=10).get("Messages", ())
    return [json.loads(message["Body"])["Message"] for message in heard]


def _what_is_left(stack: Stack) -> dict[str, list[str]]:
    """Names of what the endpoint still has, by kind, except its own log group."""
    glue, client = stack.client("glue"), stack.client
    groups = client("logs").describe_log_groups()["logGroups"]
    return {
        "jobs": glue.list_jobs()["JobNames"],
        "workflows": glue.list_workflows()["Workflows"],
        "triggers": glue.list_triggers()["TriggerNames"],
        "connections": [entry["Name"] for entry in glue.get_connections()["ConnectionList"]],
        "security configurations": glue.get_security_configurations()["SecurityConfigurations"],
        "databases": glue.get_databases()["DatabaseList"],
        "buckets": [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]],
        "secrets": client("secretsmanager").list_secrets()["SecretList"],
        "tables": client("dynamodb").list_tables()["TableNames"],
        "roles": [role["RoleName"] for role in client("iam").list_roles()["Roles"]],
        "rules": [rule["Name"] for rule in client("events").list_rules()["Rules"]],
        "topics": client("sns").list_topics()["Topics"],
        "alarms": [alarm["AlarmName"] for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]],
        "dashboards": client("cloudwatch").list_dashboards()["DashboardEntries"],
        "log groups": [
            group["logGroupName"] for group in groups if not group["logGroupName"].startswith("/aws-glue/jobs/")
        ],
    }


def describe_apply():
    def it_makes_every_job_and_trigger_of_the_file(life):
        workflows = json.loads((PROJECT / "glue_jobs" / "workflows.json").read_text())["workflows"]
        assert set(life.outputs["jobs"]) == {job for workflow in workflows.values() for job in workflow["jobs"]}
        named = {trigger["name"] for workflow in workflows.values() for trigger in workflow["triggers"]}
        assert set(life.states_after_apply) == named

    def it_starts_nothing(life):
        assert life.runs_after_apply == []

    def it_leads_the_connections_to_the_databases(life):
        assert set(life.filled) == set(life.outputs["connections"].values())
        assert set(life.filled.values()) == {"rds", "warehouse"}


def describe_a_second_plan():
    def it_finds_nothing_to_change_though_a_workflow_runs(life):
        assert life.second_plan == {}


def describe_the_workflow():
    def it_succeeds_with_what_terraform_made(life):
        failed = {run["JobName"]: run.get("ErrorMessage") for run in life.job_runs if run["JobRunState"] != "SUCCEEDED"}
        assert failed == {}
        assert life.run["Status"] == "COMPLETED"
        assert {run["SecurityConfiguration"] for run in life.job_runs} == {"music-local"}

    def it_books_every_file(life):
        states = {entry.key: entry.state for entry in life.manifest.files.values() if entry.state != "IGNORED"}
        assert life.file_states == states

    def it_fills_the_warehouse_as_duckdb_does(life):
        assert life.difference is None


def describe_a_change():
    def it_updates_just_what_changed(life):
        changed = {f'aws_glue_job.this["{JOB}"]': "update", f'aws_s3_object.script["{SCRIPT}"]': "update"}
        assert life.third_plan == changed

    def it_reaches_the_job(life):
        assert life.workers_after_change == CHANGED[JOB]["number_of_workers"]
        assert life.script_after_change.endswith("# changed\n")


def describe_an_alert():
    def it_says_which_job_failed_and_why(life):
        (text,) = life.alerts
        first, why, *_ = text.splitlines()
        assert first.startswith(f"Job {FAILING} of workflow streams in music-local: FAILED")
        assert "NoSuchTable" in why


def describe_destroy():
    def it_leaves_nothing(life):
        assert {kind: names for kind, names in life.left.items() if names} == {}
