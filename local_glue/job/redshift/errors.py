"""What can go wrong with the warehouse, each in one sentence."""


class RedshiftError(Exception):
    """A statement or load failed."""


class RefusedError(RedshiftError):
    """PostgreSQL would have taken it, Redshift does not."""


class LoadError(RedshiftError):
    """A COPY failed on a value, as a row of stl_load_errors tells it.

    Attributes: table, column, value, file (s3:// address), line (from 1).
    """

    def __init__(self, table: str, column: str, value: str, file: str, line: int, reason: str) -> None:
        self.table, self.column, self.value, self.file, self.line = table, column, value, file, line
        super().__init__(
            f"Load into table {table} failed: column {column}, value {shorten(value)!r}, file {file}, line {line}: "
            f"{reason}; correct or reject the value before the load"
        )


def shorten(text: str, limit: int = 200) -> str:
    """At most `limit` characters, with a note of how long it was."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text.encode())} bytes)"
