"""`local-glue doctor`: prints what was found, remedies below what is wrong."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import typer

from local_glue.doctor import Finding


def show(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Prints the findings."""
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
        return
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        typer.echo(f"{'WRONG' if finding.is_wrong else 'ok':<6}{finding.what:<{width}}  {finding.found}")
        if finding.is_wrong:
            typer.echo(f"      {finding.remedy}")
