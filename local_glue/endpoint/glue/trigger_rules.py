"""Checks trigger definitions and decides whether a CONDITIONAL trigger may fire."""

from collections.abc import Mapping
from typing import Any

from local_glue.endpoint.glue.errors import GlueApiError, invalid, unsupported
from local_glue.endpoint.schedule import ScheduleError, parse_schedule

TYPES = ("ON_DEMAND", "SCHEDULED", "CONDITIONAL", "EVENT")
START_TYPES = ("ON_DEMAND", "SCHEDULED", "EVENT")
JOB_STATES = ("SUCCEEDED", "STOPPED", "FAILED", "TIMEOUT", "ERROR")
CRAWL_STATES = ("SUCCEEDED", "FAILED", "CANCELLED")
MAX_SIZE, MAX_WINDOW_S = 100, 900


def holds(predicate: Mapping[str, Any], states: Mapping[str, str]) -> bool:
    """Whether the conditions are met, given each job's latest state."""
    met = [states.get(c.get("JobName", "")) == c.get("State", "") for c in predicate["Conditions"]]
    return any(met) if predicate.get("Logical") == "ANY" else all(met)


def watched_jobs(trigger: Mapping[str, Any]) -> set[str]:
    """The jobs that the trigger's conditions name."""
    return {condition["JobName"] for condition in _conditions(trigger) if condition.get("JobName")}


def check_no_crawlers(trigger: Mapping[str, Any]) -> None:
    """Raises UnsupportedOperationException if the trigger starts a crawler or waits for one."""
    for part in (*trigger["Actions"], *_conditions(trigger)):
        if crawler := part.get("CrawlerName"):
            raise unsupported("crawlers", f"trigger {trigger['Name']} names the crawler {crawler}")


def _conditions(trigger: Mapping[str, Any]) -> list[dict[str, Any]]:
    return (trigger.get("Predicate") or {}).get("Conditions") or []


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
        if action.get("CrawlerName") and action.get("JobName"):
            raise invalid("Both JobName and CrawlerName cannot be set together in an action")
        if not action.get("CrawlerName") and not action.get("JobName"):
            raise invalid(f"Trigger {name}: each action needs a JobName or a CrawlerName.")
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
        raise invalid("Predicate cannot be null or empty")
    if predicate.get("Logical") not in ("AND", "ANY", None):
        raise invalid(f"Trigger {name}: Logical must be AND or ANY.")
    if len(conditions) > 1 and not predicate.get("Logical"):
        raise invalid(f"Trigger {name}: Logical is required when there are several conditions.")
    for number, condition in enumerate(conditions, 1):
        _check_condition(name, number, condition)


def _check_condition(name: str | None, number: int, condition: Mapping[str, Any]) -> None:
    operator, job, crawler = (condition.get(key) for key in ("LogicalOperator", "JobName", "CrawlerName"))
    if not operator:
        raise invalid("Logical operator cannot be null or empty")
    if operator != "EQUALS":
        raise GlueApiError(
            "ValidationException",
            f"Value '{operator}' at 'predicate.conditions.{number}.member.logicalOperator' failed to satisfy "
            "constraint: Member must satisfy enum value set: [Equals]",
        )
    if not job and not crawler:
        raise invalid("JobName or CrawlerName in condition cannot be null or empty")
    if job and crawler:
        raise invalid(f"Trigger {name}: a condition names a job or a crawler, not both.")
    kind, state, states = ("job", "State", JOB_STATES) if job else ("crawler", "CrawlState", CRAWL_STATES)
    if not condition.get(state):
        shown = ", ".join(states[: None if crawler else -1])
        raise invalid(f"State cannot be null or empty, choose from one of the following {kind} state: [{shown}]")
    if condition[state] not in states:
        raise invalid(f"Trigger {name}: condition {state} must be one of {', '.join(states)}.")
