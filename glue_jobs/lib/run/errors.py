"""The errors that jobs raise on purpose; each message is one sentence that names the problem and the remedy."""

import re

LONGEST_CAUSE = 1500
STACK = re.compile(r"\s+at \S+\(|\s*\.\.\. \d+ more")
JAVA_CLASS = re.compile(r"^(?:[a-z_$][\w$]*\.)+[A-Z][\w$]*(?:: |$)")
COPY_DETAILS = "Error (code "
WRAPPING = re.compile(r"Exception thrown in awaitResult:?")


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


def reason(cause: BaseException) -> str:
    """Why something failed, in one line: of a chain of Java exceptions the cause, which the others only wrap.

    Spark and the Redshift connector say "Exception thrown in awaitResult" and give the reason in a `Caused by` further
    down, details of a COPY after a line break (spark-redshift: JDBCWrapper.scala, RedshiftWriter.scala).
    """
    messages = [_message(block) for block in re.split(r"^Caused by: ", str(cause), flags=re.MULTILINE)]
    told = [message for message in messages if message and not WRAPPING.fullmatch(message)]
    detailed = [message for message in told if message.startswith(COPY_DETAILS)]
    return (*detailed, *told[::-1], type(cause).__name__)[0][:LONGEST_CAUSE]


def _message(block: str) -> str:
    """The lines of an exception before its stack, without the exception's class and without py4j's own first line."""
    lines = block.strip().splitlines()
    stack = next((at for at, line in enumerate(lines) if STACK.match(line)), len(lines))
    text = " ".join(line.strip() for line in lines[:stack] if not line.startswith("An error occurred while calling"))
    return JAVA_CLASS.sub("", text.removeprefix(": ").strip()).strip()
