"""Fires activated SCHEDULED triggers when their minute comes (UTC)."""

import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from local_glue.endpoint.schedule import parse_schedule

if TYPE_CHECKING:
    from local_glue.endpoint.glue.jobs import Engine


class Clock:
    """A thread that looks at the triggers once a minute; minutes slept through are not made up for."""

    def __init__(self, engine: "Engine") -> None:
        self.engine = engine
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begins with the next full minute."""
        self._thread.start()

    def stop(self) -> None:
        """Fires nothing more."""
        self._ended.set()

    def tick(self, moment: datetime) -> list[str]:
        """Fires what is due in this minute; returns the names of the triggers."""
        fired = []
        with self.engine.lock:
            triggers = [t for t in self.engine.workflows.triggers.values() if t["Type"] == "SCHEDULED"]
            for trigger in triggers:
                if trigger["State"] == "ACTIVATED" and parse_schedule(trigger["Schedule"]).matches(moment):
                    fired.append(trigger["Name"])
                    self._fire(trigger)
        return fired

    def _fire(self, trigger: dict) -> None:
        from local_glue.endpoint.glue.errors import GlueApiError

        try:
            self.engine.workflows.fire_start(trigger)
        except GlueApiError as error:
            print(f"trigger {trigger['Name']} did not start anything: {error}", file=sys.stderr, flush=True)  # noqa: T201

    def _run(self) -> None:
        while True:
            now = datetime.now(UTC)
            following = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
            if self._ended.wait((following - now).total_seconds()):
                return
            self.tick(following)
