"""`local-glue run` and `local-glue job`: start a run, follow it, say how it ended."""

import json

import typer
from rich.console import Console

from local_glue.cli.progress import follow_job, follow_workflow
from local_glue.cli.summary import print_summary, summary, warned
from local_glue.cli.support import FAILED, INTERRUPTED, interruptible
from local_glue.runs import outcome, seconds
from local_glue.stack import Stack
from local_glue.warned import shown_of, warnings_of


def run_workflow(stack: Stack, name: str, properties: dict[str, str], *, as_json: bool) -> int:
    """Runs a workflow, after uploading changed code; returns the exit code."""
    stack.refresh_code()
    run_id = stack.start_workflow(name, properties)
    console, glue, said = Console(), stack.client("glue"), set()
    done, stopped = interruptible(
        lambda: (
            stack.wait_for_workflow(name, run_id, timeout_s=None)
            if as_json
            else follow_workflow(stack, name, run_id, console, said)
        ),
        lambda: glue.stop_workflow_run(Name=name, RunId=run_id),
        run_id,
    )
    state, told = outcome(done), summary(stack, done)
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif console.is_terminal:
        print_summary(console, told)
    else:
        typer.echo(f"{name} {state} in {seconds(done):.1f} s  (run {run_id})")
        for label, line in warned(told):
            typer.echo(f"{label}: {line}")
        if state != "SUCCEEDED":
            typer.echo(f"details: local-glue logs {run_id}")
    return _code(state, stopped)


def run_job(stack: Stack, name: str, arguments: dict[str, str]) -> int:
    """Runs a job, after uploading changed code; returns the exit code."""
    stack.refresh_code()
    console, glue, said = Console(), stack.client("glue"), set()
    run_id = glue.start_job_run(JobName=name, Arguments=arguments)["JobRunId"]
    done, stopped = interruptible(
        lambda: follow_job(stack, name, run_id, console, said),
        lambda: glue.batch_stop_job_run(JobName=name, JobRunIds=[stack.last_attempt(name, run_id)["Id"]]),
        run_id,
    )
    for line in shown_of(warnings_of(stack.home.log_of(done["Id"]), {name, done["Id"]})):
        typer.echo(f"warned: {line}")
    if done["JobRunState"] != "SUCCEEDED":
        typer.echo(f"details: local-glue logs {done['Id']}")
    return _code(done["JobRunState"], stopped)


def _code(state: str, stopped: bool) -> int:
    if stopped:
        return INTERRUPTED
    return 0 if state == "SUCCEEDED" else FAILED
