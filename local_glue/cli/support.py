"""What the commands share: the running stack, readable errors, options of the form key=value."""

import functools
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

import typer

from local_glue.errors import LocalGlueError, NotRunningError

NOT_UP, FAILED, INTERRUPTED = 2, 1, 130
JobName = Annotated[str, typer.Argument(metavar="JOB", help="Name of the job.")]


def readable_errors(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turns known errors into one line on stderr and an exit code: 2 when no stack is up, else 1."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except NotRunningError as error:
            fail(str(error), NOT_UP)
        except (LocalGlueError, TimeoutError) as error:
            fail(str(error), FAILED)
        except Exception as error:
            if not type(error).__module__.startswith("botocore"):
                raise
            details = getattr(error, "response", {}).get("Error", {})
            fail(f"{details['Code']}: {details['Message']}" if details else str(error), FAILED)

    return wrapper


def attach() -> Any:
    """The running stack; imported here, because --help does not need all that it imports."""
    from local_glue.stack import Stack

    return Stack.attach()


def fail(message: str, code: int) -> None:
    """Ends the command with a line on stderr."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def interruptible(
    follow: Callable[[], dict[str, Any]], stop: Callable[[], object], run_id: str
) -> tuple[dict[str, Any], bool]:
    """Follows a run; Ctrl-C stops it as the API does, and follows it to its end, another one leaves it to itself.

    Returns:
        The run, and whether it was stopped by Ctrl-C.
    """
    try:
        return follow(), False
    except KeyboardInterrupt:
        typer.echo(f"\nstopping {run_id}; Ctrl-C again leaves it to itself", err=True)
    from botocore.exceptions import ClientError

    try:
        with suppress(ClientError):  # it has ended in the meantime
            stop()
        return follow(), True
    except KeyboardInterrupt:
        typer.echo(f"\n{run_id} goes on without being watched: 'local-glue runs' lists it", err=True)
        raise typer.Exit(INTERRUPTED) from None
