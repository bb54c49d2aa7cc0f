"""Reads the warehouse through the Redshift Data API, which needs no way into its network."""

import time
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.warehouse import sql
from smoke.deployment import SmokeError

BALANCE = "read + pending_before = loaded + already_loaded + repeated + quarantined + out_of_window + pending_after"
ENDED = ("FINISHED", "FAILED", "ABORTED")
CONVERTED = {"TIMESTAMP": datetime.fromisoformat, "DATE": date.fromisoformat}


class WarehouseReader:
    """SELECTs on a workgroup, as the user of a secret."""

    def __init__(self, client: Any, workgroup: str, database: str, secret_arn: str) -> None:
        self._client = client
        self._where = {"WorkgroupName": workgroup, "Database": database, "SecretArn": secret_arn}

    def rows(self, query: str) -> list[list[Any]]:
        """All rows; NULL is None.

        Raises:
            SmokeError: The warehouse refused the statement.
        """
        statement = self._client.execute_statement(**self._where, Sql=query)["Id"]
        while (described := self._client.describe_statement(Id=statement))["Status"] not in ENDED:
            time.sleep(0.2)
        if described["Status"] != "FINISHED":
            raise SmokeError(f"the warehouse refused {query[:200]!r}: {described.get('Error')}")
        pages = self._client.get_paginator("get_statement_result").paginate(Id=statement)
        return [[_value(field) for field in row] for page in pages for row in page["Records"]]

    def compared(self, table: Table, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """These columns of all rows of a table, as Python values."""
        kinds = [table.column(name).type for name in names]
        rows = self.rows(f"SELECT {', '.join(map(sql.identifier, names))} FROM {table.full_name}")
        return [tuple(_typed(kind, value) for kind, value in zip(kinds, row, strict=True)) for row in rows]

    def unbalanced_runs(self) -> int:
        """Runs in the books whose figures do not add up."""
        return self.rows(f"SELECT COUNT(*) FROM music.load_runs WHERE NOT ({BALANCE})")[0][0]

    def isolation_level(self) -> str:
        """How the database isolates transactions."""
        name = self._where["Database"]
        (row,) = self.rows(f"SELECT isolation_level FROM stv_db_isolation_level WHERE db_name = '{name}'")
        return row[0].strip()


def _value(field: dict[str, Any]) -> Any:
    ((kind, value),) = field.items()
    return None if kind == "isNull" else value


def _typed(kind: str, value: Any) -> Any:
    return CONVERTED[kind](value) if kind in CONVERTED and value is not None else value
