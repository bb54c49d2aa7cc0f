"""Checks trigger definitions and decides whether a CONDITIONAL trigger may fire."""

from collections.abc import Mapping
from typing import Any

from local_glue.endpoint.glue.errors import GlueApiError, invalid
from local_glue.endpoint.schedule import ScheduleError, parse_schedule

TYPES = ("ON_DEMAND", "SCHEDULED", "CONDITIONAL", "EVENT")
START_TYPES = ("ON_DEMAND", "SCHEDULED", "EVENT")
LISTENABLE = ("SUCCEEDED", "STOPPED", "FAILED", "TIMEOUT", "ERROR")
CRAWL_STATES = ("SUCCEEDED", "FAILED", "CANCELLED")
MAX_SIZE, MAX_WINDOW_S = 100, 900


def holds(predicate: Mapping[str, Any], states: Mapping[str, str]) -> bool:
    """Whether the conditions are met, given each job's latest state."""
    # A condition on a crawler is never met, for crawlers do not run here.
    met = [states.get(condition.get("JobName")) == condition.get("State", "") for condition in predicate["Conditions"]]
    return any(met) if predicate.get("Logical") == "ANY" else all(met)


def check_trigger(trigger: Mapping[str, Any]) -> None:
    """Checks that AWS would accept the trigger.

    Raises:
        GlueApiError: InvalidInputException or ValidationException.
    """
    name, kind = trigger.get("Name"), trigger.get("Type")
    if kind not in TYPES:
        raise invalid(f"Trigger {name}: Type must be one of {', '.join(TYPES)}.")
    if not trigger.get("Actions"):
        raise invalid(f"Trigger {name}: at least one action is required.")
    for action in trigger["Actions"]:
        _check_action(name, action)
    if kind == "SCHEDULED":
        _check_schedule(name, trigger.get("Schedule"))
    if kind == "CONDITIONAL":
        _check_predicate(name, trigger.get("Predicate") or {})
    if kind == "EVENT":
        _check_batching(name, trigger.get("EventBatchingCondition"))


def _check_action(name: str | None, action: Mapping[str, Any]) -> None:
    if action.get("JobName") and action.get("CrawlerName"):
        raise invalid("Both JobName and CrawlerName cannot be set together in an action")
    if not action.get("JobName") and not action.get("CrawlerName"):
        raise invalid(f"Trigger {name}: each action needs a JobName or a CrawlerName.")


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
        raise invalid("Predicate cannot be null or empty")
    if predicate.get("Logical") not in ("AND", "ANY", None):
        raise invalid(f"Trigger {name}: Logical must be AND or ANY.")
    if len(conditions) > 1 and not predicate.get("Logical"):
        raise invalid(f"Trigger {name}: Logical is required when there are several conditions.")
    for number, condition in enumerate(conditions, 1):
        _check_condition(condition, number)


def _check_condition(condition: Mapping[str, Any], number: int) -> None:
    """Checks one condition, in AWS's order and words."""
    if condition.get("JobName"):
        kind, state, states = "job", condition.get("State"), LISTENABLE
    elif condition.get("CrawlerName"):
        kind, state, states = "crawler", condition.get("CrawlState"), CRAWL_STATES
    else:
        raise invalid("JobName or CrawlerName in condition cannot be null or empty")
    if state not in states:
        shown = ", ".join(states[:4])
        raise invalid(f"State cannot be null or empty, choose from one of the following {kind} state: [{shown}]")
    operator = condition.get("LogicalOperator")
    if not operator:
        raise invalid("Logical operator cannot be null or empty")
    if operator != "EQUALS":
        raise GlueApiError(
            "ValidationException",
            f"Value '{operator}' at 'predicate.conditions.{number}.member.logicalOperator' failed to satisfy "
            "constraint: Member must satisfy enum value set: [Equals]",
        )
