"""The Glue of an endpoint: connects jobs, workflows and event triggers, which share one lock."""

import threading
from pathlib import Path
from typing import Any

from local_glue.bookmarks import BookmarkStore
from local_glue.endpoint.glue.event_triggers import EventTriggers
from local_glue.endpoint.glue.jobs import Jobs
from local_glue.endpoint.glue.runs import JobRun
from local_glue.endpoint.glue.workflows import Workflows
from local_glue.endpoint.iam.judge import Judge
from local_glue.endpoint.iam.resources import Resources
from local_glue.endpoint.iam.startup import startup_needs
from local_glue.runner.request import Executor


class GlueService:
    """All definitions and runs of an endpoint.

    `lock` guards all of them; it is reentrant.
    """

    def __init__(
        self, executor: Executor, home: Path, *, minute_seconds: float = 60.0, clock: bool = False,
        region: str = "us-east-1", account: str = "123456789012",
    ) -> None:  # fmt: skip
        self.region = region
        self.lock = threading.RLock()
        self.jobs = Jobs(executor, self.lock, minute_seconds=minute_seconds)
        self.workflows = Workflows(self.jobs, self.lock, clock=clock)
        self.event_triggers = EventTriggers(self.workflows, self.lock)
        self.bookmarks = BookmarkStore(home)
        self.connections: dict[str, dict[str, Any]] = {}
        self.interrupted: list[str] = []
        self.judge = Judge(home, Resources(account, region))
        self.jobs.open_session = self._open_session
        self.jobs.when_ended.append(self.workflows.job_ended)

    def state(self) -> dict[str, Any]:
        """All definitions and runs, to be kept; the lock must be held while they are copied."""
        return {
            "jobs": self.jobs.state(),
            "workflows": self.workflows.state(),
            "events": self.event_triggers.state(),
            "connections": self.connections,
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Goes on with what `state` gave in another process; runs that were active then have ended with it."""
        with self.lock:
            self.connections.update(state["connections"])
            self.interrupted = self.jobs.resume(state["jobs"])
            self.workflows.resume(state["workflows"])
            self.event_triggers.resume(state.get("events", {}))  # older files have none

    def stop_all(self) -> None:
        """Stops all job runs and waits until their processes have ended; events wait from now on."""
        self.event_triggers.pause()
        self.jobs.stop_all()

    def clear(self) -> None:
        """Stops all runs and deletes all definitions and runs."""
        self.stop_all()
        with self.lock:
            self.connections.clear()
            self.judge.clear()
            self.jobs.clear()
            self.workflows.clear()
            self.event_triggers.clear()

    def _open_session(self, run: JobRun) -> str | None:
        """The access key of a session of the job's role, once IAM has the role.

        Raises:
            DeniedError: The role may not do what Glue does with it when a run starts.
        """
        job, judge = run.job, self.judge
        key = judge.session_key(job.get("Role"), "glue")
        if key:
            names = (job.get("Connections") or {}).get("Connections") or ()
            connections = [self.connections[name] for name in names if name in self.connections]
            configuration = run.overrides.get("SecurityConfiguration") or job.get("SecurityConfiguration")
            encryption = judge.resources.security_configuration(configuration)
            needs = startup_needs(run.all_arguments(), run.run_id, connections, encryption, judge.resources)
            judge.check(judge.role_of(key) or "", needs)
        return key
