"""What a finished workflow run was like: one screen for people, one JSON document for programs."""

from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from local_glue.console import PREFIX
from local_glue.console.reports import reports_of
from local_glue.runs import (
    USUAL_OF,
    outcome,
    printable,
    seconds,
    usual_seconds,
    workflow_jobs,
    workflow_runs,
    workflow_succeeded,
)
from local_glue.stack import Stack
from local_glue.warned import shown_of, warnings_of

if TYPE_CHECKING:
    from rich.console import Console


def summary(stack: Stack, run: dict[str, Any]) -> dict[str, Any]:
    """A finished run as plain data; times are ISO 8601 in UTC, what is not known is None."""
    glue, name = stack.client("glue"), run["Name"]
    jobs = workflow_jobs(run)
    usual = usual_seconds(glue, [job for job, _ in jobs])
    query = urlencode({"workflow": name, "id": run["WorkflowRunId"]})
    found = reports_of(stack.client("s3"), [run["WorkflowRunId"], *(job["Id"] for _, job in jobs if job)])
    return {
        "workflow": name,
        "run_id": run["WorkflowRunId"],
        "state": outcome(run),
        "started": _iso(run["StartedOn"]),
        "completed": _iso(run.get("CompletedOn")),
        "seconds": round(seconds(run), 3),
        "usual_seconds": _usual(glue, run),
        "properties": run.get("WorkflowRunProperties", {}),
        "error": run.get("ErrorMessage"),
        "jobs": [_job(stack, run, job, job_run, usual) for job, job_run in jobs],
        "reports": [f"s3://{report['bucket']}/{report['key']}" for report in found],
        "explain": (stack.config.explain or "").replace("${run}", run["WorkflowRunId"]) or None,
        "console": f"{stack.endpoint_url}{PREFIX}/run?{query}",
    }


def warned(told: dict[str, Any]) -> list[tuple[str, str]]:
    """What a person should know of a run though it did not fail: a label and a line each, none if nothing was odd."""
    lines = [("warned", f"{job['name']}: {line}") for job in told["jobs"] for line in shown_of(job["warnings"])]
    return [*lines, ("explain", told["explain"])] if lines and told["explain"] else lines


def print_summary(console: "Console", told: dict[str, Any]) -> None:
    """Prints it for people; the live table above it has shown the jobs."""
    from rich.table import Table
    from rich.text import Text

    good, took = told["state"] == "SUCCEEDED", f"{told['seconds']:.1f} s"
    usual = f", usually {told['usual_seconds']:.1f} s" if told["usual_seconds"] is not None else ""
    style = "green" if good else "yellow" if told["state"] == "STOPPED" else "red"
    console.print()
    console.print(Text.assemble((f"{told['workflow']} {told['state']}", f"bold {style}"), f" in {took}{usual}"))
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_column(style="dim", no_wrap=True)
    lines.add_column(overflow="fold")
    for label, text in _lines(told):
        lines.add_row(label, Text(printable(text), "yellow" if label == "warned" else ""))
    console.print(lines)


def _lines(told: dict[str, Any]) -> list[tuple[str, str]]:
    ran = [job for job in told["jobs"] if job["seconds"] is not None]
    lines = [("jobs", _counts(told["jobs"]))]
    if len(ran) > 1 and told["seconds"]:
        longest = max(ran, key=lambda job: job["seconds"])
        share = min(100, round(100 * longest["seconds"] / told["seconds"]))
        lines.append(("longest", f"{longest['name']}, {longest['seconds']:.1f} s, {share} % of the run"))
    lines += [("error", told["error"])] if told["error"] else []
    lines += [(job["state"].lower(), f"{job['name']}: {job['error']}") for job in ran if job["error"]]
    lines += warned(told)
    lines += [("report", report) for report in told["reports"]]
    return [*lines, ("logs", f"local-glue logs {told['run_id']}"), ("console", told["console"])]


def _counts(jobs: list[dict[str, Any]]) -> str:
    states = [job["state"] or "not run" for job in jobs]
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)) or "none"


def _job(
    stack: Stack, of: dict[str, Any], name: str, run: dict[str, Any] | None, usual: dict[str, float]
) -> dict[str, Any]:
    ran = run or {}
    known = {name, of["Name"], of["WorkflowRunId"], ran.get("Id")}
    return {
        "name": name,
        "run_id": ran.get("Id"),
        "state": ran.get("JobRunState"),
        "attempt": ran.get("Attempt"),
        "started": _iso(ran.get("StartedOn")),
        "completed": _iso(ran.get("CompletedOn")),
        "seconds": round(seconds(run), 3) if run else None,
        "usual_seconds": round(usual[name], 3) if name in usual else None,
        "error": ran.get("ErrorMessage"),
        "warnings": warnings_of(stack.home.log_of(run["Id"]), known) if run else {},
        "log": str(stack.home.log_of(run["Id"])) if run else None,
    }


def _usual(glue: Any, run: dict[str, Any]) -> float | None:
    """The median time of earlier runs of this workflow that succeeded."""
    before = [one for one in workflow_runs(glue, [run["Name"]]) if one["WorkflowRunId"] != run["WorkflowRunId"]]
    good = [seconds(one) for one in before if workflow_succeeded(one)]
    return round(median(good[:USUAL_OF]), 3) if good else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
