"""The table of a run's graph that a terminal shows while the run goes on: a row for each job, from top to bottom."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_glue.console.words import sign
from local_glue.runs import last_said, printable, seconds

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

STYLES = {"SUCCEEDED": "green", "RUNNING": "cyan", "STARTING": "cyan", "STOPPING": "yellow", "STOPPED": "yellow",
          "waiting": "dim", "not run": "dim"}  # fmt: skip


def table(
    jobs: list[tuple[str, dict[str, Any] | None]], run: Mapping[str, Any], *, over: bool, usual: Mapping[str, float],
    log_of: Callable[[str], Path],
) -> "Table":  # fmt: skip
    """The table of a run.

    Args:
        jobs: Names of jobs in the graph's order, each with its latest attempt, if it has begun.
        run: The workflow run or job run that they belong to.
        over: Whether the run has ended.
        usual: How many seconds a job usually takes.
        log_of: Gives the log file of a job run.
    """
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, expand=True)
    for column in ("job", "state"):
        shown.add_column(column, no_wrap=True)
    for column in ("seconds", "usually"):
        shown.add_column(column, justify="right", no_wrap=True)
    # A line a job, so that the table stands still; the errors of a workflow's jobs are in the summary, whole.
    whole = over and "Graph" not in run
    shown.add_column("", ratio=1, overflow="fold" if whole else "ellipsis", no_wrap=not whole)
    forks = _forks(run.get("Graph"))
    for name, job in jobs:
        expected = f"{usual[name]:.1f}" if name in usual else ""
        took = f"{seconds(job):.1f}" if job else ""
        shown.add_row(
            Text.assemble((forks.get(name, ""), "dim"), name),
            _state(job, over),
            took,
            Text(expected, "dim"),
            _says(job, log_of),
        )
    return shown


def _state(job: dict[str, Any] | None, over: bool) -> "Text":
    from rich.text import Text

    state = job["JobRunState"] if job else "not run" if over else "waiting"
    attempt = f" (attempt {job['Attempt'] + 1})" if job and job["Attempt"] else ""
    mark = sign(state if job else "not run")
    return Text(f"{mark} {state}{attempt}", STYLES.get(state, "red"))


def _says(job: dict[str, Any] | None, log_of: Callable[[str], Path]) -> "Text":
    """The error of a job run, or what its log says last."""
    from rich.text import Text

    if job and job.get("ErrorMessage"):
        return Text(printable(job["ErrorMessage"]), "red")
    return Text(last_said(log_of(job["Id"])) if job and "CompletedOn" not in job else "", "dim")


def _forks(graph: dict[str, Any] | None) -> dict[str, str]:
    """By job, the bracket that joins it with jobs that stand in the same row of the graph; empty for a plain chain."""
    from local_glue.console.graph import draw

    boxes = [box for box in draw(graph).boxes if box.kind != "trigger"] if graph else []
    sizes, seen = Counter(box.row for box in boxes), Counter[int]()
    if all(size == 1 for size in sizes.values()):
        return {}
    found = {}
    for box in boxes:
        seen[box.row] += 1
        last = seen[box.row] == sizes[box.row]
        found[box.name] = "  " if sizes[box.row] == 1 else "╭ " if seen[box.row] == 1 else "╰ " if last else "├ "
    return found
