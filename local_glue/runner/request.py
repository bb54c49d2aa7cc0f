"""What all executors of job scripts share: requests and outcomes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


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
    glue_version: str | None = None
    access_key: str | None = None
    """The key of the session of the job's role; None where no role is judged."""
    python_shell: str | None = None
    """The Python version that a Python shell job asks for; None for jobs with Spark."""
    debug_port: int | None = None
    """Where on this machine the run waits for a debugger; None for runs that none follows."""
    on_running: Callable[[], bool] = lambda: True


class Executor(Protocol):
    """Runs requests; `stop` may be called from another thread."""

    def run(self, request: RunRequest) -> Outcome:
        """Runs the script to its end and returns the outcome."""
        ...

    def stop(self, run_id: str) -> None:
        """Ends the run early, if it has not ended yet."""
        ...

    def close(self) -> None:
        """Ends what is kept for later runs."""
        ...
