"""Follows a run on the terminal: a live table of its graph, or plain lines when the output is not a terminal."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from local_glue.runs import OVER, seconds, usual_seconds, workflow_jobs
from local_glue.stack import Stack
from local_glue.waiting import pauses

if TYPE_CHECKING:
    from rich.console import Console

Jobs = list[tuple[str, dict[str, Any] | None]]
"""Names of jobs, each with its latest attempt, if it has begun."""
Said = set[tuple[str, str]]
"""The states of job runs for which a line was printed."""


def follow_workflow(
    stack: Stack, name: str, run_id: str, console: "Console", said: Said | None = None
) -> dict[str, Any]:
    """Shows the run until it is over; returns it with its graph.

    Args:
        stack: Where the workflow is.
        name: The workflow's name.
        run_id: The run.
        console: Where it is shown.
        said: States that were printed already, when the same run is followed again; it takes new ones in.
    """
    return _follow(stack, console, lambda: stack.workflow_run(name, run_id), workflow_jobs, is_over, said)


def follow_job(stack: Stack, name: str, run_id: str, console: "Console", said: Said | None = None) -> dict[str, Any]:
    """Shows a job run until its last attempt is over; returns that JobRun. Arguments as `follow_workflow`."""

    def jobs_of(run: dict[str, Any]) -> Jobs:
        return [(name, run)]

    return _follow(
        stack, console, lambda: stack.last_attempt(name, run_id), jobs_of, lambda run: "CompletedOn" in run, said
    )


def is_over(run: dict[str, Any]) -> bool:
    """Whether a workflow's run has ended."""
    return run["Status"] in OVER


def _follow(
    stack: Stack, console: "Console", fetch: Callable[[], dict[str, Any]], jobs_of: Callable[[Any], Jobs],
    over: Callable[[Any], bool], said: Said | None,
) -> dict[str, Any]:  # fmt: skip
    if not console.is_terminal:
        return _plain(console, fetch, jobs_of, over, set() if said is None else said)
    from rich.live import Live

    from local_glue.cli.live import table

    runs = _until_over(fetch, over)
    run = next(runs)
    usual = usual_seconds(stack.client("glue"), [name for name, _ in jobs_of(run)])
    shown = partial(table, usual=usual, log_of=stack.home.log_of)
    with Live(shown(jobs_of(run), run, over=over(run)), console=console, refresh_per_second=8) as live:
        for run in runs:
            live.update(shown(jobs_of(run), run, over=over(run)))
    return run


def _until_over(fetch: Callable[[], dict[str, Any]], over: Callable[[Any], bool]) -> Iterator[dict[str, Any]]:
    """The run as it is now and again and again, until it is over."""
    for _ in pauses():
        yield (run := fetch())
        if over(run):
            return


def _plain(
    console: "Console", fetch: Callable[[], dict[str, Any]], jobs_of: Callable[[Any], Jobs],
    over: Callable[[Any], bool], said: Said,
) -> dict[str, Any]:  # fmt: skip
    for run in _until_over(fetch, over):
        for line in _news(jobs_of(run), said):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    return run


def _news(jobs: Jobs, said: Said) -> Iterator[str]:
    """A line for each state of each attempt that was not printed yet, except STARTING, which is too short."""
    for name, run in jobs:
        if run is None or run["JobRunState"] == "STARTING" or (run["Id"], run["JobRunState"]) in said:
            continue
        said.add((run["Id"], run["JobRunState"]))
        attempt = f" (attempt {run['Attempt'] + 1})" if run["Attempt"] else ""
        end = f" {seconds(run):.1f} s" if run.get("CompletedOn") else ""
        error = f"  {run['ErrorMessage']}" if run.get("ErrorMessage") else ""
        yield f"{name}{attempt} {run['JobRunState']}{end}{error}"
