"""This project, all of it: endpoint, databases and every job of workflow `streams` on the local stack.

The stack is up and the files are in the landing bucket before the clock starts; it stops when the workflow has ended.
With --home a stack that is up there is used, so the work is an increment; with --keep it stays up.
"""

import argparse
import gzip
import json
import time
from pathlib import Path

from bench.measure import CLOCK, PHASES
from bench.tables import COUNTED, COUNTS, TABLES, names
from local_glue.errors import NotRunningError
from local_glue.runs import workflow_jobs, workflow_succeeded
from local_glue.stack import Stack

PROJECT = Path(__file__).parents[2]
PATIENCE_S = 7200
BOOK = f"""
    SELECT {", ".join(COUNTED)} FROM music.load_runs WHERE job_name = 'load_streams'
    ORDER BY started_at DESC LIMIT 1
"""


def main(source: Path, out: Path, *, home: Path, keep: bool) -> None:
    """Delivers, runs the workflow, then reads the tables back."""
    stack = _stack(home, source)
    try:
        landing = source / "landing" / "streams"
        for path in sorted(landing.glob("*.csv")):
            key = f"streams/{source.name}/{path.name}"
            stack.client("s3").upload_file(str(path), stack.config.landing_bucket, key)
        run_workflow(stack, "streams", out)
        _read_back(stack, out)
    finally:
        if not keep:
            stack.stop()


def _stack(home: Path, source: Path) -> Stack:
    """The stack at `home`; a new one gets the catalogue's files into its landing bucket."""
    try:
        return Stack.attach(home)
    except NotRunningError:
        stack = Stack.start(PROJECT, home)
        for name in ("users", "songs"):
            path = source / "landing" / name / f"{name}.csv"
            stack.client("s3").upload_file(str(path), stack.config.landing_bucket, f"{name}/{name}.csv")
        return stack


def run_workflow(stack: Stack, name: str, out: Path) -> None:
    """Runs the workflow and notes below `out` what it took; ends the process with what failed, if anything did."""
    started = time.time()
    run = stack.run_workflow(name, timeout_s=PATIENCE_S)
    (out / CLOCK).write_text(json.dumps([started, time.time()]))
    _require_success(run)
    (out / PHASES).write_text(json.dumps(_seconds(run)))


def _require_success(run: dict) -> None:
    if not workflow_succeeded(run):
        failed = [f"{name}: {job['ErrorMessage']}" for name, job in workflow_jobs(run) if job and "ErrorMessage" in job]
        raise SystemExit(f"the workflow failed: {failed}")


def _seconds(run: dict) -> dict[str, float]:
    return {
        name: round((job["CompletedOn"] - job["StartedOn"]).total_seconds(), 1)
        for name, job in workflow_jobs(run)
        if job
    }


def _read_back(stack: Stack, out: Path) -> None:
    with stack.connect("warehouse") as db:
        for name in TABLES:
            (out / name).mkdir()
            query = f"COPY (SELECT {', '.join(names(name))} FROM music.{name}) TO STDOUT (FORMAT csv, HEADER)"
            with gzip.open(out / name / "part.csv.gz", "wb", compresslevel=1) as file, db.cursor().copy(query) as rows:
                for data in rows:
                    file.write(data)
        book = db.execute(BOOK).fetchone()
    (out / COUNTS).write_text(json.dumps(dict(zip(COUNTED, book, strict=True))))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.contenders.whole", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    main(given.source, given.out, home=given.home or given.out / "home", keep=given.keep)
