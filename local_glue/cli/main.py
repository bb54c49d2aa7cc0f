"""The commands of `local-glue`. They import heavy modules themselves, so that --help and query are quick."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from local_glue.cli.bookmark import bookmark_app
from local_glue.cli.doctor import doctor
from local_glue.cli.init import init
from local_glue.cli.job import job
from local_glue.cli.life import down, stop, up
from local_glue.cli.support import attach, readable_errors
from local_glue.environment import start_afresh
from local_glue.errors import LocalGlueError

app = typer.Typer(
    help="The AWS services around a Glue project, on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(bookmark_app, name="bookmark")
app.command()(init)
app.command()(up)
app.command()(stop)
app.command()(down)
app.command()(doctor)
app.command()(job)


@app.command()
@readable_errors
def status() -> None:
    """Show what is up and where."""
    from local_glue.console import PREFIX

    stack = attach()
    postgres = stack.postgres
    typer.echo(
        f"endpoint   {stack.endpoint_url}  (region {stack.state['region']}, process {stack.state['server_pid']})"
    )
    typer.echo(f"console    {stack.endpoint_url}{PREFIX}/")
    for name, database in stack.state["databases"].items():
        typer.echo(f"{name:<10} {database['engine']} postgresql://{postgres.host}:{postgres.port}/{database['dbname']}")
    typer.echo(f"redshift   {postgres.host}:{stack.state['redshift_port']}  (for redshift_connector)")
    typer.echo(f"clock      {'on' if stack.state.get('clock') else 'off'}")
    typer.echo(f"project    {stack.state['project']}\nstate      {stack.home.path}")
    glue = stack.client("glue")
    for workflow in glue.list_workflows(MaxResults=25)["Workflows"]:
        last = glue.get_workflow(Name=workflow)["Workflow"].get("LastRun")
        typer.echo(f"workflow   {workflow}  {'last run ' + last['Status'] if last else 'never run'}")
    typer.echo('\nFor the AWS CLI and SDKs: eval "$(local-glue env)"')


@app.command()
@readable_errors
def env() -> None:
    """Print the shell variables with which AWS tools use this stack, and those that the project adds."""
    import shlex

    from local_glue.environment import AWS, NO_PROXY, is_dropped
    from local_glue.provision.addresses import exports

    stack = attach()
    shown = {key: value for key, value in stack.environment().items() if key.startswith("AWS_") or key in NO_PROXY}
    added = exports(stack.config, stack.postgres, stack.endpoint_url, stack.state["region"])
    # A profile or the endpoint of a single service would win over what follows.
    for key in sorted(key for key in os.environ if is_dropped(key, AWS) and key not in {**shown, **added}):
        typer.echo(f"unset {key}")
    for key, value in {**shown, **added}.items():
        typer.echo(f"export {key}={shlex.quote(value)}")


@app.command()
@readable_errors
def secrets() -> None:
    """Fill the secrets of Glue connections to this stack's databases, where something else made both (Terraform)."""
    from local_glue.provision.addresses import fill_secrets

    stack = attach()
    filled = fill_secrets(stack.config, stack.client, stack.postgres)
    for connection, database in filled.items():
        typer.echo(f"connection {connection}: its secret opens database {database}")
    if not filled:
        raise LocalGlueError("no Glue connection leads to a database of this stack: create one with its address")


@app.command()
@readable_errors
def put(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder whose files are copied.")],
    bucket: Annotated[str | None, typer.Option(help="Bucket; default: the landing bucket.")] = None,
) -> None:
    """Copy all files below DIR into the landing bucket, with keys relative to DIR."""
    from local_glue.provision.upload import put_folder

    stack = attach()
    target = bucket or stack.config.landing_bucket
    if not target:
        raise LocalGlueError("no landing_bucket in [tool.local_glue]: name one there or give --bucket")
    count, size = put_folder(stack.client("s3"), folder, target)
    typer.echo(f"{count} file{'' if count == 1 else 's'} ({size / 1e6:.1f} MB) copied to s3://{target}")


@app.command()
@readable_errors
def run(
    workflow: Annotated[str, typer.Argument(metavar="WORKFLOW", help="Name of the workflow.")],
    properties: Annotated[
        list[str] | None, typer.Option("--property", "-p", help="Run property, as key=value.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document at the end, nothing else.")] = False,
) -> None:
    """Start a workflow, follow it to its end; exit code 0 only if every job succeeded. Ctrl-C stops the run."""
    from local_glue.cli.run import run_workflow
    from local_glue.runs import pairs_of

    code = run_workflow(attach(), workflow, pairs_of(properties or (), "--property"), as_json=as_json)
    if code:
        raise typer.Exit(code)


@app.command()
@readable_errors
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="Statement to run; - reads it from standard input.")],
    database: Annotated[
        str, typer.Option("--database", "-d", help="Database, by its name in the project.")
    ] = "warehouse",
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV with a header line, for programs.")] = False,
) -> None:
    """Run SQL in the warehouse or another database."""
    from local_glue.cli.query import run_query

    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # no traceback in `… | head`
    run_query(attach(), sys.stdin.read() if sql == "-" else sql, database, as_csv=as_csv)


@app.command()
@readable_errors
def logs(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="Id of a job or workflow run, or its start.")],
) -> None:
    """Print the log of a job run, or of all jobs of a workflow run."""
    from local_glue.cli.history import log_files

    for name, file in log_files(attach(), run_id):
        typer.echo(f"── {name}  {file.stem}", err=True)
        sys.stdout.write(file.read_text(encoding="utf-8", errors="replace"))


@app.command()
@readable_errors
def console(
    browser: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Print where the web console is: workflows and runs live, logs, bookmarks, files, tables."""
    import webbrowser

    from local_glue.console import PREFIX

    url = f"{attach().endpoint_url}{PREFIX}/"
    typer.echo(url)
    if browser and not webbrowser.open(url):
        raise LocalGlueError("no browser was found: open the address above in one")


@app.command()
@readable_errors
def runs(limit: Annotated[int, typer.Option(help="How many, newest first.")] = 20) -> None:
    """List workflow runs and job runs."""
    from local_glue.cli.history import print_runs

    print_runs(attach(), limit)


if __name__ == "__main__":
    start_afresh()
    app()
