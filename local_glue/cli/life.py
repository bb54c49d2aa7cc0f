"""Commands that start and stop a stack."""

import time
from typing import Annotated

import typer

from local_glue.cli.support import readable_errors
from local_glue.errors import NotRunningError


@readable_errors
def up(
    empty: Annotated[bool, typer.Option("--empty", help="Provide nothing in it (for Terraform).")] = False,
    clock: Annotated[bool, typer.Option("--clock", help="Let SCHEDULED triggers fire by the clock (UTC).")] = False,
    cold: Annotated[bool, typer.Option("--cold", help="Give each job run a JVM of its own.")] = False,
) -> None:
    """Start endpoint and databases, with what they held if they were up before; provide what the project asks for."""
    from local_glue.config import find_project, home_for
    from local_glue.home import Home
    from local_glue.lifecycle import restart_databases, what_is_lost
    from local_glue.resume import resume
    from local_glue.stack import Stack

    project = find_project()
    home = home_for(project)
    try:
        typer.echo(f"already up: {Stack.attach(home).endpoint_url}")
        return
    except NotRunningError:
        started = time.monotonic()
    if restart_databases(Home(home)):
        typer.echo(f"up again: {Stack.attach(home).endpoint_url}; its databases had ended, and have all that they held")
        return
    if again := resume(Home(home), clock=clock, cold=cold):
        typer.echo(again.lost, err=True) if again.lost else None
        typer.echo(f"up again in {again.duration_s:.1f} s: {again.stack.endpoint_url}, with what it held")
        return
    if lost := what_is_lost(Home(home)):
        typer.echo(lost, err=True)
    stack = Stack.start(project, empty=empty, clock=clock, cold=cold)
    typer.echo(f"up in {time.monotonic() - started:.1f} s: {stack.endpoint_url}")


@readable_errors
def stop() -> None:
    """Stop the stack and keep what it holds; 'up' brings it back."""
    from local_glue.config import home_for
    from local_glue.home import Home
    from local_glue.lifecycle import check_not_inline
    from local_glue.resume import pause

    home = Home(home_for(None))
    check_not_inline(home)
    pause(home)
    typer.echo("stopped; 'local-glue up' brings it back")


@readable_errors
def down() -> None:
    """Stop the stack and forget its state."""
    from local_glue.config import home_for
    from local_glue.home import Home
    from local_glue.lifecycle import check_not_inline, clean_up

    home = Home(home_for(None))
    if not home.state_file.exists():
        clean_up(home)
        typer.echo(f"no stack is up in {home.path}")
        return
    check_not_inline(home)
    clean_up(home)
    typer.echo("down")
