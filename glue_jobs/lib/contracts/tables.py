"""Every table there is: a contract in one of these modules is enough."""

from types import ModuleType

from glue_jobs.lib.contracts import books, kpis, music, sparkify
from glue_jobs.lib.contracts.model import Table


def _tables_of(*modules: ModuleType) -> tuple[Table, ...]:
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Table))


MUSIC_TABLES = _tables_of(music, kpis, books)
"""Schema `music`, in the order of publishing and of docs/tables.md."""

SPARKIFY_TABLES = _tables_of(sparkify)
"""Schema `sparkify`, likewise."""

CATALOGUE_TABLES = tuple(table for table in MUSIC_TABLES if table.rds == "catalogue")
"""Those that RDS has too, and load_catalog carries over."""

BOOKS_IN_RDS = tuple(table for table in MUSIC_TABLES if table.rds == "books")
