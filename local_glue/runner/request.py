"""What every way of running a job script shares: requests, outcomes, logs."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from local_glue.access import Access


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


def send_log(access: Access, run_id: str, log: Path) -> None:
    """Copies a run's log to CloudWatch Logs, group /aws-glue/jobs/output, stream = run id; best effort."""
    group, lines = "/aws-glue/jobs/output", log.read_text(encoding="utf-8", errors="replace").splitlines()[-5000:]
    with suppress(Exception):
        client = access.client("logs")
        with suppress(client.exceptions.ResourceAlreadyExistsException):
            client.create_log_group(logGroupName=group)
        client.create_log_stream(logGroupName=group, logStreamName=run_id)
        stamp = int(time.time() * 1000)
        events = [{"timestamp": stamp, "message": line[:8000]} for line in lines if line]
        for start in range(0, len(events), 500):
            client.put_log_events(logGroupName=group, logStreamName=run_id, logEvents=events[start : start + 500])
