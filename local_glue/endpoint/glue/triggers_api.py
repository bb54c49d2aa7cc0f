"""Glue calls about triggers."""

from typing import Any

from local_glue.endpoint.glue.call import Call, without_none
from local_glue.endpoint.glue.errors import already_exists, invalid, not_found
from local_glue.endpoint.glue.graph import public_trigger
from local_glue.endpoint.glue.trigger_rules import START_TYPES, check_trigger

FIELDS = ("Name", "WorkflowName", "Type", "Description", "Schedule", "Predicate", "Actions", "EventBatchingCondition")
UPDATABLE = ("Description", "Schedule", "Predicate", "EventBatchingCondition")


def create_trigger(call: Call) -> dict[str, Any]:
    name, workflows = call.need("Name"), call.service.workflows
    if name in workflows.triggers:
        raise already_exists("Trigger", name)
    trigger = without_none({key: call.get(key) for key in FIELDS})
    check_trigger(trigger)
    for action in trigger["Actions"]:
        _check_exists(call, action)
    workflow = trigger.get("WorkflowName")
    if workflow:
        workflows.definition(workflow)
        start = workflows.start_trigger_of(workflow)
        if trigger["Type"] in START_TYPES and start:
            raise invalid(f"Workflow {workflow} already has the start trigger {start['Name']}: it can have only one.")
    activated = call.get("StartOnCreation") and trigger["Type"] not in ("ON_DEMAND", "EVENT")
    workflows.triggers[name] = {**trigger, "State": "ACTIVATED" if activated else "CREATED"}
    call.tag("trigger", name)
    return {"Name": name}


def update_trigger(call: Call) -> dict[str, Any]:
    name, update = call.need("Name"), call.need("TriggerUpdate")
    old = call.service.workflows.trigger(name)
    kept = {key: value for key, value in old.items() if key not in UPDATABLE}
    new = {**kept, **without_none({key: update.get(key) for key in (*UPDATABLE, "Actions")})}
    if new["Type"] == "SCHEDULED":
        new.setdefault("Schedule", old["Schedule"])
    if new["Type"] == "CONDITIONAL":
        new.setdefault("Predicate", old["Predicate"])
    check_trigger(new)
    call.service.workflows.triggers[name] = new
    return {"Trigger": public_trigger(new)}


def get_trigger(call: Call) -> dict[str, Any]:
    return {"Trigger": public_trigger(call.service.workflows.trigger(call.need("Name")))}


def get_triggers(call: Call) -> dict[str, Any]:
    return call.page([public_trigger(trigger) for trigger in _selected(call)], "Triggers")


def list_triggers(call: Call) -> dict[str, Any]:
    names = [trigger["Name"] for trigger in _selected(call)]
    return call.page([name for name in names if call.has_tags("trigger", name)], "TriggerNames")


def batch_get_triggers(call: Call) -> dict[str, Any]:
    names, there = call.need("TriggerNames"), call.service.workflows.triggers
    found = [public_trigger(there[name]) for name in names if name in there]
    return {"Triggers": found, "TriggersNotFound": [name for name in names if name not in there]}


def start_trigger(call: Call) -> dict[str, Any]:
    call.service.workflows.start_trigger(call.need("Name"))
    return {"Name": call.need("Name")}


def stop_trigger(call: Call) -> dict[str, Any]:
    trigger = call.service.workflows.trigger(call.need("Name"))
    # Only what was activated can be stopped; ON_DEMAND and EVENT triggers never are.
    if trigger["State"] != "ACTIVATED":
        raise invalid(f"The operation is not allowed when trigger is in state: {trigger['State']}")
    trigger["State"] = "DEACTIVATED"
    return {"Name": trigger["Name"]}


def delete_trigger(call: Call) -> dict[str, Any]:
    name = call.need("Name")
    if call.service.workflows.triggers.pop(name, None):
        call.service.event_triggers.forget(name)
        call.untag("trigger", name)
    return {"Name": name}


def _check_exists(call: Call, action: dict[str, Any]) -> None:
    crawler = action.get("CrawlerName")
    if crawler and crawler not in call.backend.crawlers:
        raise not_found("Crawler", crawler)
    if not crawler:
        call.service.jobs.definition(action["JobName"])


def _selected(call: Call) -> list[dict[str, Any]]:
    job, triggers = call.get("DependentJobName"), list(call.service.workflows.triggers.values())
    return [t for t in triggers if not job or job in {action.get("JobName") for action in t["Actions"]}]
