"""Writes the report of each workflow's last run from the warehouse of the running stack: `python -m demo.html_report`.

Jobs write it themselves after each run; this one is for when the warehouse or the report's code has changed since.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from psycopg import Connection
from rich.console import Console

from demo import report
from glue_jobs.lib.quality import measure
from glue_jobs.lib.quality.suites import SUITES, Suite
from glue_jobs.lib.report import ask
from glue_jobs.lib.report.facts import make_facts
from glue_jobs.lib.report.page import render
from glue_jobs.lib.report.subjects import subject_of
from glue_jobs.lib.report.write import latest_key
from local_glue import environment
from local_glue.errors import NotRunningError
from local_glue.stack import Stack

FOLDER = Path(__file__).parents[1] / ".demo" / "reports"


def fetch(stack: Stack, workflow: str) -> Path | None:
    """Brings the page that the last run wrote to this machine; None if none did."""
    try:
        answer = stack.client("s3").get_object(Bucket=stack.config.values["lake_bucket"], Key=latest_key(workflow))
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return None
        raise
    return _keep(workflow, answer["Body"].read())


def rebuild(warehouse: Connection, suite: Suite) -> Path | None:
    """Makes the page anew from the warehouse; None if its tables are not there."""
    tables = [table.full_name for table in suite.tables]
    if any(warehouse.execute("SELECT to_regclass(%s)", [name]).fetchone()[0] is None for name in tables):
        return None
    now, subject = datetime.now(UTC), subject_of(suite)

    def read(query: str, schema: str) -> list[Any]:
        return warehouse.execute(query).fetchall()

    observed, rows = ask.ask(read, subject, suite.checks, now=now)
    results = measure.judge(suite.checks, observed)
    page = render(make_facts(rows, results, workflow=subject.workflow, made_at=now))
    return _keep(subject.workflow, page.encode())


def print_place(console: Console, path: Path | None) -> None:
    """Says where the page is, on a line of its own that can be clicked or copied."""
    if path is None:
        console.print("\nNo report was written: the log of check_quality says why.")
    else:
        console.print(f"\n[bold]The report of this run[/], for a browser:\n{path}", soft_wrap=True)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns 1 when there is nothing to report."""
    argparse.ArgumentParser(prog="python -m demo.html_report", description=__doc__).parse_args(argv)
    os.environ.update(environment.for_matplotlib(os.environ))
    console = report.make_console()
    try:
        stack = Stack.attach(report.home())
    except NotRunningError:
        console.print(
            "No local stack is up, so there is no warehouse to report on: 'make run' starts one and loads it."
        )
        return 1
    with stack.connect("warehouse") as warehouse:
        paths = [path for suite in SUITES if (path := rebuild(warehouse, suite))]
    if not paths:
        console.print(
            "Nothing was published yet: 'make run' loads the demo, 'make run WORKFLOW=all' all of it.", soft_wrap=True
        )
        return 1
    for path in paths:
        print_place(console, path)
    return 0


def _keep(workflow: str, page: bytes) -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{workflow}.html"
    path.write_bytes(page)
    return path


if __name__ == "__main__":
    sys.exit(main())
