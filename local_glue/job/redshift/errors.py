"""Errors of the warehouse; every message is one sentence."""


class RedshiftError(Exception):
    """A statement or load failed."""


class RefusedError(RedshiftError):
    """PostgreSQL would accept the statement, but Redshift does not."""


class LoadError(RedshiftError):
    """A COPY failed because of a value, with the details that stl_load_errors has.

    Attributes: table, column, value, file (s3:// address), line (from 1).
    """

    def __init__(self, table: str, column: str, value: str, file: str, line: int, reason: str) -> None:
        self.table, self.column, self.value, self.file, self.line = table, column, value, file, line
        super().__init__(
            f"Load into table {table} failed: column {column}, value {shorten(value)!r}, file {file}, line {line}: "
            f"{reason}; correct or reject the value before the load"
        )


def shorten(text: str, limit: int = 200) -> str:
    """The first `limit` characters of a text, with its length if it was cut."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text.encode())} bytes)"
