"""Deploys an environment, loads a small delivery twice, compares every table, asks AWS questions, destroys it all.

`make smoke ENV=dev` runs it; it says what it creates and costs, and asks before it begins. The environment is a
throw-away copy of ENV's settings under the name <ENV>-smoke, in a Terraform workspace of its own.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from smoke import costs, expected, loads
from smoke.answers import Finding, findings
from smoke.asking import Questions
from smoke.deployment import Deployment, SmokeError
from smoke.warehouse import WarehouseReader

POLL_S = 10.0
LOG_WIDTH = 240  # where nobody looks at a terminal, a finding stays on one line
TITLES = {False: "A small delivery, dirty on purpose", True: "The same files again, under other names"}
MARKS = {True: "[green]held[/]", False: "[red]NOT HELD[/]", None: "[dim]noted[/]"}


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns 0 when everything the pipeline relies on held."""
    parser = argparse.ArgumentParser(prog="python -m smoke.run", description=__doc__.partition("\n")[0])
    parser.add_argument("--env", default="dev", help="whose settings: terraform/environments/ENV.tfvars")
    parser.add_argument("--region", default=os.environ.get("AWS_REGION", "us-east-1"), help="where to make it")
    parser.add_argument("--yes", action="store_true", help="do not ask before it begins")
    parser.add_argument("--keep", action="store_true", help="do not destroy it at the end; it goes on costing money")
    chosen = parser.parse_args(argv)
    console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else LOG_WIDTH)
    deployment = Deployment(chosen.env, chosen.region)
    console.print(costs.announcement(deployment.name, chosen.region))
    try:
        deployment.check_room()
        if not chosen.yes and console.input("Go on? Only 'yes' does: ").strip() != "yes":
            console.print("Nothing was created.")
            return 1
        found = _whole(deployment, console, keep=chosen.keep)
    except (SmokeError, BotoCoreError, ClientError) as error:
        console.print(f"[red]{type(error).__name__}:[/] {error}")
        return 1
    return 0 if _show(console, found) else 1


def _whole(deployment: Deployment, console: Console, *, keep: bool) -> list[Finding]:
    started = time.monotonic()
    try:
        console.print(f"Deploying; Terraform writes to {deployment.log}")
        outputs = deployment.make()
        console.print(f"Deployed after {time.monotonic() - started:.0f} s")
        return _prove(deployment, outputs, console)
    finally:
        if keep:
            console.print(f"Kept: environment {deployment.name} in {deployment.region}")
        else:
            deployment.destroy()
            console.print(f"Destroyed; {time.monotonic() - started:.0f} s in all")


def _prove(deployment: Deployment, outputs: dict[str, Any], console: Console) -> list[Finding]:
    """Loads twice, and meanwhile asks."""
    glue, s3 = deployment.client("glue"), deployment.client("s3")
    poll_s = 0.5 if deployment.local else POLL_S
    questions = Questions(deployment.client, outputs["buckets"]["scripts"])
    questions.start()
    try:
        if deployment.local:  # what runs at the same time there waits for the same two cores
            questions.answers(poll_s)
        with tempfile.TemporaryDirectory() as folder:
            deliveries = [loads.prepare(Path(folder), workflow) for workflow in loads.SIZES]
            for again in (False, True):
                console.print(TITLES[again])
                for delivery in deliveries:
                    loads.deliver(s3, outputs["buckets"]["landing"], delivery, again=again)
                for names in [[name] for name in loads.SIZES] if deployment.local else [list(loads.SIZES)]:
                    loads.run_workflows(glue, names, poll_s, console.print)
            warehouse = _warehouse(deployment, outputs)
            found = expected.compare(warehouse.compared, deliveries)
        unbalanced = warehouse.unbalanced_runs()
        found.append(Finding("runs whose books do not balance", f"{unbalanced}", held=unbalanced == 0))
        answers = questions.answers(poll_s) | {"isolation_level": warehouse.isolation_level()}
        return found + findings(answers)
    finally:
        questions.delete()


def _warehouse(deployment: Deployment, outputs: dict[str, Any]) -> WarehouseReader:
    place = outputs["warehouse"]
    workgroup = place["workgroup"] or "local"  # a local stack has a database and no workgroup
    return WarehouseReader(deployment.client("redshift-data"), workgroup, place["database"], place["secret_arn"])


def _show(console: Console, found: Sequence[Finding]) -> bool:
    """Prints the table of what held; returns whether all did."""
    table = Table(title="What held", box=None, title_justify="left")
    for heading in ("", "what", "found", "because"):
        table.add_column(heading, overflow="fold")
    for finding in found:
        table.add_row(MARKS[finding.held], finding.what, finding.found.replace("[", "\\["), finding.why)
    console.print(table)
    return all(finding.held is not False for finding in found)


if __name__ == "__main__":
    sys.exit(main())
