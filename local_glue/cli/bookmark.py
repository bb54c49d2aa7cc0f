"""`local-glue bookmark`: shows, resets and rewinds job bookmarks."""

import json
from typing import Annotated, Any

import typer

from local_glue.cli.support import JobName, attach, readable_errors
from local_glue.errors import LocalGlueError

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


def _full_id(glue: Any, job: str, start: str) -> str:
    """The run id that begins so; ids are long, lists show their start."""
    found = [run["Id"] for run in glue.get_job_runs(JobName=job)["JobRuns"] if run["Id"].startswith(start)]
    if len(found) > 1 and start not in found:
        raise LocalGlueError(f"several runs of {job} begin with {start}: 'local-glue runs' lists them")
    return start if start in found or not found else found[0]
