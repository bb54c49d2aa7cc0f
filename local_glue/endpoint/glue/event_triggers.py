"""EVENT triggers: collect EventBridge events until a batch is full or its window is over, then start the workflow."""

import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from local_glue.endpoint.glue.errors import GlueApiError, invalid
from local_glue.endpoint.glue.runs import WorkflowRun
from local_glue.endpoint.glue.trigger_rules import MAX_WINDOW_S
from local_glue.endpoint.glue.workflows import Workflows

EVENT_IDS = "aws:eventIds"
SETTLE_S = 3.0
"""After a restart no batch ends earlier, since what the project lists is being provided again."""


@dataclass
class _Batch:
    """The events that wait for a trigger, when their window is over, and its timer."""

    ends_at: float
    ids: list[str] = field(default_factory=list)
    timer: threading.Timer | None = None


class EventTriggers:
    """The batches of all EVENT triggers."""

    def __init__(self, workflows: Workflows, lock: threading.RLock) -> None:
        self.workflows = workflows
        self.lock = lock
        self._batches: dict[str, _Batch] = {}
        self._paused = False

    def state(self) -> dict[str, tuple[float, list[str]]]:
        """The waiting events, to be kept: by trigger, when their window is over, and their ids."""
        return {trigger: (batch.ends_at, batch.ids) for trigger, batch in self._batches.items()}

    def resume(self, state: dict[str, tuple[float, list[str]]]) -> None:
        """Goes on with the events that waited in another process; a window that is over by now ends soon."""
        for trigger, (ends_at, ids) in state.items():
            self._batches[trigger] = batch = _Batch(ends_at, ids)
            is_full = len(ids) >= _size(self.workflows.trigger(trigger))
            self._wait(trigger, batch, SETTLE_S if is_full else max(SETTLE_S, ends_at - time.time()))

    def pause(self) -> None:
        """Starts nothing any more; events that come still wait."""
        with self.lock:
            self._paused = True
            for batch in self._batches.values():
                if batch.timer:
                    batch.timer.cancel()

    def notify(self, workflow: str, event_id: str) -> None:
        """Adds an event for the workflow to the batch of its start trigger.

        Raises:
            GlueApiError: the workflow does not exist, or no EVENT trigger starts it.
        """
        with self.lock:
            self.workflows.definition(workflow)
            trigger = self.workflows.start_trigger_of(workflow)
            if trigger is None or trigger["Type"] != "EVENT":
                raise invalid(f"Workflow {workflow} has no start trigger of type EVENT: the event starts nothing.")
            batch = self._batches.setdefault(trigger["Name"], _Batch(time.time() + _window_s(trigger)))
            batch.ids.append(event_id)
            if self._paused:
                return
            if len(batch.ids) >= _size(trigger):
                self._fire(trigger)
            elif batch.timer is None:
                self._wait(trigger["Name"], batch, _window_s(trigger))

    def forget(self, trigger: str) -> None:
        """Drops the events that wait for a trigger."""
        batch = self._batches.pop(trigger, None)
        if batch and batch.timer:
            batch.timer.cancel()

    def clear(self) -> None:
        """Drops all waiting events, and goes on after a pause."""
        with self.lock:
            for trigger in list(self._batches):
                self.forget(trigger)
            self._paused = False

    def _wait(self, name: str, batch: _Batch, seconds: float) -> None:
        batch.timer = threading.Timer(seconds, self._window_over, (name, batch))
        batch.timer.daemon = True
        batch.timer.start()

    def _window_over(self, name: str, batch: _Batch) -> None:
        with self.lock:
            # Otherwise it has been full already, or the trigger was deleted.
            if self._batches.get(name) is batch and not self._paused:
                self._fire(self.workflows.trigger(name))

    def _fire(self, trigger: dict[str, Any]) -> WorkflowRun:
        ids = self._batches[trigger["Name"]].ids
        self.forget(trigger["Name"])
        name, properties = trigger["WorkflowName"], {EVENT_IDS: f"[{', '.join(ids)}]"}
        try:
            run = self.workflows.start_run(name, properties)
        except GlueApiError as error:
            print(f"trigger {trigger['Name']} did not start {name}: {error}", file=sys.stderr)  # noqa: T201
            run = self.workflows.record_refused(name, properties)
        run.starting_batch = _reached(trigger, len(ids))
        return run


def _size(trigger: dict[str, Any]) -> int:
    return (trigger.get("EventBatchingCondition") or {"BatchSize": 1})["BatchSize"]


def _window_s(trigger: dict[str, Any]) -> int:
    return (trigger.get("EventBatchingCondition") or {}).get("BatchWindow", MAX_WINDOW_S)


def _reached(trigger: dict[str, Any], events: int) -> dict[str, int] | None:
    """Which of its conditions a batch of so many events met; None without a choice."""
    if events < _size(trigger):
        return {"BatchWindow": _window_s(trigger)}
    return {"BatchSize": events} if _size(trigger) > 1 else None
