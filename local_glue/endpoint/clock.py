"""Fires activated SCHEDULED triggers at their time (UTC)."""

import sys
import threading
from datetime import datetime, timedelta, timezone
from typing import Any

from local_glue.endpoint.glue.errors import GlueApiError
from local_glue.endpoint.glue.workflows import Workflows
from local_glue.endpoint.schedule import parse_schedule


class Clock:
    """A thread that checks the triggers once a minute; minutes that it misses are not repeated."""

    def __init__(self, workflows: Workflows) -> None:
        self.workflows = workflows
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Starts the thread, which first fires triggers in the next full minute."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; no trigger fires any more."""
        self._ended.set()

    def tick(self, moment: datetime) -> list[str]:
        """Fires the triggers that are due in this minute; returns their names."""
        fired = []
        with self.workflows.lock:
            triggers = [t for t in self.workflows.triggers.values() if t["Type"] == "SCHEDULED"]
            for trigger in triggers:
                if trigger["State"] == "ACTIVATED" and parse_schedule(trigger["Schedule"]).matches(moment):
                    fired.append(trigger["Name"])
                    self._fire(trigger)
        return fired

    def _fire(self, trigger: dict[str, Any]) -> None:
        try:
            self.workflows.fire_start(trigger)
        except GlueApiError as error:
            print(f"trigger {trigger['Name']} did not start anything: {error}", file=sys.stderr, flush=True)  # noqa: T201

    def _run(self) -> None:
        while True:
            now = datetime.now(timezone.utc)
            following = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
            if self._ended.wait((following - now).total_seconds()):
                return
            self.tick(following)
