"""A statement of the Data API, or a batch of them, as DescribeStatement shows it."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import Any

from moto.redshiftdata.models import Statement

_OF_PART = frozenset(
    ("Id", "CreatedAt", "UpdatedAt", "Duration", "Error", "HasResultSet", "QueryString", "RedshiftQueryId",
     "ResultRows", "ResultSize", "Status")
)  # fmt: skip


class DataStatement(Statement):
    """What was asked for and what came of it; `rows` is None without a result.

    Attributes:
        parts: The statements of a batch; none for a single statement.
    """

    def __init__(
        self, where: dict[str, Any], text: str | None, parameters: Any = None, parts: Sequence["DataStatement"] = ()
    ) -> None:
        super().__init__(
            where["ClusterIdentifier"], where["Database"], where["DbUser"], parameters, text, where["SecretArn"]
        )
        self.parts = parts
        self.error: str | None = None
        self.rows: list[list[dict[str, Any]]] | None = None
        self.columns: list[dict[str, Any]] = []
        for number, part in enumerate(parts, start=1):
            part.id, part.status = f"{self.id}:{number}", "SUBMITTED"
        self.begin(self.status)

    def begin(self, status: str = "STARTED") -> None:
        """It runs from now on."""
        self._began, self.status = time.monotonic(), status

    def end(self, status: str, error: str | None = None) -> None:
        """It has ended; the status is set last, since callers poll it."""
        self.duration = int((time.monotonic() - self._began) * 1e9)
        self.updated_at = datetime.now(timezone.utc).isoformat()
        self.error, self.status = error, status

    def take(self, parts: Sequence["DataStatement"]) -> None:
        """Takes over what came of the statements that were run for it."""
        self.has_result_set = any(part.has_result_set for part in parts)
        self.result_rows = sum(max(0, part.result_rows) for part in parts)
        if not self.parts:
            self.rows, self.columns = parts[0].rows, parts[0].columns

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        shown = {**dict(super().__iter__()), "Error": self.error}
        if self.parts:
            shown["SubStatements"] = [
                {name: value for name, value in part if name in _OF_PART} for part in list(self.parts)
            ]
        yield from ((name, value) for name, value in shown.items() if value is not None)
