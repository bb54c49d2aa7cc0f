"""Job runs and workflow runs, and how the API shows them."""

import math
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from local_glue.endpoint.glue.capacity import of_run

ACTIVE = {"WAITING", "STARTING", "RUNNING", "STOPPING"}
FINAL = {"SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED", "ERROR"}
LOG_GROUP = "/aws-glue/jobs"
INTERRUPTED = "The local endpoint ended while this run went on: it was killed, or the machine was restarted."


def now() -> datetime:
    """The current time in UTC."""
    return datetime.now(timezone.utc)


def new_run_id(prefix: str) -> str:
    """An id in Glue's form: `jr_` or `wr_` and 64 hexadecimal digits."""
    return f"{prefix}_{secrets.token_hex(32)}"


@dataclass
class JobRun:
    """One attempt of one job run."""

    job: dict[str, Any]
    run_id: str
    arguments: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, Any] = field(default_factory=dict)
    attempt: int = 0
    previous_run_id: str | None = None
    trigger_name: str | None = None
    workflow_run: "WorkflowRun | None" = None
    predecessors: list[dict[str, str]] = field(default_factory=list)
    state: str = "STARTING"
    error_message: str | None = None
    started_on: datetime = field(default_factory=now)
    modified_on: datetime = field(default_factory=now)
    completed_on: datetime | None = None
    stop_requested: bool = False
    abandoned: bool = False

    @property
    def job_name(self) -> str:
        return self.job["Name"]

    @property
    def first_run_id(self) -> str:
        """The id of the first attempt."""
        return self.run_id.partition("_attempt_")[0]

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def queues(self) -> bool:
        """Whether the run waits for its turn when its job runs as often as it may."""
        return bool(self.overrides.get("JobRunQueuingEnabled", self.job.get("JobRunQueuingEnabled", False)))

    @property
    def timeout_minutes(self) -> float | None:
        return self.overrides.get("Timeout") or self.job.get("Timeout")

    def all_arguments(self) -> dict[str, str]:
        """The script's arguments: the job's defaults, overridden by the run's, then those that cannot be overridden."""
        fixed = self.job.get("NonOverridableArguments") or {}
        return {**(self.job.get("DefaultArguments") or {}), **self.arguments, **fixed}

    def set_state(self, state: str, error_message: str | None = None) -> None:
        """Sets the state; a final one also sets CompletedOn."""
        self.state, self.error_message, self.modified_on = state, error_message, now()
        if state in FINAL:
            self.completed_on = self.modified_on

    def next_attempt(self) -> "JobRun":
        """The retry that follows this failed attempt."""
        return JobRun(
            job=self.job, run_id=f"{self.first_run_id}_attempt_{self.attempt + 1}", arguments=self.arguments,
            overrides=self.overrides, attempt=self.attempt + 1, previous_run_id=self.run_id,
            trigger_name=self.trigger_name, workflow_run=self.workflow_run, predecessors=self.predecessors,
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """The JobRun of the API; absent values are left out."""
        end = self.completed_on or now()
        value = {
            "Id": self.run_id,
            "Attempt": self.attempt,
            "PreviousRunId": self.previous_run_id,
            "TriggerName": self.trigger_name,
            "JobName": self.job_name,
            "JobMode": "SCRIPT",
            "StartedOn": self.started_on,
            "LastModifiedOn": self.modified_on,
            "CompletedOn": self.completed_on,
            "JobRunState": self.state,
            "Arguments": self.all_arguments() or None,
            "ErrorMessage": self.error_message,
            "PredecessorRuns": self.predecessors,
            "ExecutionTime": math.ceil((end - self.started_on).total_seconds()),
            "LogGroupName": LOG_GROUP,
            "JobRunQueuingEnabled": self.queues,
            **of_run(self.job, self.overrides),
        }
        for key in ("GlueVersion", "ExecutionClass", "NotificationProperty", "SecurityConfiguration", "Timeout"):
            value[key] = self.overrides.get(key) or self.job.get(key)
        return {key: item for key, item in value.items() if item is not None}


@dataclass
class WorkflowRun:
    """One run of a workflow."""

    name: str
    run_id: str
    properties: dict[str, str]
    previous_run_id: str | None = None
    status: str = "RUNNING"
    started_on: datetime = field(default_factory=now)
    completed_on: datetime | None = None
    error_message: str | None = None
    starting_batch: dict[str, int] | None = None
    fired: set[str] = field(default_factory=set)
    job_runs: list[JobRun] = field(default_factory=list)

    @property
    def is_active(self) -> bool:
        return self.status in ("RUNNING", "STOPPING")

    def states(self) -> dict[str, str]:
        """The state of each job's latest attempt."""
        return {run.job_name: run.state for run in self.job_runs}

    def end(self, status: str, error_message: str | None = None) -> None:
        """Ends the run with a status."""
        self.status, self.error_message, self.completed_on = status, error_message, now()

    def statistics(self) -> dict[str, int]:
        """The number of actions by outcome; a retried job counts once, by its latest attempt."""
        latest: dict[str, JobRun] = {run.first_run_id: run for run in self.job_runs}
        states = [run.state for run in latest.values()]
        count = states.count
        return {
            "TotalActions": len(states),
            "SucceededActions": count("SUCCEEDED"),
            "FailedActions": count("FAILED"),
            "TimeoutActions": count("TIMEOUT"),
            "StoppedActions": count("STOPPED"),
            "ErroredActions": count("ERROR"),
            "RunningActions": count("STARTING") + count("RUNNING") + count("STOPPING"),
            "WaitingActions": count("WAITING"),
        }

    def as_dict(self, graph: dict[str, Any] | None = None) -> dict[str, Any]:
        """The WorkflowRun of the API; absent values are left out."""
        value = {
            "Name": self.name,
            "WorkflowRunId": self.run_id,
            "PreviousRunId": self.previous_run_id,
            "WorkflowRunProperties": self.properties,
            "StartedOn": self.started_on,
            "CompletedOn": self.completed_on,
            "Status": self.status,
            "ErrorMessage": self.error_message,
            "Statistics": self.statistics(),
            "Graph": graph,
            "StartingEventBatchCondition": self.starting_batch,
        }
        return {key: item for key, item in value.items() if item is not None}
