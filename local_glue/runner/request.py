"""What every way of running a job script shares: requests, outcomes, surroundings, logs."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from local_glue.home import ACCESS_KEY, SECRET_KEY, Home

STANDIN = Path(__file__).parents[1] / "job" / "standin"


@dataclass(frozen=True)
class Outcome:
    """How a run ended: SUCCEEDED, FAILED, TIMEOUT or STOPPED, and why."""

    state: str
    error_message: str | None = None


@dataclass(frozen=True)
class RunRequest:
    """One attempt to be executed."""

    job_name: str
    run_id: str
    script: str
    argv: list[str]
    libraries: dict[str, str] = field(default_factory=dict)
    timeout_s: float | None = None
    on_running: Callable[[], bool] = lambda: True


class Executor(Protocol):
    """Runs one request to its end; `stop` may come from another thread."""

    def run(self, request: RunRequest) -> Outcome:
        """Executes the script and returns how it ended."""
        ...

    def stop(self, run_id: str) -> None:
        """Ends the run early, if it is still there."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """What executors need to know of the stack."""

    home: Home
    endpoint_url: str
    region: str

    def client(self, service: str) -> Any:
        """A boto3 client on the endpoint."""
        from local_glue.endpoint_clients import make_client

        return make_client(service, self.endpoint_url, self.region)

    def environment(self) -> dict[str, str]:
        """The variables a job script sees beside those of this process."""
        from local_glue.java import JavaNotFoundError, java_home

        variables = {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "LOCAL_GLUE_HOME": str(self.home.path),
            "TZ": "UTC",
        }
        with suppress(JavaNotFoundError):  # a job without Spark needs none; with Spark its own error says so
            variables["JAVA_HOME"] = str(java_home())
        return variables


def send_log(around: Surroundings, run_id: str, log: Path) -> None:
    """Copies a run's log to CloudWatch Logs, group /aws-glue/jobs/output, stream = run id; best effort."""
    group, lines = "/aws-glue/jobs/output", log.read_text(encoding="utf-8", errors="replace").splitlines()[-5000:]
    with suppress(Exception):
        client = around.client("logs")
        with suppress(client.exceptions.ResourceAlreadyExistsException):
            client.create_log_group(logGroupName=group)
        client.create_log_stream(logGroupName=group, logStreamName=run_id)
        stamp = int(time.time() * 1000)
        events = [{"timestamp": stamp, "message": line[:8000]} for line in lines if line]
        for start in range(0, len(events), 500):
            client.put_log_events(logGroupName=group, logStreamName=run_id, logEvents=events[start : start + 500])
