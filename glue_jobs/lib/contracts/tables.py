"""All tables; a contract in one of these modules is enough to add one."""

from types import ModuleType

from glue_jobs.lib.contracts import books, kpis, music, sparkify
from glue_jobs.lib.contracts.model import Table


def _tables_of(*modules: ModuleType) -> tuple[Table, ...]:
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Table))


MUSIC_TABLES = _tables_of(music, kpis, books)
"""Schema `music`, in the order of publishing and of docs/tables.md."""

SPARKIFY_TABLES = _tables_of(sparkify)
"""Schema `sparkify`, in the order of publishing and of docs/tables.md."""

CATALOGUE_TABLES = tuple(table for table in MUSIC_TABLES if table.rds == "catalogue")
"""Tables that RDS has too, and that load_catalog copies to the warehouse."""

BOOKS_IN_RDS = tuple(table for table in MUSIC_TABLES if table.rds == "books")
