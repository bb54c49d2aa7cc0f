"""An endpoint with tiny jobs, used through boto3, and a small project for whole stacks."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from local_glue.access import Access
from local_glue.config import Config
from local_glue.home import Home
from local_glue.lifecycle import start_server, stop_server
from local_glue.waiting import pauses

BUCKET = "scripts-bucket"
ACTIVE = ("STARTING", "RUNNING", "STOPPING", "WAITING")
SLEEP = "import time\ntime.sleep(30)"
OK = "print('fine')"
FAIL = "raise ValueError('no such thing')"

PYPROJECT = """
[tool.local_glue]
explain = "make story OF=${run}"
landing_bucket = "landing"
scripts_bucket = "scripts"
buckets = [{ name = "landing", versioning = true }, { name = "scripts" }]
workflows = "workflows.json"
libraries = [{ package = "shop/lib", key = "lib/shop.zip" }]
minute_seconds = 1.0

[tool.local_glue.environment]
SHOP_URL = "${warehouse.jdbc_url}"

[tool.local_glue.values]
bucket = "landing"

[tool.local_glue.databases.warehouse]
engine = "redshift"
dbname = "dwh"
user = "loader"
groups = ["readers"]

[tool.local_glue.connections.shop-dwh]
database = "warehouse"
secret = "shop/dwh"

[[tool.local_glue.dynamodb_tables]]
name = "Ledger"
hash_key = "file_key"
indexes = [{ name = "by_state", hash_key = "state" }]
"""

WORKFLOWS = {
    "defaults": {"max_retries": 0, "timeout_minutes": 60, "arguments": {"--bucket": "${bucket}", "--mood": "calm"}},
    "workflows": {
        "shop": {
            "properties": {"colour": "red"},
            "jobs": {
                "first": {"script": "jobs/first.py", "connections": ["shop-dwh"]},
                "second": {"script": "jobs/second.py", "arguments": {"--mood": "wild"}},
            },
            "triggers": [
                {"name": "shop_start", "type": "SCHEDULED", "schedule": "cron(0 4 * * ? *)", "actions": ["first"]},
                {
                    "name": "shop_after_first",
                    "type": "CONDITIONAL",
                    "when": [{"job": "first", "state": "SUCCEEDED"}],
                    "actions": ["second"],
                },
            ],
        }
    },
}

FIRST = """
import sys
from shop.lib.prices import PRICE
print("price", PRICE, *sys.argv[1:])
"""
SECOND = """
import sys
import boto3
mood = sys.argv[sys.argv.index("--mood") + 1]
boto3.client("s3").put_object(Bucket="landing", Key="out/mood.txt", Body=mood.encode())
"""


def make_project(folder: Path, *, second: str = SECOND) -> Path:
    """A project of two jobs, a library, a database and a table."""
    for path, text in {
        "pyproject.toml": PYPROJECT,
        "workflows.json": json.dumps(WORKFLOWS),
        "jobs/first.py": FIRST,
        "jobs/second.py": second,
        "shop/__init__.py": "",
        "shop/lib/__init__.py": "",
        "shop/lib/prices.py": "PRICE = 7\n",
    }.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


class Shell:
    """Runs local-glue in a project, as a user does."""

    def __init__(self, project: Path, home: Path) -> None:
        self.project, self.home = project, home

    def __call__(self, *arguments: str, code: int = 0, stdin: str | None = None) -> str:
        """The standard output of a command, after a check of its exit code; standard error is in `errors`."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        environment["LOCAL_GLUE_HOME"] = str(self.home)
        command = [sys.executable, "-m", "local_glue.cli.main", *arguments]
        done = subprocess.run(
            command, cwd=self.project, env=environment, capture_output=True, text=True, timeout=90, input=stdin
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        self.errors = done.stderr
        return done.stdout

    def state(self) -> dict[str, Any]:
        """The stack's state.json."""
        return json.loads((self.home / "state.json").read_text())


class Remote:
    """An endpoint in a separate process, without databases."""

    def __init__(self, folder: Path, *, minute_seconds: float = 60.0, cold: bool = False) -> None:
        home, config = Home(folder), Config(project=folder, minute_seconds=minute_seconds)
        ready = start_server(home, config, clock=False, cold=cold)
        self.pid, self.url = ready["pid"], f"http://127.0.0.1:{ready['port']}"
        self.access = Access(home, self.url, "us-east-1")
        self.access.client("s3").create_bucket(Bucket=BUCKET)

    def stop(self) -> None:
        """Ends the process."""
        stop_server(self.pid)


class Tiny:
    """Creates jobs, triggers and workflows of one test, with names that no other test uses."""

    def __init__(self, endpoint: Any) -> None:
        self.endpoint = endpoint
        self.glue, self.s3 = endpoint.access.client("glue"), endpoint.access.client("s3")
        self.mark = uuid.uuid4().hex[:8]

    def job(self, name: str, code: str = OK, **options: Any) -> str:
        """Uploads a script and creates its job; returns the job's full name."""
        full = f"{name}_{self.mark}"
        key = f"{full}.py"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=code.encode())
        command = {"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/{key}", "PythonVersion": "3"}
        self.glue.create_job(**{"Role": "role", **options}, Name=full, Command=command)
        return full

    def workflow(self, **options: Any) -> str:
        """Creates the test's workflow."""
        return self.glue.create_workflow(Name=f"flow_{self.mark}", **options)["Name"]

    def trigger(self, name: str, kind: str, jobs: list[str], workflow: str | None = None, **options: Any) -> str:
        """Creates a trigger that starts these jobs."""
        if workflow:
            options["WorkflowName"] = workflow
        actions = [{"JobName": job} for job in jobs]
        full = f"{name}_{self.mark}"
        self.glue.create_trigger(Name=full, Type=kind, Actions=actions, **options)
        return full

    def when(self, name: str, jobs: list[str], workflow: str | None, logical: str, **states: str) -> str:
        """Creates an active CONDITIONAL trigger; `states` maps job names to states."""
        conditions = [{"LogicalOperator": "EQUALS", "JobName": job, "State": state} for job, state in states.items()]
        predicate = {"Logical": logical, "Conditions": conditions}
        return self.trigger(name, "CONDITIONAL", jobs, workflow, Predicate=predicate, StartOnCreation=True)

    def start(self, job: str, **options: Any) -> str:
        """Starts a job run."""
        return self.glue.start_job_run(JobName=job, **options)["JobRunId"]

    def state(self, job: str, run_id: str) -> str:
        """State of a job run."""
        return self.glue.get_job_run(JobName=job, RunId=run_id)["JobRun"]["JobRunState"]

    def finished(self, job: str, run_id: str) -> dict[str, Any]:
        """The job run once it is over."""
        wait_for(lambda: self.state(job, run_id) not in ACTIVE, 60)
        return self.glue.get_job_run(JobName=job, RunId=run_id)["JobRun"]

    def run(self, job: str, **options: Any) -> dict[str, Any]:
        """Starts a job and waits for its end."""
        return self.finished(job, self.start(job, **options))

    def run_workflow(self, name: str, **properties: str) -> dict[str, Any]:
        """Starts a workflow, waits for its end, returns the run with its graph."""
        run_id = self.glue.start_workflow_run(Name=name, RunProperties=properties)["RunId"]
        return self.workflow_finished(name, run_id)

    def workflow_finished(self, name: str, run_id: str) -> dict[str, Any]:
        """The workflow run once it is over, with its graph."""
        wait_for(lambda: self.workflow_run(name, run_id)["Status"] not in ("RUNNING", "STOPPING"))
        return self.workflow_run(name, run_id)

    def workflow_run(self, name: str, run_id: str) -> dict[str, Any]:
        """The workflow run as it is now, with its graph."""
        return self.glue.get_workflow_run(Name=name, RunId=run_id, IncludeGraph=True)["Run"]

    def log(self, run_id: str) -> str:
        """The log of the run."""
        return self.endpoint.access.home.log_of(run_id).read_text()


def states(run: dict[str, Any]) -> dict[str, list[str]]:
    """States of the job runs of a workflow run, newest first, by the job's name without the test's mark."""
    jobs = [node for node in run["Graph"]["Nodes"] if node["Type"] == "JOB"]
    return {
        node["Name"].rpartition("_")[0]: [r["JobRunState"] for r in node["JobDetails"].get("JobRuns", [])]
        for node in jobs
    }


def fail_once(flag: Path) -> str:
    """A script that fails only the first time, when the file does not exist."""
    return f"import pathlib\np = pathlib.Path({str(flag)!r})\nif not p.exists():\n    p.touch()\n    raise OSError('x')"


def wait_for(condition: Any, timeout_s: float = 20) -> None:
    """Waits until the condition holds."""
    assert any(condition() for _ in pauses(timeout_s)), "it did not happen in time"


DATA_API = {"WorkgroupName": "any", "Database": "dwh"}


def ended(api: Any, **given: Any) -> dict[str, Any]:
    """The statement of the Redshift Data API, or the batch of `Sqls`, once it has ended."""
    call = api.batch_execute_statement if "Sqls" in given else api.execute_statement
    statement = call(**{**DATA_API, **given})["Id"]
    for _ in pauses():
        described: dict[str, Any] = api.describe_statement(Id=statement)
        if described["Status"] in ("FINISHED", "FAILED"):
            break
    return described
