"""What the commands share: the running stack, readable errors, options of the form key=value."""

import functools
from collections.abc import Callable
from typing import Annotated, Any

import typer

from local_glue.errors import LocalGlueError, NotRunningError

NOT_UP, FAILED = 2, 1
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


def interruptible(follow: Callable[[], dict[str, Any]], run_id: str) -> dict[str, Any]:
    """Follows a run; Ctrl-C stops following, the run goes on."""
    try:
        return follow()
    except KeyboardInterrupt:
        typer.echo(f"\n{run_id} goes on without being watched: 'local-glue runs' lists it", err=True)
        raise typer.Exit(130) from None
