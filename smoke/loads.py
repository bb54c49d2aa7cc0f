"""Delivers files, runs workflows and jobs, and waits for them."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.generate import generate
from smoke.deployment import SmokeError

SIZES = {
    "streams": {"days": 2, "plays": 2_000, "users": 100, "tracks": 150},
    "sparkify": {"days": 3, "events": 800, "users": 20, "songs": 30},
}
OVER = ("SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED", "ERROR", "COMPLETED")
PATIENCE_S = 2400


@dataclass(frozen=True)
class Delivery:
    """The files of one workflow.

    Attributes:
        valid: Files that must be loaded, in the order in which they apply: data set and path.
    """

    workflow: str
    folder: Path
    keys: tuple[str, ...]
    valid: tuple[tuple[str, Path], ...] = field(default=())


def prepare(folder: Path, workflow: str) -> Delivery:
    """Writes a small delivery below `folder`, dirty on purpose as the demo's is."""
    manifest = generate(folder / workflow, workflow, **SIZES[workflow])
    kept = [entry for entry in manifest.files.values() if entry.state in ("LOADED", "REPEATED")]
    valid = tuple((entry.dataset, folder / workflow / entry.key) for entry in kept)
    return Delivery(workflow, folder / workflow, tuple(manifest.files), valid)


def deliver(s3: Any, bucket: str, delivery: Delivery, *, again: bool = False) -> None:
    """Uploads the files; `again`: all of them under other keys, as deliverers do who send a batch twice."""
    for key in delivery.keys:
        dataset, _, rest = key.partition("/")
        s3.upload_file(str(delivery.folder / key), bucket, f"{dataset}/again/{rest}" if again else key)


def run_workflows(glue: Any, names: Iterable[str], poll_s: float, say: Callable[[str], None]) -> None:
    """Starts the workflows at once and waits for all.

    Raises:
        SmokeError: A job did not succeed; the message is the job's.
    """
    started = {name: glue.start_workflow_run(Name=name)["RunId"] for name in names}
    for name, run_id in started.items():
        wait(lambda name=name, run_id=run_id: _workflow_run(glue, name, run_id)["Status"], poll_s, name)
    for name, run_id in started.items():
        runs = _job_runs(glue.get_workflow_run(Name=name, RunId=run_id, IncludeGraph=True)["Run"])
        _tell(name, runs, say)


def _workflow_run(glue: Any, name: str, run_id: str) -> Mapping[str, Any]:
    return glue.get_workflow_run(Name=name, RunId=run_id)["Run"]


def _job_runs(run: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    nodes = [node for node in run["Graph"]["Nodes"] if node["Type"] == "JOB"]
    return [job for node in nodes for job in node.get("JobDetails", {}).get("JobRuns", [])]


def _tell(workflow: str, runs: list[Mapping[str, Any]], say: Callable[[str], None]) -> None:
    for run in sorted(runs, key=lambda run: run["StartedOn"]):
        say(f"  {run['JobName']:24} {run['JobRunState']:10} {run.get('ExecutionTime', 0)} s")
    failed = [run for run in runs if run["JobRunState"] != "SUCCEEDED"]
    if failed or not runs:
        why = f"job {failed[0]['JobName']}: {failed[0].get('ErrorMessage', '')}" if failed else "it ran no job"
        raise SmokeError(f"workflow {workflow} failed; {why}")


def wait(state: Callable[[], str], poll_s: float, what: str) -> str:
    """Polls until the state is one of `OVER`; returns it.

    Raises:
        SmokeError: It takes longer than `PATIENCE_S`.
    """
    deadline = time.monotonic() + PATIENCE_S
    while (now := state()) not in OVER:
        if time.monotonic() > deadline:
            raise SmokeError(f"{what} is still {now} after {PATIENCE_S} s")
        time.sleep(poll_s)
    return now
