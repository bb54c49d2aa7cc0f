"""Reads the warehouse through the Redshift Data API, which needs no way into its network."""

import time
from datetime import date, datetime
from typing import Any

from glue_jobs.lib.contracts.model import Table
from smoke.deployment import SmokeError

BALANCE = "read + pending_before = loaded + already_loaded + repeated + quarantined + out_of_window + pending_after"
CONVERTED = {"TIMESTAMP": datetime.fromisoformat, "DATE": date.fromisoformat}


class WarehouseReader:
    """SELECTs on a workgroup, as the user of a secret."""

    def __init__(self, client: Any, workgroup: str, database: str, secret_arn: str) -> None:
        self._client = client
        self._where = {"WorkgroupName": workgroup, "Database": database, "SecretArn": secret_arn}

    def rows(self, sql: str) -> list[list[Any]]:
        """All rows; NULL is None.

        Raises:
            SmokeError: The warehouse refused the statement.
        """
        statement = self._client.execute_statement(**self._where, Sql=sql)["Id"]
        while (described := self._client.describe_statement(Id=statement))["Status"] not in (
            "FINISHED",
            "FAILED",
            "ABORTED",
        ):
            time.sleep(0.2)
        if described["Status"] != "FINISHED":
            raise SmokeError(f"the warehouse refused {sql[:200]!r}: {described.get('Error')}")
        pages = self._client.get_paginator("get_statement_result").paginate(Id=statement)
        return [[_value(field) for field in row] for page in pages for row in page["Records"]]

    def compared(self, table: Table) -> list[tuple[Any, ...]]:
        """All rows of a table: its key, then its other columns but for lineage, as Python values."""
        others = [name for name in table.column_names if name not in (*table.key, *table.lineage)]
        names = [*table.key, *others]
        kinds = {column.name: column.type for column in table.columns}
        rows = self.rows(f"SELECT {', '.join(map(quoted, names))} FROM {table.full_name}")
        return [tuple(_typed(kinds[name], value) for name, value in zip(names, row, strict=True)) for row in rows]

    def unbalanced_runs(self) -> int:
        """Runs in the books whose figures do not add up."""
        return self.rows(f"SELECT COUNT(*) FROM music.load_runs WHERE NOT ({BALANCE})")[0][0]

    def isolation_level(self) -> str:
        """How the database isolates transactions."""
        name = self._where["Database"]
        (row,) = self.rows(f"SELECT isolation_level FROM stv_db_isolation_level WHERE db_name = '{name}'")
        return row[0].strip()


def quoted(name: str) -> str:
    """A name of a column in quotes: some are reserved words."""
    return f'"{name}"'


def _value(field: dict[str, Any]) -> Any:
    ((kind, value),) = field.items()
    return None if kind == "isNull" else value


def _typed(kind: str, value: Any) -> Any:
    return CONVERTED[kind](value) if kind in CONVERTED and value is not None else value
