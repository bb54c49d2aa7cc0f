"""`local-glue job`: one job, on its own or under a debugger."""

import importlib.util
import socket
import sys
from typing import Annotated

import typer

from local_glue.cli.support import JobName, attach, readable_errors
from local_glue.errors import LocalGlueError

PORT = 5678


@readable_errors
def job(
    name: JobName,
    arguments: Annotated[list[str] | None, typer.Option("--argument", "-a", help="Job argument, as key=value.")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Let it wait for a debugger, and end only with it.")] = False,
    debug_port: Annotated[int, typer.Option(help="Where it waits, on this machine alone.")] = PORT,
) -> None:
    """Start one job, follow it to its end; exit code 0 only if it succeeded. Ctrl-C stops the run."""
    from local_glue.cli.run import run_job
    from local_glue.runner.debug import OPTION
    from local_glue.runs import as_arguments, pairs_of

    given = as_arguments(pairs_of(arguments or (), "--argument"))
    stack = attach()
    if debug:
        _check_debugger(debug_port)
        given[OPTION] = str(debug_port)
        typer.echo(f"attach a debugger to 127.0.0.1:{debug_port}, in VS Code by 'Attach to a Glue job'; the job waits")
    code = run_job(stack, name, given)
    if code:
        raise typer.Exit(code)


def _check_debugger(port: int) -> None:
    if importlib.util.find_spec("debugpy") is None:
        raise LocalGlueError(f"--debug needs debugpy: run '{sys.executable} -m pip install debugpy'")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise LocalGlueError(f"port {port} is in use: give another with --debug-port") from error
