"""The charts about runs: the flow of a run's lines, what was put aside and how long it took, run by run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.report import drawing, text
from glue_jobs.lib.report.elements import Chart, Grid
from glue_jobs.lib.report.facts import Facts, ReportedRun
from glue_jobs.lib.report.palette import SERIES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OUTCOME_NAMES = {
    Count.LOADED: ("Loaded", "good"),
    Count.ALREADY_LOADED: ("Already loaded", "known"),
    Count.REPEATED: ("Repeated", "idle"),
    Count.PENDING_AFTER: ("Waiting", "fair"),
    Count.OUT_OF_WINDOW: ("Out of window", "s4"),
    Count.QUARANTINED: ("Quarantined", "bad"),
}
"""Each outcome's name and colour, from best to worst."""

NARROW, WIDE = (340, 210), (640, 250)
LABELS_NARROW, LABELS_WIDE = 4, 8


@dataclass(frozen=True)
class Stack:
    """A series of a chart of stacked bars."""

    name: str
    colour: str
    values: Sequence[float]


def put_aside(facts: Facts) -> Chart | None:
    """Lines quarantined and files rejected, run by run."""
    if not facts.runs:
        return None
    quarantined = [run.counts[Count.QUARANTINED] for run in facts.runs]
    read = [run.counts[Count.READ] for run in facts.runs]
    rows = [
        (text.moment(run.started_at), text.count(lines), text.count(bad), text.share(bad, lines))
        for run, lines, bad in zip(facts.runs, read, quarantined, strict=True)
    ]
    summary = (
        f"Lines quarantined in the last {text.plural(len(facts.runs), 'run')}: {text.count(quarantined[-1])} in the "
        f"latest, at most {text.count(max(quarantined))}."
    )
    stacks = [Stack("Quarantined", "bad", quarantined)]
    return _over_runs(
        "Rejects over runs",
        "lines quarantined a run",
        summary,
        stacks,
        facts.runs,
        Grid(("run (UTC)", "read", "quarantined", "share"), rows[::-1]),
    )


def durations(facts: Facts, jobs: Sequence[str]) -> Chart | None:
    """How long the jobs that load took, run by run."""
    if not facts.runs:
        return None
    seconds = {job: [_seconds(run, job) for run in facts.runs] for job in jobs}
    totals = [sum(parts) for parts in zip(*seconds.values(), strict=True)]
    rows = [
        (text.moment(run.started_at), *(text.duration(seconds[job][at]) for job in jobs), text.duration(totals[at]))
        for at, run in enumerate(facts.runs)
    ]
    took, longest = text.duration(totals[-1]), text.duration(max(totals))
    summary = f"The latest run's jobs took {took}, the longest of these runs {longest}."
    stacks = [Stack(job, colour, seconds[job]) for job, colour in zip(jobs, SERIES, strict=False)]
    return _over_runs(
        "Duration over runs",
        "seconds of the jobs that load",
        summary,
        stacks,
        facts.runs,
        Grid(("run (UTC)", *jobs, "together"), rows[::-1]),
    )


def stacked(title: str, unit: str, summary: str, stacks: Sequence[Stack], labels: Sequence[str], grid: Grid) -> Chart:
    """A chart of stacked bars."""
    label = text.escaped(f"{title}. {summary}")

    def draw(figure: "Figure", most: int) -> None:
        ax = drawing.axes(figure, 46, 12, 8, 30)
        ends: list[float] | None = None
        for stack in stacks:
            ends = drawing.bars(ax, stack.values, stack.colour, on=ends)
        drawing.scale_y(ax, max(ends or [0], default=0))
        drawing.label_x(ax, labels, most)

    narrow = drawing.drawn(*NARROW, lambda figure: draw(figure, LABELS_NARROW), label=label, kind="narrow")
    wide = drawing.drawn(*WIDE, lambda figure: draw(figure, LABELS_WIDE), label=label, kind="wide")
    legend = [(stack.name, stack.colour) for stack in stacks] if len(stacks) > 1 else ()
    return Chart(title, unit, summary, grid, wide, narrow, legend)


def _over_runs(
    title: str, unit: str, summary: str, stacks: Sequence[Stack], runs: Sequence[ReportedRun], grid: Grid
) -> Chart:
    labels = [f"{run.started_at.day} {run.started_at:%b}" for run in runs]
    if len(set(labels)) < len(labels):
        labels = [f"{run.started_at:%H:%M}" for run in runs]
    return stacked(title, unit, summary, stacks, labels, grid)


def _seconds(run: ReportedRun, job: str) -> float:
    return sum(found.duration_ms for found in run.jobs if found.name == job) / 1000
