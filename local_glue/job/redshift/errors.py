"""Errors of the warehouse; every message is one sentence."""

import re


class RedshiftError(Exception):
    """A statement or load failed."""


class RefusedError(RedshiftError):
    """PostgreSQL would accept the statement, but Redshift does not."""


class ConnectorError(RedshiftError):
    """A write failed: the text is the connector's, a chain of Java exceptions; `__cause__` is this package's error."""


class LoadError(RedshiftError):
    """A COPY failed because of a value, with the details that stl_load_errors has.

    Attributes: table, column, value, file (s3:// address), line (from 1), reason.
    """

    def __init__(self, table: str, column: str, value: str, file: str, line: int, reason: str) -> None:
        self.table, self.column, self.value, self.file, self.line = table, column, value, file, line
        self.reason = reason
        super().__init__(
            f"Load into table {table} failed: column {column}, value {shorten(value)!r}, file {file}, line {line}: "
            f"{reason}; correct or reject the value before the load"
        )


def shorten(text: str, limit: int = 200) -> str:
    """The first `limit` characters of a text, with its length if it was cut."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text.encode())} bytes)"


# What PostgreSQL says of a function, type or syntax that it lacks: the statement was Redshift's, the translation
# did not know all of it.
_LACKS = {"42883", "42601", "42704", "42725", "42P18", "0A000", "42P13"}


def not_supported(sqlstate: str | None, message: str, statement: str) -> NotImplementedError | None:
    """The error for a construct that the database lacks, or None if the error is another."""
    if alias := _lateral_alias(sqlstate, message, statement):
        return NotImplementedError(
            f"local_glue does not support the name {alias} within the SELECT list that defines it: "
            f"repeat the expression, or use a subquery (in: {statement[:300]})"
        )
    # Redshift converts more types by itself.
    if sqlstate not in _LACKS and not (sqlstate == "42804" and "cannot be matched" in message):
        return None
    if message.startswith("local_glue"):
        return NotImplementedError(f"{message} (in: {statement[:300]})")
    return NotImplementedError(
        f"local_glue does not support this construct ({message}): write it with functions and types that "
        f"docs/fidelity.md lists, or cast the arguments (in: {statement[:300]})"
    )


def _lateral_alias(sqlstate: str | None, message: str, statement: str) -> str | None:
    """The missing column, if the statement gives an expression this name: Redshift lets the same list use it."""
    found = re.match(r'column "([^"]+)" does not exist', message) if sqlstate == "42703" else None
    named = found and re.search(rf'\bas\s+"?{re.escape(found[1])}\b', statement, re.IGNORECASE)
    return found[1] if found and named else None
