"""Glue calls about workflows and their runs."""

from typing import Any

from local_glue.endpoint.glue.call import Call, without_none
from local_glue.endpoint.glue.errors import already_exists, unsupported
from local_glue.endpoint.glue.graph import build_graph
from local_glue.endpoint.glue.runs import WorkflowRun, now

FIELDS = ("Description", "DefaultRunProperties", "MaxConcurrentRuns")


def create_workflow(call: Call) -> dict[str, Any]:
    name, there = call.need("Name"), call.service.workflows.definitions
    if name in there:
        raise already_exists("Workflow", name)
    given = without_none({key: call.get(key) for key in FIELDS})
    there[name] = {"Name": name, **given, "CreatedOn": now(), "LastModifiedOn": now()}
    call.tag("workflow", name)
    return {"Name": name}


def update_workflow(call: Call) -> dict[str, Any]:
    workflow = call.service.workflows.definition(call.need("Name"))
    workflow |= {**without_none({key: call.get(key) for key in FIELDS}), "LastModifiedOn": now()}
    return {"Name": workflow["Name"]}


def get_workflow(call: Call) -> dict[str, Any]:
    return {"Workflow": _public(call, call.need("Name"))}


def list_workflows(call: Call) -> dict[str, Any]:
    return call.page(list(call.service.workflows.definitions), "Workflows", default=25)


def batch_get_workflows(call: Call) -> dict[str, Any]:
    names, there = call.need("Names"), call.service.workflows.definitions
    found = [_public(call, name) for name in names if name in there]
    return {"Workflows": found, "MissingWorkflows": [name for name in names if name not in there]}


def delete_workflow(call: Call) -> dict[str, Any]:
    name, workflows = call.need("Name"), call.service.workflows
    if workflows.definitions.pop(name, None):
        call.untag("workflow", name)
        workflows.runs.pop(name, None)
        for trigger in workflows.triggers_of(name):
            trigger.pop("WorkflowName")
            call.service.event_triggers.forget(trigger["Name"])
    return {"Name": name}


def start_workflow_run(call: Call) -> dict[str, Any]:
    return {"RunId": call.service.workflows.start_run(call.need("Name"), call.get("RunProperties")).run_id}


def stop_workflow_run(call: Call) -> dict[str, Any]:
    call.service.workflows.stop_run(call.need("Name"), call.need("RunId"))
    return {}


def resume_workflow_run(call: Call) -> dict[str, Any]:
    raise unsupported("glue:ResumeWorkflowRun", "start a new run instead")


def get_workflow_run(call: Call) -> dict[str, Any]:
    return {"Run": _public_run(call, _run(call))}


def get_workflow_runs(call: Call) -> dict[str, Any]:
    name = call.need("Name")
    call.service.workflows.definition(name)
    newest_first = list(reversed(call.service.workflows.runs.get(name, [])))
    page = call.page(newest_first, "Runs")
    return {**page, "Runs": [_public_run(call, run) for run in page["Runs"]]}


def get_workflow_run_properties(call: Call) -> dict[str, Any]:
    return {"RunProperties": _run(call).properties}


def put_workflow_run_properties(call: Call) -> dict[str, Any]:
    _run(call).properties |= call.need("RunProperties")
    return {}


def _run(call: Call) -> WorkflowRun:
    return call.service.workflows.run(call.need("Name"), call.need("RunId"))


def _public_run(call: Call, run: WorkflowRun) -> dict[str, Any]:
    graph = build_graph(call.service.workflows.triggers_of(run.name), run) if call.get("IncludeGraph") else None
    return run.as_dict(graph)


def _public(call: Call, name: str) -> dict[str, Any]:
    workflows = call.service.workflows
    answer = dict(workflows.definition(name))
    if workflows.runs.get(name):
        answer["LastRun"] = _public_run(call, workflows.runs[name][-1])
    if call.get("IncludeGraph"):
        answer["Graph"] = build_graph(workflows.triggers_of(name))
    return answer
