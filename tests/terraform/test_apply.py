"""The life of an environment on the local endpoint: created, unchanged in a second plan, used, changed, destroyed."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import rights
from oracle import Delivery, assert_warehouse_equals, recompute, recompute_star
from terraform_support import LOCAL, PROJECT, Terraform, UnavailableError, addresses, local_environment

from demo.generate import generate
from demo.manifest import Manifest
from local_glue.provision.addresses import fill_secrets
from local_glue.stack import Stack
from local_glue.versions import running

pytestmark = [pytest.mark.stack, pytest.mark.spark, pytest.mark.timeout(1800)]

SMALL = {
    "streams": {"days": 1, "plays": 300, "users": 60, "tracks": 90},
    "sparkify": {"days": 1, "events": 300, "songs": 20, "users": 12},
}
ORACLES = {"streams": ("music", recompute), "sparkify": ("sparkify", recompute_star)}
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
    manifests: dict[str, Manifest] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    job_runs: list[dict[str, Any]] = field(default_factory=list)
    file_states: dict[str, str] = field(default_factory=dict)
    differences: dict[str, str] = field(default_factory=dict)
    left_by_rare_runs: list[str] = field(default_factory=list)
    policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
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
    life = Life()
    for workflow, sizes in SMALL.items():
        life.manifests[workflow] = generate(module.parent / "landing" / workflow, workflow, **sizes)
    # New objects start sparkify, and jobs run in a VPC, so that the rights for both are needed.
    by_event = {"type": "event", "batch_size": len(life.manifests["sparkify"].files), "enabled": True}
    variables = {**addresses(stack), "network": rights.network(stack), "start": {"sparkify": by_event}}
    variables["glue_version"] = running().name
    terraform = Terraform(module, **variables)
    terraform.apply(*LOCAL)
    life.outputs = terraform.outputs()
    life.policies = rights.policies(stack)
    _look_at_triggers(life, stack.client("glue"))
    life.filled = fill_secrets(stack.config, stack.client, stack.postgres)
    with ThreadPoolExecutor(1) as pool:
        plan = pool.submit(terraform.plan, *LOCAL)
        for workflow in SMALL:
            _load(life, stack, module.parent / "landing" / workflow, workflow)
        life.second_plan = plan.result()
    life.job_runs += rights.do_what_is_rare(stack, life.outputs["buckets"])
    life.left_by_rare_runs = rights.left_by_rare_runs(stack, life.outputs["buckets"]["lake"])
    life.notes = rights.notes(stack)
    life.refusals = _take_rights_away(stack)
    _change(life, stack, Terraform(module, **variables, job_settings=CHANGED))
    life.alerts = _fail(stack, life.outputs["alerts_topic_arn"])
    terraform.destroy("-refresh=false", *LOCAL)
    life.left = _what_is_left(stack)
    return life


def _look_at_triggers(life: Life, glue: Any) -> None:
    life.states_after_apply = {trigger["Name"]: trigger["State"] for trigger in glue.get_triggers()["Triggers"]}
    for workflow in glue.list_workflows()["Workflows"]:
        life.runs_after_apply += [run["WorkflowRunId"] for run in glue.get_workflow_runs(Name=workflow)["Runs"]]


def _load(life: Life, stack: Stack, landing: Path, workflow: str) -> None:
    """Delivers a small demo to the landing bucket, runs the workflow over it, and compares the warehouse."""
    delivered = []
    for key, entry in life.manifests[workflow].files.items():
        stack.client("s3").upload_file(str(landing / key), life.outputs["buckets"]["landing"], key)
        if entry.state in ("LOADED", "REPEATED"):
            delivered.append(Delivery(key.partition("/")[0], landing / key))
    glue = stack.client("glue")
    started = glue.get_workflow_runs(Name=workflow)["Runs"]
    run = stack.wait_for_workflow(workflow, started[0]["WorkflowRunId"]) if started else stack.run_workflow(workflow)
    life.runs[workflow] = run
    jobs = [node["Name"] for node in run["Graph"]["Nodes"] if node["Type"] == "JOB"]
    job_runs = [run for job in jobs for run in glue.get_job_runs(JobName=job)["JobRuns"]]
    life.job_runs += job_runs
    if any(run["JobRunState"] != "SUCCEEDED" for run in job_runs):
        life.differences[workflow] = "a job failed"
        return
    schema, expected = ORACLES[workflow]
    with stack.connect("warehouse") as warehouse:
        life.file_states |= dict(warehouse.execute("SELECT source_file, state FROM music.load_files").fetchall())
        try:
            assert_warehouse_equals(warehouse, expected(delivered), schema=schema)
        except AssertionError as error:
            life.differences[workflow] = str(error)


def _take_rights_away(stack: Stack) -> dict[str, str]:
    """Why a job fails without a statement of its role, by the statement's Sid."""
    why = {}
    for sid in ("ListLanding", "KeepLedger", "ReadCode", "WriteSparkHistory", "UseKey"):
        with rights.without(stack, "music-local-validate-files", sid):
            run = stack.run_job(FAILING)
            why[sid] = run["JobRunState"] + ": " + run.get("ErrorMessage", "")
    return why


def _change(life: Life, stack: Stack, terraform: Terraform) -> None:
    """Gives one job more workers and one script another line."""
    script = terraform.folder.parent / SCRIPT
    script.write_text(script.read_text() + "# changed\n")
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


def describe_the_workflows():
    def it_succeeds_with_what_terraform_made(life):
        failed = {run["JobName"]: run.get("ErrorMessage") for run in life.job_runs if run["JobRunState"] != "SUCCEEDED"}
        assert failed == {}
        assert {workflow: run["Status"] for workflow, run in life.runs.items()} == dict.fromkeys(SMALL, "COMPLETED")
        assert {run["SecurityConfiguration"] for run in life.job_runs} == {"music-local"}

    def it_books_every_file(life):
        files = [entry for manifest in life.manifests.values() for entry in manifest.files.values()]
        assert life.file_states == {entry.key: entry.state for entry in files if entry.state != "IGNORED"}

    def it_fills_the_warehouse_as_duckdb_does(life):
        assert life.differences == {}

    def it_takes_over_and_sweeps_what_others_left(life):
        assert life.left_by_rare_runs == []


def describe_roles():
    def it_allows_all_that_the_runs_did(life):
        assert rights.denied(life.notes) == []

    def it_has_no_statement_that_could_be_taken_away(life):
        assert rights.needless_statements(life.policies, life.notes) == []

    def it_allows_no_action_that_no_run_needs(life):
        needless = rights.needless_actions(life.policies, life.notes)
        assert not needless, "\n".join(needless)

    @pytest.mark.parametrize(
        ("sid", "refused"),
        [
            ("ListLanding", 's3:ListBucketVersions on resource: "arn:aws:s3:::music-landing" because'),
            (
                "KeepLedger",
                "dynamodb:Query on resource: arn:aws:dynamodb:us-east-1:123456789012:table/ProcessedFiles/index",
            ),
            ("ReadCode", "AccessDenied"),
            ("WriteSparkHistory", 's3:PutObject on resource: "arn:aws:s3:::music-lake/spark-ui/'),
            ("UseKey", "kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:123456789012:key/"),
        ],
    )
    def it_fails_a_job_without_one_of_its_statements(life, sid, refused):
        assert life.refusals[sid].startswith("FAILED: ")
        assert refused in life.refusals[sid]


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
