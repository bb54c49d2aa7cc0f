"""The Glue of an endpoint: connects jobs, workflows and event triggers, which share one lock."""

import threading
from pathlib import Path
from typing import Any

from local_glue.bookmarks import BookmarkStore
from local_glue.endpoint.glue.event_triggers import EventTriggers
from local_glue.endpoint.glue.jobs import Jobs
from local_glue.endpoint.glue.workflows import Workflows
from local_glue.runner.request import Executor


class GlueService:
    """All definitions and runs of an endpoint.

    `lock` guards all of them; it is reentrant.
    """

    def __init__(
        self, executor: Executor, home: Path, *, minute_seconds: float = 60.0, clock: bool = False,
        region: str = "us-east-1",
    ) -> None:  # fmt: skip
        self.region = region
        self.lock = threading.RLock()
        self.jobs = Jobs(executor, self.lock, minute_seconds=minute_seconds)
        self.workflows = Workflows(self.jobs, self.lock, clock=clock)
        self.event_triggers = EventTriggers(self.workflows, self.lock)
        self.bookmarks = BookmarkStore(home)
        self.connections: dict[str, dict[str, Any]] = {}
        self.jobs.when_ended.append(self.workflows.job_ended)

    def stop_all(self) -> None:
        """Drops waiting events, stops all job runs and waits until their processes have ended."""
        self.event_triggers.clear()
        self.jobs.stop_all()

    def clear(self) -> None:
        """Stops all runs and deletes all definitions and runs."""
        self.stop_all()
        with self.lock:
            self.connections.clear()
            self.jobs.clear()
            self.workflows.clear()
            self.event_triggers.clear()
