"""Triggers and workflows: when jobs start, and when a workflow run is over."""

from contextlib import suppress
from threading import RLock
from typing import Any

from local_glue.endpoint.glue.errors import GlueApiError, concurrent_runs, invalid, no_entity, not_found
from local_glue.endpoint.glue.jobs import Jobs
from local_glue.endpoint.glue.runs import FINAL, INTERRUPTED, JobRun, WorkflowRun, new_run_id
from local_glue.endpoint.glue.trigger_rules import START_TYPES, check_no_crawlers, holds, watched_jobs

ACTION_OVERRIDES = ("Timeout", "SecurityConfiguration", "NotificationProperty")


class Workflows:
    """Definitions of workflows and triggers, and the workflow runs.

    With `clock`, SCHEDULED triggers are fired by a Clock, and not by start_trigger.
    """

    def __init__(self, jobs: Jobs, lock: RLock, *, clock: bool = False) -> None:
        self.jobs = jobs
        self.lock = lock
        self.clock = clock
        self.definitions: dict[str, dict[str, Any]] = {}
        self.triggers: dict[str, dict[str, Any]] = {}
        self.runs: dict[str, list[WorkflowRun]] = {}
        self._seen: dict[str, dict[str, str]] = {}

    def state(self) -> tuple[Any, ...]:
        """Definitions and runs, to be kept."""
        return self.definitions, self.triggers, self.runs, self._seen

    def resume(self, state: tuple[Any, ...]) -> None:
        """Takes definitions and runs from an endpoint that has ended; active runs ended with it."""
        for store, kept in zip(self.state(), state, strict=True):
            store.update(kept)
        for run in [run for runs in self.runs.values() for run in runs if run.is_active]:
            # `stop_all` has stopped the jobs of those that end in order.
            failed = any(job_run.error_message == INTERRUPTED for job_run in run.job_runs)
            run.end("ERROR" if failed else "STOPPED", INTERRUPTED if failed else None)

    def clear(self) -> None:
        """Deletes everything."""
        for store in (self.definitions, self.triggers, self.runs, self._seen):
            store.clear()

    def definition(self, name: str) -> dict[str, Any]:
        """The workflow; raises EntityNotFoundException if it does not exist."""
        if name not in self.definitions:
            raise no_entity()
        return self.definitions[name]

    def trigger(self, name: str) -> dict[str, Any]:
        """The trigger; raises EntityNotFoundException if it does not exist."""
        if name not in self.triggers:
            raise not_found("Trigger", name)
        return self.triggers[name]

    def run(self, name: str, run_id: str) -> WorkflowRun:
        """A run of a workflow; raises EntityNotFoundException if it does not exist."""
        self.definition(name)
        for run in self.runs.get(name, ()):
            if run.run_id == run_id:
                return run
        raise no_entity()

    def triggers_of(self, workflow: str) -> list[dict[str, Any]]:
        """The workflow's triggers, in order of creation."""
        return [trigger for trigger in self.triggers.values() if trigger.get("WorkflowName") == workflow]

    def start_trigger_of(self, workflow: str) -> dict[str, Any] | None:
        """The trigger that starts the workflow, None without one."""
        return next((t for t in self.triggers_of(workflow) if t["Type"] in START_TYPES), None)

    def start_run(self, name: str, properties: dict[str, str] | None = None) -> WorkflowRun:
        """Starts a workflow run by firing its start trigger; without one the run is over at once.

        Raises:
            GlueApiError: the workflow does not exist, runs too often already, or has crawlers.
        """
        with self.lock:
            workflow = self.definition(name)
            for trigger in self.triggers_of(name):
                check_no_crawlers(trigger)
            runs = self.runs.setdefault(name, [])
            limit = workflow.get("MaxConcurrentRuns")
            if limit and sum(run.is_active for run in runs) >= limit:
                raise concurrent_runs("the workflow", name, limit)
            merged = {**(workflow.get("DefaultRunProperties") or {}), **(properties or {})}
            run = WorkflowRun(name, new_run_id("wr"), merged, previous_run_id=runs[-1].run_id if runs else None)
            runs.append(run)
            if start := self.start_trigger_of(name):
                self._fire(start, run)
            self._settle(run)
            return run

    def record_refused(self, name: str, properties: dict[str, str]) -> WorkflowRun:
        """Records a run in status ERROR, as AWS does for an event that comes while the workflow's limit is reached."""
        runs = self.runs.setdefault(name, [])
        run = WorkflowRun(name, new_run_id("wr"), properties, previous_run_id=runs[-1].run_id if runs else None)
        run.end("ERROR", f"Concurrent runs exceeded for workflow: {name}.")
        runs.append(run)
        return run

    def stop_run(self, name: str, run_id: str) -> None:
        """Stops a workflow run and its jobs; none of its triggers fires any more."""
        with self.lock:
            run = self.run(name, run_id)
            if run.status != "RUNNING":
                raise GlueApiError("IllegalWorkflowStateException", f"Workflow run {run_id} is {run.status}.")
            run.status = "STOPPING"
            active = [job_run for job_run in run.job_runs if job_run.is_active]
            self._settle(run)
        for job_run in active:
            with suppress(GlueApiError):  # it may have ended by itself in the meantime
                self.jobs.stop(job_run)

    def start_trigger(self, name: str) -> None:
        """Fires an ON_DEMAND trigger, and an active SCHEDULED one if no clock runs; activates any other.

        Raises:
            GlueApiError: the trigger does not exist, has crawlers, or is of type EVENT, which only events start.
        """
        with self.lock:
            trigger = self.trigger(name)
            kind = trigger["Type"]
            if kind == "EVENT":
                raise invalid("Trigger Type EVENT cannot be started")
            check_no_crawlers(trigger)
            if kind == "ON_DEMAND" or (kind == "SCHEDULED" and trigger["State"] == "ACTIVATED" and not self.clock):
                self.fire_start(trigger)
            else:
                trigger["State"] = "ACTIVATED"

    def fire_start(self, trigger: dict[str, Any]) -> None:
        """Starts the workflow of a start trigger, or the trigger's jobs when it belongs to no workflow."""
        with self.lock:
            if trigger.get("WorkflowName"):
                self.start_run(trigger["WorkflowName"])
            else:
                check_no_crawlers(trigger)
                self._fire(trigger, None, raising=trigger["Type"] == "ON_DEMAND")

    def job_ended(self, job_run: JobRun) -> None:
        """Fires the CONDITIONAL triggers whose conditions this job's final state meets."""
        with self.lock:
            run = job_run.workflow_run
            if run is None:
                if job_run.trigger_name:
                    self._standalone(job_run)
            else:
                self._settle(run)

    def _settle(self, run: WorkflowRun) -> None:
        """Fires every trigger that may fire; ends the run when no job runs and no trigger may fire any more."""
        fired = run.status == "RUNNING"
        while fired:
            fired = False
            for trigger in self.triggers_of(run.name):
                if self._may_fire(trigger, run):
                    self._fire(trigger, run)
                    fired = True
        if run.is_active and not any(job_run.is_active for job_run in run.job_runs):
            run.end("STOPPED" if run.status == "STOPPING" else "COMPLETED")

    def _may_fire(self, trigger: dict[str, Any], run: WorkflowRun) -> bool:
        if trigger["Type"] != "CONDITIONAL" or trigger["State"] != "ACTIVATED" or trigger["Name"] in run.fired:
            return False
        states = {job: state for job, state in run.states().items() if state in FINAL}
        return holds(trigger["Predicate"], states)

    def _standalone(self, job_run: JobRun) -> None:
        """Fires CONDITIONAL triggers outside workflows; as in AWS they watch only jobs that a trigger started."""
        for trigger in list(self.triggers.values()):
            if trigger["Type"] != "CONDITIONAL" or trigger["State"] != "ACTIVATED" or trigger.get("WorkflowName"):
                continue
            if job_run.job_name in watched_jobs(trigger):
                seen = self._seen.setdefault(trigger["Name"], {})
                seen[job_run.job_name] = job_run.state
                if holds(trigger["Predicate"], seen):
                    seen.clear()
                    self._fire(trigger, None)

    def _fire(self, trigger: dict[str, Any], run: WorkflowRun | None, *, raising: bool = False) -> None:
        if run:
            run.fired.add(trigger["Name"])
        watched = watched_jobs(trigger)
        before = [r for r in run.job_runs if r.job_name in watched and r.state in FINAL] if run else []
        for action in [action for action in trigger["Actions"] if "JobName" in action]:
            overrides = {key: action[key] for key in ACTION_OVERRIDES if action.get(key)}
            try:
                self.jobs.start(
                    action["JobName"], action.get("Arguments"), overrides=overrides, trigger=trigger["Name"],
                    workflow_run=run, predecessors=before,
                )  # fmt: skip
            except GlueApiError as error:
                if raising:
                    raise
                self.jobs.record_error(action["JobName"], error, trigger["Name"], run)
