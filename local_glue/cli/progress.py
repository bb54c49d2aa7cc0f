"""Follows a run on the terminal: a live table per job, or plain lines when the output is not a terminal."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from local_glue.runs import OVER, seconds, workflow_jobs
from local_glue.stack import Stack

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

POLL_S = 0.1
STYLES = {"SUCCEEDED": "green", "RUNNING": "cyan", "STARTING": "cyan", "STOPPING": "yellow", "waiting": "dim",
          "not run": "dim"}  # fmt: skip


def follow_workflow(stack: Stack, name: str, run_id: str, console: "Console") -> dict[str, Any]:
    """Shows the run until it is over; returns it with its graph."""
    return _follow(console, lambda: stack.workflow_run(name, run_id), workflow_jobs, lambda run: run["Status"] in OVER)


def follow_job(stack: Stack, name: str, run_id: str, console: "Console") -> dict[str, Any]:
    """Shows a job run until its last attempt is over; returns that JobRun."""
    return _follow(
        console, lambda: stack.last_attempt(name, run_id), lambda run: [(name, run)], lambda run: "CompletedOn" in run
    )


def _follow(console: "Console", fetch: Any, jobs_of: Any, over: Any) -> dict[str, Any]:
    if not console.is_terminal:
        return _plain(console, fetch, jobs_of, over)
    from rich.live import Live

    run = fetch()
    with Live(_table(jobs_of(run), over(run)), console=console, refresh_per_second=8) as live:
        while not over(run):
            time.sleep(POLL_S)
            run = fetch()
            live.update(_table(jobs_of(run), over(run)))
    return run


def _plain(console: "Console", fetch: Any, jobs_of: Any, over: Any) -> dict[str, Any]:
    said: set[tuple[str, str]] = set()
    while True:
        run = fetch()
        for line in _news(jobs_of(run), said):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        if over(run):
            return run
        time.sleep(POLL_S)


def _news(jobs: list[tuple[str, dict[str, Any] | None]], said: set[tuple[str, str]]) -> Iterator[str]:
    """A line for each state of each attempt that was not printed yet, except STARTING, which is too short."""
    for name, run in jobs:
        if run is None or run["JobRunState"] == "STARTING" or (run["Id"], run["JobRunState"]) in said:
            continue
        said.add((run["Id"], run["JobRunState"]))
        attempt = f" (attempt {run['Attempt'] + 1})" if run["Attempt"] else ""
        end = f" {seconds(run):.1f} s" if run.get("CompletedOn") else ""
        error = f"  {run['ErrorMessage']}" if run.get("ErrorMessage") else ""
        yield f"{name}{attempt} {run['JobRunState']}{end}{error}"


def _table(jobs: list[tuple[str, dict[str, Any] | None]], over: bool) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    for column, justify in (("job", "left"), ("state", "left"), ("seconds", "right"), ("", "left")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for name, run in jobs:
        state = run["JobRunState"] if run else "not run" if over else "waiting"
        shown = f"{state} (attempt {run['Attempt'] + 1})" if run and run["Attempt"] else state
        took = f"{seconds(run):.1f}" if run else ""
        error = (run or {}).get("ErrorMessage", "")
        table.add_row(name, Text(shown, STYLES.get(state, "red")), took, Text(error, "red", overflow="fold"))
    return table
