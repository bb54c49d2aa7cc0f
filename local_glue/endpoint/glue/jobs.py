"""Jobs and their runs: states, attempts, concurrency limits."""

import threading
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from local_glue.endpoint.glue.commands import shell_version, why_not
from local_glue.endpoint.glue.errors import GlueApiError, concurrent_runs, not_found
from local_glue.endpoint.glue.runs import INTERRUPTED, JobRun, WorkflowRun, new_run_id
from local_glue.endpoint.iam.judge import DeniedError
from local_glue.runner import debug
from local_glue.runner.request import Executor, Outcome, RunRequest

LIBRARY_OPTIONS = ("--extra-py-files", "--extra-files", "--additional-python-modules")
Listener = Callable[[JobRun], None]
Opener = Callable[[JobRun], str | None]


class Jobs:
    """Definitions of jobs, and the job runs, each followed by a separate thread.

    Attributes:
        when_ended: Called with a run that has ended and is not retried, while the lock is held.
        when_attempt_ended: Called with every attempt that has ended, after the lock is released.
        open_session: Returns the access key that an attempt signs with, None for that of the stack.
    """

    def __init__(self, executor: Executor, lock: threading.RLock, *, minute_seconds: float = 60.0) -> None:
        self.executor = executor
        self.lock = lock
        self.minute_seconds = minute_seconds
        self.definitions: dict[str, dict[str, Any]] = {}
        self.runs: dict[str, list[JobRun]] = {}
        self.when_ended: list[Listener] = []
        self.when_attempt_ended: list[Listener] = []
        self.open_session: Opener = lambda run: None
        self._threads: set[threading.Thread] = set()

    def definition(self, name: str) -> dict[str, Any]:
        """The job's definition; raises EntityNotFoundException if it does not exist."""
        if name not in self.definitions:
            raise not_found("Job", name)
        return self.definitions[name]

    def run(self, job_name: str, run_id: str) -> JobRun:
        """A job run; raises EntityNotFoundException if it does not exist."""
        for run in self.runs.get(job_name, ()):
            if run.run_id == run_id:
                return run
        self.definition(job_name)
        raise not_found("Job run", run_id)

    def start(
        self,
        name: str,
        arguments: dict[str, str] | None = None,
        *,
        overrides: dict[str, Any] | None = None,
        previous_run_id: str | None = None,
        trigger: str | None = None,
        workflow_run: WorkflowRun | None = None,
        predecessors: Iterable[JobRun] = (),
    ) -> JobRun:
        """Starts a job run and returns at once.

        Raises:
            GlueApiError: the job does not exist, or runs too often already.
        """
        with self.lock:
            job = self.definition(name)
            run = JobRun(
                job=dict(job), run_id=new_run_id("jr"), arguments=dict(arguments or {}), overrides=overrides or {},
                previous_run_id=previous_run_id, trigger_name=trigger, workflow_run=workflow_run,
                predecessors=[{"JobName": p.job_name, "RunId": p.run_id} for p in predecessors],
            )  # fmt: skip
            if not self._is_free(job) and not why_not(job):
                if not run.queues:
                    raise concurrent_runs("the job", name, _limit(job))
                run.set_state("WAITING")
            self._register(run)
            if run.state != "WAITING":
                self._launch(run)
            return run

    def record_error(self, name: str, error: GlueApiError, trigger: str, workflow_run: WorkflowRun | None) -> None:
        """Records a run in state ERROR for an action that could not be started."""
        run = JobRun(job=self.definitions.get(name, {"Name": name}), run_id=new_run_id("jr"), trigger_name=trigger,
                     workflow_run=workflow_run)  # fmt: skip
        run.set_state("ERROR", str(error))
        self._register(run)

    def stop(self, run: JobRun) -> None:
        """Asks a run to stop; it becomes STOPPED when its processes have ended."""
        with self.lock:
            if not run.is_active:
                raise GlueApiError("JobRunNotInTerminalStateException", f"Job run {run.run_id} is {run.state}.")
            run.stop_requested = True
            if run.state == "WAITING":
                run.set_state("STOPPED")
                _tell(self.when_ended, run)
                return
            run.set_state("STOPPING")
        self.executor.stop(run.run_id)

    def stop_all(self, *, timeout_s: float = 5.0) -> None:
        """Stops all runs without retries and waits until their processes have ended."""
        with self.lock:
            runs = [run for runs in self.runs.values() for run in runs if run.is_active]
            for run in runs:
                run.stop_requested = run.abandoned = True
            threads = list(self._threads)
        for run in runs:
            self.executor.stop(run.run_id)
        deadline = time.monotonic() + timeout_s
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def state(self) -> tuple[Any, Any]:
        """Definitions and runs, to be kept."""
        return self.definitions, self.runs

    def resume(self, state: tuple[Any, Any]) -> list[str]:
        """Takes definitions and runs from an endpoint that has ended; the jobs of runs that ended with it."""
        definitions, runs = state
        self.definitions.update(definitions)
        self.runs.update(runs)
        interrupted = [run for of_job in runs.values() for run in of_job if run.is_active]
        for run in interrupted:
            run.set_state("FAILED", INTERRUPTED)
        return [run.job_name for run in interrupted]

    def clear(self) -> None:
        """Deletes all definitions and runs."""
        self.definitions.clear()
        self.runs.clear()

    def _register(self, run: JobRun) -> None:
        self.runs.setdefault(run.job_name, []).append(run)
        if run.workflow_run:
            run.workflow_run.job_runs.append(run)

    def _is_free(self, job: dict[str, Any]) -> bool:
        """Whether the job may run once more now."""
        runs = self.runs.get(job["Name"], ())
        return sum(run.is_active and run.state != "WAITING" for run in runs) < _limit(job)

    def _launch(self, run: JobRun) -> None:
        run.set_state("STARTING")
        thread = threading.Thread(target=self._follow, args=(run,), name=run.run_id[:12], daemon=True)
        self._threads.add(thread)
        thread.start()

    def _launch_next(self, name: str) -> None:
        """Starts the runs that wait for their turn, in order, as far as the job's limit allows."""
        job = self.definitions.get(name)
        for run in [run for run in self.runs.get(name, ()) if run.state == "WAITING"]:
            if job and self._is_free(job):
                self._launch(run)

    def _follow(self, run: JobRun) -> None:
        try:
            following: JobRun | None = run
            while following:
                outcome = self._attempt(following)
                ended, following = following, self._ended(following, outcome)
                if not ended.abandoned:
                    _tell(self.when_attempt_ended, ended)
        finally:
            with self.lock:
                self._threads.discard(threading.current_thread())

    def _attempt(self, run: JobRun) -> Outcome:
        try:
            if reason := why_not(run.job):
                return Outcome("FAILED", reason)
            return self.executor.run(replace(self._request(run), access_key=self.open_session(run)))
        except DeniedError as error:
            return Outcome("FAILED", f"AccessDeniedException: {error}")
        except BaseException as error:  # the run must end in any case, or its workflow would never end
            traceback.print_exc()
            return Outcome("FAILED", f"{type(error).__name__}: {' '.join(str(error).split())}")

    def _ended(self, run: JobRun, outcome: Outcome) -> JobRun | None:
        """Records the outcome; returns the next attempt if the run is retried."""
        with self.lock:
            state = "STOPPED" if run.stop_requested else outcome.state
            run.set_state(state, None if state in ("SUCCEEDED", "STOPPED") else outcome.error_message)
            if run.abandoned:
                return None
            retry = None
            if (
                state == "FAILED"
                and debug.OPTION not in run.arguments
                and run.attempt < (run.job.get("MaxRetries") or 0)
            ):
                retry = run.next_attempt()
                self._register(retry)
            else:
                _tell(self.when_ended, run)
                self._launch_next(run.job_name)
            return retry

    def _request(self, run: JobRun) -> RunRequest:
        arguments = run.all_arguments()
        port = arguments.pop(debug.OPTION, None)
        workflow, shell, system = run.workflow_run, shell_version(run.job), {}
        if not shell:  # the names of job and run are documented for Spark jobs only
            system = {"--JOB_NAME": run.job_name, "--JOB_ID": run.job["JobId"], "--JOB_RUN_ID": run.run_id}
            arguments.setdefault("--job-bookmark-option", "job-bookmark-disable")
        if workflow:
            system |= {"--WORKFLOW_NAME": workflow.name, "--WORKFLOW_RUN_ID": workflow.run_id}
        argv = [part for key, value in {**system, **arguments, **system}.items() for part in (key, value)]
        minutes = None if port else run.timeout_minutes
        return RunRequest(
            job_name=run.job_name, run_id=run.run_id, script=run.job["Command"]["ScriptLocation"], argv=argv,
            libraries={key: arguments.get(key, "") for key in LIBRARY_OPTIONS},
            glue_version=run.job.get("GlueVersion"),
            timeout_s=minutes * self.minute_seconds if minutes else None,
            python_shell=shell, debug_port=int(port) if port else None, on_running=lambda: self._running(run),
        )  # fmt: skip

    def _running(self, run: JobRun) -> bool:
        """Marks the run as RUNNING; returns False if it was stopped before it started."""
        with self.lock:
            if run.stop_requested:
                return False
            run.set_state("RUNNING")
            return True


def _limit(job: dict[str, Any]) -> int:
    return (job.get("ExecutionProperty") or {}).get("MaxConcurrentRuns", 1)


def _tell(listeners: Iterable[Listener], run: JobRun) -> None:
    for listener in listeners:
        listener(run)
