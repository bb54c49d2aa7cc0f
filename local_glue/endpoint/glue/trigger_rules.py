"""Checks trigger definitions and decides whether a CONDITIONAL trigger may fire."""

from collections.abc import Mapping
from typing import Any

from local_glue.endpoint.glue.errors import GlueApiError, invalid, unsupported
from local_glue.endpoint.schedule import ScheduleError, parse_schedule

TYPES = ("ON_DEMAND", "SCHEDULED", "CONDITIONAL", "EVENT")
START_TYPES = ("ON_DEMAND", "SCHEDULED", "EVENT")
LISTENABLE = ("SUCCEEDED", "STOPPED", "FAILED", "TIMEOUT", "ERROR")
MAX_SIZE, MAX_WINDOW_S = 100, 900


def holds(predicate: Mapping[str, Any], states: Mapping[str, str]) -> bool:
    """Whether the conditions are met, given each job's latest state."""
    met = [states.get(condition["JobName"]) == condition["State"] for condition in predicate["Conditions"]]
    return any(met) if predicate.get("Logical") == "ANY" else all(met)


def check_trigger(trigger: Mapping[str, Any]) -> None:
    """Checks that AWS would accept the trigger and that local_glue can execute it.

    Raises:
        GlueApiError: InvalidInputException or UnsupportedOperationException, naming the trigger.
    """
    name, kind = trigger.get("Name"), trigger.get("Type")
    if kind not in TYPES:
        raise invalid(f"Trigger {name}: Type must be one of {', '.join(TYPES)}.")
    if not trigger.get("Actions"):
        raise invalid(f"Trigger {name}: at least one action is required.")
    for action in trigger["Actions"]:
        if action.get("CrawlerName"):
            raise unsupported("crawlers as trigger actions", f"trigger {name} names {action['CrawlerName']}")
        if not action.get("JobName"):
            raise invalid(f"Trigger {name}: each action needs a JobName.")
    if kind == "SCHEDULED":
        _check_schedule(name, trigger.get("Schedule"))
    if kind == "CONDITIONAL":
        _check_predicate(name, trigger.get("Predicate") or {})
    if kind == "EVENT":
        _check_batching(name, trigger.get("EventBatchingCondition"))


def _check_batching(name: str | None, condition: dict[str, Any] | None) -> None:
    """Checks that a batch condition is within AWS's limits."""
    if condition is None:
        return
    size, window = condition.get("BatchSize"), condition.get("BatchWindow", MAX_WINDOW_S)
    if not isinstance(size, int) or not 1 <= size <= MAX_SIZE:
        raise invalid(f"Trigger {name}: BatchSize must be from 1 to {MAX_SIZE}, not {size}.")
    if not isinstance(window, int) or not 1 <= window <= MAX_WINDOW_S:
        raise invalid(f"Trigger {name}: BatchWindow must be from 1 to {MAX_WINDOW_S} seconds, not {window}.")


def _check_schedule(name: str | None, schedule: str | None) -> None:
    try:
        parse_schedule(schedule or "")
    except ScheduleError as error:
        raise invalid(f"Trigger {name}: {error}") from error


def _check_predicate(name: str | None, predicate: Mapping[str, Any]) -> None:
    conditions = predicate.get("Conditions") or []
    if not conditions:
        raise invalid(f"Trigger {name}: a CONDITIONAL trigger needs a predicate with conditions.")
    if predicate.get("Logical") not in ("AND", "ANY", None):
        raise invalid(f"Trigger {name}: Logical must be AND or ANY.")
    if len(conditions) > 1 and not predicate.get("Logical"):
        raise invalid(f"Trigger {name}: Logical is required when there are several conditions.")
    for condition in conditions:
        _check_condition(name, condition)


def _check_condition(name: str | None, condition: Mapping[str, Any]) -> None:
    error: GlueApiError | None = None
    if condition.get("CrawlerName"):
        error = unsupported("crawlers in conditions", f"trigger {name} names {condition['CrawlerName']}")
    elif not condition.get("JobName"):
        error = invalid(f"Trigger {name}: each condition needs a JobName.")
    elif condition.get("State") not in LISTENABLE:
        error = invalid(f"Trigger {name}: condition State must be one of {', '.join(LISTENABLE)}.")
    elif condition.get("LogicalOperator", "EQUALS") != "EQUALS":
        error = invalid(f"Trigger {name}: LogicalOperator must be EQUALS.")
    if error:
        raise error
