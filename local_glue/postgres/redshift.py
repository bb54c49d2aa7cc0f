"""Makes a database of PostgreSQL compute as Redshift does: functions, aggregates, casts, comparisons of strings.

What a type decides cannot be translated in the text of a statement: whether AVG is of whole numbers, whether a
comparison is of strings. So the database itself has Redshift's definitions, in a schema before pg_catalog in its search
path; where the grammar calls pg_catalog by name, in pg_catalog itself. The database belongs to this stack alone.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

SCHEMA = "pg_redshift"
"""A system schema by its name: it is in no listing of the user's, and stays when the database is emptied."""

_FOLDER = Path(__file__).parent / "redshift_sql"


def install(connection: "psycopg.Connection", dbname: str) -> None:
    """Gives the database to which the superuser is connected Redshift's definitions, unless it has them."""
    from psycopg import sql

    if connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [SCHEMA]).fetchone():
        return
    schema = sql.Identifier(SCHEMA)
    with connection.transaction():
        connection.execute("SET LOCAL allow_system_table_mods = on")
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        connection.execute(sql.SQL("SET LOCAL search_path = {}, pg_catalog").format(schema))
        for file in sorted(_FOLDER.glob("*.sql")):
            connection.execute(file.read_text(encoding="utf-8"))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO PUBLIC").format(schema))
        database = sql.Identifier(dbname)
        # New tables go to the first schema, which therefore is not this one.
        connection.execute(
            sql.SQL('ALTER DATABASE {} SET search_path = "$user", public, {}, pg_catalog').format(database, schema)
        )
        # Redshift, which has no indexes, joins by hashing. PostgreSQL compares each row with each where it expects a
        # single one, as it does of rows that are later than all that it has seen when it last looked at the table.
        connection.execute(sql.SQL("ALTER DATABASE {} SET enable_nestloop = off").format(database))
