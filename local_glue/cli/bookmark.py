"""`local-glue bookmark`: shows, resets and rewinds job bookmarks."""

import json
from typing import Annotated

import typer

from local_glue.cli.support import JobName, attach, readable_errors

bookmark_app = typer.Typer(help="Shows, resets and rewinds job bookmarks.", no_args_is_help=True, rich_markup_mode=None)


@bookmark_app.command()
@readable_errors
def show(name: JobName) -> None:
    """Print a job's bookmark as JSON."""
    entry = attach().client("glue").get_job_bookmark(JobName=name)["JobBookmarkEntry"]
    entry["JobBookmark"] = json.loads(entry.get("JobBookmark") or "{}")
    typer.echo(json.dumps(entry, indent=2, ensure_ascii=False, default=str))


@bookmark_app.command()
@readable_errors
def reset(name: JobName) -> None:
    """Forget a job's bookmark: its next run reads everything."""
    attach().client("glue").reset_job_bookmark(JobName=name)
    typer.echo(f"bookmark of {name} reset")


@bookmark_app.command()
@readable_errors
def rewind(
    name: JobName, run_id: Annotated[str, typer.Argument(metavar="RUN", help="Id of the run to go back to.")]
) -> None:
    """Set a job's bookmark back to where it was after a run."""
    attach().client("glue").reset_job_bookmark(JobName=name, RunId=run_id)
    typer.echo(f"bookmark of {name} is as after run {run_id}")
