"""The graph of a workflow or workflow run: nodes are triggers and jobs, edges lead to what they start."""

import hashlib
from typing import Any

from local_glue.endpoint.glue.runs import WorkflowRun


def build_graph(triggers: list[dict[str, Any]], run: WorkflowRun | None = None) -> dict[str, Any]:
    """The WorkflowGraph of the API; with a run, job nodes include their job runs in it, newest first."""
    nodes: dict[str, dict[str, Any]] = {}
    edges: list[dict[str, str]] = []
    for trigger in triggers:
        here = _node_id("TRIGGER", trigger["Name"])
        nodes[here] = {
            "Type": "TRIGGER",
            "Name": trigger["Name"],
            "UniqueId": here,
            "TriggerDetails": {"Trigger": public_trigger(trigger)},
        }
        for condition in (trigger.get("Predicate") or {}).get("Conditions", ()):
            edges.append({"SourceId": _started(nodes, condition, run), "DestinationId": here})
        for action in trigger["Actions"]:
            edges.append({"SourceId": here, "DestinationId": _started(nodes, action, run)})
    return {"Nodes": list(nodes.values()), "Edges": edges}


def public_trigger(trigger: dict[str, Any]) -> dict[str, Any]:
    """The Trigger of the API for a stored trigger."""
    hidden = ("Tags", "StartOnCreation")
    return {key: value for key, value in trigger.items() if value is not None and key not in hidden}


def _started(nodes: dict[str, dict[str, Any]], part: dict[str, Any], run: WorkflowRun | None) -> str:
    """The id of the node of the job or crawler that an action or a condition names."""
    if crawler := part.get("CrawlerName"):
        here = _node_id("CRAWLER", crawler)
        nodes[here] = {"Type": "CRAWLER", "Name": crawler, "UniqueId": here, "CrawlerDetails": {}}
        return here
    return _job(nodes, part["JobName"], run)


def _job(nodes: dict[str, dict[str, Any]], name: str, run: WorkflowRun | None) -> str:
    here = _node_id("JOB", name)
    if here not in nodes:
        runs = [r.as_dict() for r in reversed(run.job_runs) if r.job_name == name] if run else []
        details = {"JobRuns": runs} if runs else {}
        nodes[here] = {"Type": "JOB", "Name": name, "UniqueId": here, "JobDetails": details}
    return here


def _node_id(kind: str, name: str) -> str:
    return "wnode_" + hashlib.sha256(f"{kind}/{name}".encode()).hexdigest()
