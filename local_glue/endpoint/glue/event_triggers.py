"""EVENT triggers: gather EventBridge events until a batch is full or its window is over, then start the workflow."""

import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local_glue.endpoint.glue.errors import GlueApiError, invalid
from local_glue.endpoint.glue.runs import WorkflowRun

if TYPE_CHECKING:
    from local_glue.endpoint.glue.workflows import Workflows

MAX_SIZE, MAX_WINDOW_S = 100, 900
LISTENING = ("CREATED", "ACTIVATED")  # AWS leaves EVENT triggers CREATED; only DEACTIVATED ones are deaf
EVENT_IDS = "aws:eventIds"


@dataclass
class _Batch:
    """The events that wait for one trigger, and the timer of their window."""

    ids: list[str] = field(default_factory=list)
    timer: threading.Timer | None = None


def check_batching(name: str | None, condition: dict[str, Any] | None) -> None:
    """Refuses batch conditions outside AWS's limits."""
    if condition is None:
        return
    size, window = condition.get("BatchSize"), condition.get("BatchWindow", MAX_WINDOW_S)
    if not isinstance(size, int) or not 1 <= size <= MAX_SIZE:
        raise invalid(f"Trigger {name}: BatchSize must be from 1 to {MAX_SIZE}, not {size}.")
    if not isinstance(window, int) or not 1 <= window <= MAX_WINDOW_S:
        raise invalid(f"Trigger {name}: BatchWindow must be from 1 to {MAX_WINDOW_S} seconds, not {window}.")


class EventTriggers:
    """The batches of all EVENT triggers. The engine's lock guards it."""

    def __init__(self, workflows: "Workflows") -> None:
        self.workflows = workflows
        self._batches: dict[str, _Batch] = {}

    def notify(self, workflow: str, event_id: str) -> None:
        """An event has reached the workflow: adds it to the batch of its start trigger.

        Raises:
            GlueApiError: there is no such workflow, or no EVENT trigger starts it.
        """
        with self.workflows.engine.lock:
            self.workflows.definition(workflow)
            trigger = self.workflows.start_trigger_of(workflow)
            if trigger is None or trigger["Type"] != "EVENT":
                raise invalid(f"Workflow {workflow} has no start trigger of type EVENT: the event starts nothing.")
            if trigger["State"] not in LISTENING:
                return
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
        """Drops what waits for a trigger."""
        batch = self._batches.pop(trigger, None)
        if batch and batch.timer:
            batch.timer.cancel()

    def clear(self) -> None:
        """Drops everything that waits."""
        for trigger in list(self._batches):
            self.forget(trigger)

    def _window_over(self, name: str, batch: _Batch, window_s: int) -> None:
        with self.workflows.engine.lock:
            if self._batches.get(name) is batch:  # else it was full meanwhile, or the trigger is gone
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
