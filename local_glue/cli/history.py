"""Past runs and their logs, for the command line."""

from datetime import timezone
from pathlib import Path
from typing import Any

from local_glue.errors import LocalGlueError
from local_glue.runs import job_runs, root, seconds, workflow_jobs, workflow_runs
from local_glue.stack import Stack

SHOWN_ID = 15


def log_files(stack: Stack, run_id: str) -> list[tuple[str, Path]]:
    """Job names and log files of a job run or workflow run, given by its id or a unique prefix of it.

    Raises:
        LocalGlueError: no run or several runs have this prefix, or the run has written no log.
    """
    glue = stack.client("glue")
    ran = job_runs(glue)
    found = [run for run in workflow_runs(glue) if run["WorkflowRunId"].startswith(run_id)]
    if found:
        run = stack.workflow_run(_one(found, run_id)["Name"], found[0]["WorkflowRunId"])
        started = [job_run for _, job_run in workflow_jobs(run) if job_run]
        selected = [r for job_run in started for r in reversed(ran) if root(r) == root(job_run)]
    else:
        exact = [run for run in ran if run["Id"] == run_id]
        begins = exact or [run for run in ran if run["Id"].startswith(run_id)]
        roots = {root(run): run for run in begins}
        _one(list(roots.values()), run_id)
        selected = sorted(begins, key=lambda run: run["Attempt"])
    files = [(run["JobName"], stack.home.log_of(run["Id"])) for run in selected]
    there = [(name, file) for name, file in files if file.exists()]
    if not there:
        raise LocalGlueError(f"run {run_id} has written no log")
    return there


def print_runs(stack: Stack, limit: int) -> None:
    """Prints workflow runs and job runs, newest first."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    glue = stack.client("glue")
    rows = [(r["StartedOn"], r["Name"], "workflow", _outcome(r), r, r["WorkflowRunId"]) for r in workflow_runs(glue)]
    rows += [(r["StartedOn"], r["JobName"], "job", r["JobRunState"], r, r["Id"]) for r in job_runs(glue)]
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("started (UTC)", "kind", "name", "state", "seconds", "run", "error"):
        table.add_column(column, justify="right" if column == "seconds" else "left", overflow="fold")
    for started, name, kind, state, run, run_id in sorted(rows, key=lambda row: row[0], reverse=True)[:limit]:
        shown = run_id[:SHOWN_ID] + (f"…{run_id[run_id.index('_attempt_') :]}" if "_attempt_" in run_id else "")
        when = f"{started.astimezone(tz=timezone.utc):%Y-%m-%d %H:%M:%S}"
        table.add_row(when, kind, name, state, f"{seconds(run):.1f}", shown, Text(run.get("ErrorMessage", "")))
    console = Console(highlight=False)
    (console if console.is_terminal else Console(highlight=False, width=10_000)).print(table)


def _outcome(run: dict[str, Any]) -> str:
    failed = sum(run["Statistics"][key] for key in ("FailedActions", "TimeoutActions", "ErroredActions"))
    return f"{run['Status']}, {failed} failed" if failed else run["Status"]


def _one(found: list[dict[str, Any]], run_id: str) -> dict[str, Any]:
    if len(found) != 1:
        many = "several runs begin" if found else "no run begins"
        raise LocalGlueError(f"{many} with {run_id}: 'local-glue runs' lists them")
    return found[0]
