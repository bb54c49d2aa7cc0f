"""EVENT triggers: collect EventBridge events until a batch is full or its window is over, then start the workflow."""

import sys
import threading
from dataclasses import dataclass, field
from typing import Any

from local_glue.endpoint.glue.errors import GlueApiError, invalid
from local_glue.endpoint.glue.runs import WorkflowRun
from local_glue.endpoint.glue.trigger_rules import MAX_WINDOW_S
from local_glue.endpoint.glue.workflows import Workflows

EVENT_IDS = "aws:eventIds"


@dataclass
class _Batch:
    """The events that wait for a trigger, and the timer of their window."""

    ids: list[str] = field(default_factory=list)
    timer: threading.Timer | None = None


class EventTriggers:
    """The batches of all EVENT triggers."""

    def __init__(self, workflows: Workflows, lock: threading.RLock) -> None:
        self.workflows = workflows
        self.lock = lock
        self._batches: dict[str, _Batch] = {}

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
            batch = self._batches.setdefault(trigger["Name"], _Batch())
            batch.ids.append(event_id)
            condition = trigger.get("EventBatchingCondition") or {"BatchSize": 1}
            if len(batch.ids) >= condition["BatchSize"]:
                self._fire(trigger, {"BatchSize": len(batch.ids)} if condition["BatchSize"] > 1 else None)
            elif batch.timer is None:
                window_s = condition.get("BatchWindow", MAX_WINDOW_S)
                batch.timer = threading.Timer(window_s, self._window_over, (trigger["Name"], batch, window_s))
                batch.timer.daemon = True
                batch.timer.start()

    def forget(self, trigger: str) -> None:
        """Drops the events that wait for a trigger."""
        batch = self._batches.pop(trigger, None)
        if batch and batch.timer:
            batch.timer.cancel()

    def clear(self) -> None:
        """Drops all waiting events."""
        with self.lock:
            for trigger in list(self._batches):
                self.forget(trigger)

    def _window_over(self, name: str, batch: _Batch, window_s: int) -> None:
        with self.lock:
            if self._batches.get(name) is batch:  # otherwise it has been full already, or the trigger was deleted
                self._fire(self.workflows.trigger(name), {"BatchWindow": window_s})

    def _fire(self, trigger: dict[str, Any], reached: dict[str, int] | None) -> WorkflowRun:
        ids = self._batches[trigger["Name"]].ids
        self.forget(trigger["Name"])
        name, properties = trigger["WorkflowName"], {EVENT_IDS: f"[{', '.join(ids)}]"}
        try:
            run = self.workflows.start_run(name, properties)
        except GlueApiError as error:
            print(f"trigger {trigger['Name']} did not start {name}: {error}", file=sys.stderr)  # noqa: T201
            run = self.workflows.record_refused(name, properties)
        run.starting_batch = reached
        return run
