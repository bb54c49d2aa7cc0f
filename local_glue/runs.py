"""Runs as a client of the endpoint sees them: lists, order of a workflow's jobs, times, what a log says last."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from statistics import median
from typing import Any

from local_glue.errors import LocalGlueError

OVER = ("COMPLETED", "STOPPED", "ERROR")
BAD = ("FailedActions", "TimeoutActions", "StoppedActions", "ErroredActions")
USUAL_OF = 9
TAIL_BYTES = 8192
SAYING = ("event", "message", "msg")
"""Keys under which the usual formatters of structured logs have the text of a line."""

_UNPRINTABLE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def workflow_names(glue: Any) -> list[str]:
    """All workflows."""
    pages = glue.get_paginator("list_workflows").paginate()
    return [name for page in pages for name in page["Workflows"]]


def job_names(glue: Any) -> list[str]:
    """All jobs."""
    return [job["Name"] for page in glue.get_paginator("get_jobs").paginate() for job in page["Jobs"]]


def workflow_runs(glue: Any, names: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Runs of these workflows (default: all), each workflow's newest first."""
    chosen = workflow_names(glue) if names is None else names
    return [run for name in chosen for run in glue.get_workflow_runs(Name=name)["Runs"]]


def job_runs(glue: Any, names: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Runs of these jobs (default: all), each job's newest first."""
    chosen = job_names(glue) if names is None else names
    return [run for name in chosen for run in glue.get_job_runs(JobName=name)["JobRuns"]]


def workflow_jobs(run: dict[str, Any]) -> list[tuple[str, dict[str, Any] | None]]:
    """The workflow's jobs in the order in which triggers reach them, each with its latest attempt, if any."""
    nodes = {node["UniqueId"]: node for node in run["Graph"]["Nodes"]}
    targets = {edge["DestinationId"] for edge in run["Graph"]["Edges"]}
    queue, seen = [key for key in nodes if key not in targets], []
    while queue:
        key = queue.pop(0)
        if key not in seen:
            seen.append(key)
            queue += [edge["DestinationId"] for edge in run["Graph"]["Edges"] if edge["SourceId"] == key]
    jobs = [nodes[key] for key in [*seen, *(k for k in nodes if k not in seen)] if nodes[key]["Type"] == "JOB"]
    return [(job["Name"], next(iter(job["JobDetails"].get("JobRuns", ())), None)) for job in jobs]


def workflow_succeeded(run: dict[str, Any]) -> bool:
    """Whether the run completed and all its jobs succeeded."""
    return run["Status"] == "COMPLETED" and not any(run["Statistics"][key] for key in BAD)


def outcome(run: dict[str, Any]) -> str:
    """A workflow run's status in the words of job runs: COMPLETED says nothing of whether its jobs succeeded."""
    if run["Status"] != "COMPLETED":
        return run["Status"]
    return "SUCCEEDED" if workflow_succeeded(run) else "FAILED"


def root(run: dict[str, Any]) -> str:
    """The id of a job run's first attempt."""
    return run["Id"].partition("_attempt_")[0]


def seconds(run: dict[str, Any]) -> float:
    """How long a run took, or has taken so far."""
    return ((run.get("CompletedOn") or datetime.now(timezone.utc)) - run["StartedOn"]).total_seconds()


def usual_seconds(glue: Any, names: Iterable[str]) -> dict[str, float]:
    """By job, the median time of its latest runs that succeeded; jobs without one are left out."""
    found = {}
    for name in names:
        with suppress(glue.exceptions.EntityNotFoundException):  # a trigger may name a job that is not there
            good = [seconds(run) for run in job_runs(glue, [name]) if run["JobRunState"] == "SUCCEEDED"]
            if good:
                found[name] = median(good[:USUAL_OF])
    return found


def printable(text: str) -> str:
    """The text without control characters and sequences that would change a terminal or a page; tabs and ends stay."""
    return _UNPRINTABLE.sub("", text)


def tail(file: Path, size: int = TAIL_BYTES) -> str:
    """The end of a log, from the beginning of a line; empty if there is none yet."""
    try:
        with file.open("rb") as log:
            start = max(0, log.seek(0, 2) - size)
            log.seek(start)
            end = log.read(size)
    except FileNotFoundError:
        return ""
    if start:
        end = end.partition(b"\n")[2] or end
    return printable(end.decode("utf-8", "replace"))


def last_said(file: Path) -> str:
    """What a log says last: its last line, of a structured line only the text."""
    line = next((line.strip() for line in reversed(tail(file).split("\n")) if line.strip()), "")
    with suppress(ValueError):
        entry = json.loads(line)
        if isinstance(entry, dict):
            return next((str(entry[key]) for key in SAYING if entry.get(key)), line)
    return line


def pairs_of(given: Iterable[str], what: str) -> dict[str, str]:
    """Texts of the form key=value as a dictionary.

    Raises:
        LocalGlueError: one has another form.
    """
    pairs = [item.partition("=") for item in given]
    for key, equals, _ in pairs:
        if not key or not equals:
            raise LocalGlueError(f"{what} {key}: give it as key=value")
    return {key: value for key, _, value in pairs}


def as_arguments(given: dict[str, str]) -> dict[str, str]:
    """Job arguments by their names with dashes, which people may leave out."""
    return {f"--{key.removeprefix('--')}": value for key, value in given.items()}
