"""What all executors of job scripts share: requests, outcomes, logs."""

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
    """One attempt that an executor is to run."""

    job_name: str
    run_id: str
    script: str
    argv: list[str]
    libraries: dict[str, str] = field(default_factory=dict)
    timeout_s: float | None = None
    on_running: Callable[[], bool] = lambda: True


class Executor(Protocol):
    """Runs requests; `stop` may be called from another thread."""

    def run(self, request: RunRequest) -> Outcome:
        """Runs the script to its end and returns the outcome."""
        ...

    def stop(self, run_id: str) -> None:
        """Ends the run early, if it has not ended yet."""
        ...


def send_log(access: Access, run_id: str, log: Path) -> None:
    """Copies a run's log to CloudWatch Logs, with the run id as stream; errors are ignored."""
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
