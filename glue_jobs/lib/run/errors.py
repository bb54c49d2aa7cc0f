"""The errors that jobs raise on purpose; each message is one sentence that names the problem and the remedy."""

LONGEST_CAUSE = 1500


class PipelineError(Exception):
    """Base of all others. The message is what a user reads as the job run's error."""


class ConfigError(PipelineError):
    """An argument, workflow run property or setting is missing or makes no sense."""


class MissingResourceError(PipelineError):
    """A bucket, connection, secret or table that the job needs is not there."""


class ContractError(PipelineError):
    """A source or a warehouse table no longer has the shape its contract declares."""

    def __init__(self, table: str, message: str) -> None:
        self.table = table
        super().__init__(f"{table}: {message}")


class BooksError(PipelineError):
    """The run's books do not balance; nothing was published."""


class PublishConflictError(PipelineError):
    """Another run published since this run read the warehouse; nothing of this run was published."""


class QualityError(PipelineError):
    """A check of severity `error` failed after publishing."""


def first_line(cause: BaseException) -> str:
    """The first informative line of an error; errors of Java begin with a line that only names the call."""
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    text = next((line for line in lines if not line.startswith("An error occurred while calling")), "")
    return text.removeprefix(": ")[:LONGEST_CAUSE] or type(cause).__name__
