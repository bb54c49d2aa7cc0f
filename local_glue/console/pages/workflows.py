"""Workflows, their runs, and starting and stopping them."""

from pathlib import Path
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from local_glue.console import graph
from local_glue.console.here import client, stack
from local_glue.console.logs import readable
from local_glue.console.pages import given, given_pairs
from local_glue.console.reports import reports_of
from local_glue.console.words import ACTIVE
from local_glue.errors import NotRunningError
from local_glue.runs import job_names, job_runs, last_said, tail, usual_seconds, workflow_jobs, workflow_names

pages = Blueprint("workflows", __name__)
SHOWN_RUNS, SHOWN_RECENT, SHOWN_DOTS = 100, 25, 14
TAIL_BYTES, TAIL_LINES = 32_768, 60


@pages.get("/")
def home() -> str:
    """All workflows with their last runs, jobs that belong to none, and what ran lately."""
    glue = client("glue")
    runs = {name: glue.get_workflow_runs(Name=name)["Runs"] for name in workflow_names(glue)}
    used = {node["Name"] for name in runs for node in _graph(name)["Nodes"] if node["Type"] == "JOB"}
    alone = {name: job_runs(glue, [name]) for name in job_names(glue) if name not in used}
    shown = {"workflows": runs, "jobs": alone, "recent": _recent(runs), "shown_dots": SHOWN_DOTS}
    return render_template("home.html", **shown)


@pages.get("/workflow")
def workflow() -> str:
    """One workflow: its graph, its runs, and the form that starts it."""
    glue, name = client("glue"), given("name")
    definition = glue.get_workflow(Name=name, IncludeGraph=True)["Workflow"]
    runs = glue.get_workflow_runs(Name=name)["Runs"][:SHOWN_RUNS]
    active = next((run for run in runs if run["Status"] in ("RUNNING", "STOPPING")), None)
    shown = _run(name, active["WorkflowRunId"])["Graph"] if active else definition["Graph"]
    return render_template(
        "workflow.html", workflow=definition, runs=runs, active=active, drawing=graph.draw(shown),
        usual=usual_seconds(glue, _jobs_of(definition["Graph"])),
    )  # fmt: skip


@pages.post("/workflow/start")
def start() -> Response:
    """Starts a run with the form's run properties, after uploading changed code as `local-glue run` does."""
    name, properties = given("name"), given_pairs("properties", "Run property")
    refresh_code()
    run_id = client("glue").start_workflow_run(Name=name, RunProperties=properties)["RunId"]
    return redirect(url_for("workflows.run", workflow=name, id=run_id), 303)


@pages.get("/run")
def run() -> str:
    """One run of a workflow: graph, jobs with what their logs say last, the end of one log, reports."""
    glue, name = client("glue"), given("workflow")
    shown = _run(name, given("id"))
    jobs = workflow_jobs(shown)
    logs = {job["Id"]: stack().home.log_of(job["Id"]) for _, job in jobs if job}
    watched = _watched([job for _, job in jobs if job])
    over = shown["Status"] not in ACTIVE
    ids = [shown["WorkflowRunId"], *(job["Id"] for _, job in jobs if job)]
    return render_template(
        "run.html", run=shown, jobs=jobs, over=over, drawing=graph.draw(shown["Graph"]),
        usual=usual_seconds(glue, [job for job, _ in jobs]),
        said={run_id: last_said(file) for run_id, file in logs.items()},
        watched=watched, log=_end(watched) if watched else "",
        reports=reports_of(client("s3"), ids) if over else [],
    )  # fmt: skip


@pages.post("/run/stop")
def stop() -> Response:
    """Stops a run and its jobs."""
    name, run_id = given("workflow"), given("id")
    client("glue").stop_workflow_run(Name=name, RunId=run_id)
    return redirect(url_for("workflows.run", workflow=name, id=run_id), 303)


def refresh_code() -> None:
    """Uploads changed scripts and updates definitions; not in a stack whose code another tool manages."""
    from local_glue.config import load_config
    from local_glue.provision.resources import refresh_code

    try:
        state = stack().home.read_state()
    except NotRunningError:  # an endpoint alone, without a project
        return
    if not state.get("empty"):
        refresh_code(load_config(Path(state["project"])), client)


def _run(name: str, run_id: str) -> dict[str, Any]:
    return client("glue").get_workflow_run(Name=name, RunId=run_id, IncludeGraph=True)["Run"]


def _graph(name: str) -> dict[str, Any]:
    return client("glue").get_workflow(Name=name, IncludeGraph=True)["Workflow"]["Graph"]


def _jobs_of(shown: dict[str, Any]) -> list[str]:
    return [node["Name"] for node in shown["Nodes"] if node["Type"] == "JOB"]


def _recent(runs: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    every = [run for found in runs.values() for run in found]
    return sorted(every, key=lambda run: run["StartedOn"], reverse=True)[:SHOWN_RECENT]


def _end(run: dict[str, Any]) -> str:
    """The last lines of a job run's log."""
    lines = tail(stack().home.log_of(run["Id"]), TAIL_BYTES).rstrip("\n").split("\n")[-TAIL_LINES:]
    return readable("\n".join(lines), (run["Id"], run["JobName"]))


def _watched(runs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The job run whose log one wants to see: one that runs, one that failed, or the last."""
    running = [run for run in runs if run["JobRunState"] in ACTIVE]
    failed = [run for run in runs if run["JobRunState"] not in (*ACTIVE, "SUCCEEDED", "STOPPED")]
    return next(iter([*running, *failed, *reversed(runs)]), None)
