"""What `make run` does: start the local AWS if needed, deliver the demo once, run the workflow, print the report.

`--workflow all` does it for each workflow, one after the other.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from rich.console import Console

from demo import html_report, report
from demo.books import read_books
from demo.generate import ALL, WORKFLOWS, generate, manifest_path
from local_glue.cli.progress import follow_workflow
from local_glue.errors import LocalGlueError, NotRunningError
from local_glue.home import Home
from local_glue.lifecycle import restart_databases, what_is_lost
from local_glue.provision.upload import put_folder
from local_glue.resume import resume
from local_glue.runs import seconds, workflow_succeeded
from local_glue.stack import Stack

PROJECT = Path(__file__).parents[1]


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns 0 when every job of the workflow succeeded."""
    parser = argparse.ArgumentParser(prog="python -m demo.run", description=__doc__)
    parser.add_argument("--workflow", default="streams", choices=(*WORKFLOWS, ALL))
    chosen = parser.parse_args(argv).workflow
    console = report.make_console()
    try:
        return max(run(console, workflow) for workflow in (WORKFLOWS if chosen == ALL else (chosen,)))
    except (LocalGlueError, TimeoutError) as error:
        console.print(f"[red]{type(error).__name__}:[/] {error}", highlight=False)
    except KeyboardInterrupt:
        console.print("\nThe run goes on without being watched: 'local-glue runs' lists it.")
    return 1


def run(console: Console, workflow: str) -> int:
    """Delivers the demo if this stack never had it, runs `workflow`, prints the result; returns the exit code."""
    stack = _stack(console)
    _deliver(console, stack, workflow)
    started = stack.start_workflow(workflow)
    console.print(f"\nWorkflow [bold]{workflow}[/]")
    done = follow_workflow(stack, workflow, started, console)
    console.print(f"{'[green]done' if workflow_succeeded(done) else '[red]failed'}[/] in {seconds(done):.1f} s")
    if not workflow_succeeded(done):
        console.print(f"The log of every job: .venv/bin/local-glue logs {started}")
        return 1
    with stack.connect("warehouse") as warehouse:
        books = read_books(warehouse, stack.client("s3"), stack.config.values["lake_bucket"], started)
        report.print_report(console, warehouse, books, workflow)
    html_report.print_place(console, html_report.fetch(stack, workflow))
    return 0


def _stack(console: Console) -> Stack:
    """The running stack, with the current code; otherwise a new stack."""
    home = Home(report.home())
    if restart_databases(home):
        console.print("The databases of the local AWS had ended; they are up again, with all that they held.")
    with suppress(NotRunningError):
        stack = Stack.attach(report.home())
        stack.refresh_code()
        return stack
    if again := resume(home):
        console.print(f"Local AWS up again in {again.duration_s:.1f} s, with what it held: {again.stack.endpoint_url}")
        if again.lost:
            console.print(again.lost, style="yellow", highlight=False)
        return again.stack
    if lost := what_is_lost(home):
        console.print(lost, style="yellow", highlight=False)
    started = time.monotonic()
    stack = Stack.start(PROJECT, report.home())
    console.print(f"Local AWS up in {time.monotonic() - started:.1f} s: {stack.endpoint_url}")
    return stack


def _deliver(console: Console, stack: Stack, workflow: str) -> None:
    """Puts the demo into the landing bucket, once per stack, because landing files are deleted when accepted.

    The mark that it happened is an object in the stack, so it is deleted with the stack.
    """
    s3, bucket, mark = stack.client("s3"), stack.config.scripts_bucket, f"demo/{workflow}.manifest.json"
    if _exists(s3, bucket, mark):
        console.print("The demo was delivered to this stack before: looking for anything new in the landing bucket.")
        return
    folder = PROJECT / ".demo" / workflow
    shutil.rmtree(folder, ignore_errors=True)
    manifest = generate(folder, workflow)
    manifest.write(manifest_path(folder))
    count, size = put_folder(s3, folder, stack.config.landing_bucket)
    s3.put_object(Bucket=bucket, Key=mark, Body=manifest.to_json().encode())
    console.print(
        f"Delivered {count} files ({size / 1e6:.1f} MB) from {folder.relative_to(PROJECT)}/, dirty on purpose: "
        f"{manifest_path(folder).relative_to(PROJECT)} lists every planted defect."
    )


def _exists(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return False
        raise
    return True


if __name__ == "__main__":
    sys.exit(main())
