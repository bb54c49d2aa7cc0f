"""The tables that all contenders write: as in the contracts, without the columns of lineage."""

from pathlib import Path

from glue_jobs.lib.contracts import kpis
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.contracts.music import STREAMS

TABLES = {table.name: table for table in (STREAMS, *(item for item in vars(kpis).values() if isinstance(item, Table)))}
COUNTS = "counts.json"
"""What became of the lines, by the names in COUNTED; every contender writes it."""

COUNTED = ("loaded", "repeated", "quarantined", "pending_after")


def columns(table: Table) -> list[Column]:
    """The columns that are compared."""
    return [column for column in table.columns if column.name not in table.lineage]


def names(table: str) -> list[str]:
    """The names of the columns that are compared, in order."""
    return [column.name for column in columns(TABLES[table])]


def plays_of(source: Path) -> list[Path]:
    """The files of plays in a benchmark's input."""
    return sorted((source / "landing" / "streams").glob("*.csv"))
