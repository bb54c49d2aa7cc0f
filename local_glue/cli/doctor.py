"""`local-glue doctor`: prints what was found, remedies below what is wrong."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from local_glue.cli.support import FAILED, readable_errors


@readable_errors
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list, for programs.")] = False,
) -> None:
    """Say what on this machine may keep jobs from running, and what to do; exit code 1 if something has to be done."""
    from local_glue.config import home_for
    from local_glue.doctor import examine

    findings = examine(home_for(None))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        width = max(len(finding.what) for finding in findings)
        for finding in findings:
            typer.echo(f"{'WRONG' if finding.is_wrong else 'ok':<6}{finding.what:<{width}}  {finding.found}")
            if finding.is_wrong:
                typer.echo(f"      {finding.remedy}")
    if any(finding.is_wrong for finding in findings):
        raise typer.Exit(FAILED)
