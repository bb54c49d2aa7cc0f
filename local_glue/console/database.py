"""Tables of a database, and queries that only read."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from local_glue.errors import LocalGlueError
from local_glue.home import Home
from local_glue.postgres.cluster import Server
from local_glue.postgres.values import describe, text_of

if TYPE_CHECKING:
    import psycopg

ROWS, TIMEOUT_S = 500, 15
TABLES = """
SELECT n.nspname, c.relname, c.relkind, s.n_live_tup,
       array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
           FILTER (WHERE a.attnum IS NOT NULL)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
 GROUP BY 1, 2, 3, 4
 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Result:
    """What a query gave; values are texts, None is NULL."""

    names: list[str]
    rows: list[list[str | None]]
    more: bool


def databases(home: Home) -> dict[str, dict[str, Any]]:
    """The stack's databases by their names in the configuration."""
    return home.read_state()["databases"]


def tables(home: Home, name: str) -> list[dict[str, Any]]:
    """The tables and views of a database, with their columns; rows are PostgreSQL's estimate."""
    from psycopg import sql

    with _reading(home, name) as connection:
        found = connection.execute(TABLES).fetchall()
        return [
            {
                "schema": schema,
                "name": table,
                "kind": "view" if kind in "vm" else "table",
                "rows": rows,
                "columns": columns or [],
                "select": sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table)).as_string(connection),
            }
            for schema, table, kind, rows, columns in found
        ]


def query(home: Home, name: str, statement: str) -> Result:
    """The first rows of one statement, run by the database's user in a transaction that only reads.

    Raises:
        LocalGlueError: the database refuses the statement, or there is no such database.
    """
    import psycopg

    if not statement.strip():
        raise LocalGlueError("there is no statement: write one, such as SELECT 1")
    with _reading(home, name) as connection:
        try:
            # Rows come one by one, and the extended protocol, which streams use, takes one statement at a time: a
            # second one could end the transaction and begin another that writes.
            cursor = connection.cursor()
            with closing(cursor.stream(statement)) as stream:  # type: ignore[call-overload]
                rows = [list(row) for row in islice(stream, ROWS + 1)]
        except psycopg.Error as error:
            raise LocalGlueError(describe(error)) from error
        names = [column.name for column in cursor.description or ()]
        shown = [[None if value is None else text_of(value) for value in row] for row in rows[:ROWS]]
        return Result(names, shown, len(rows) > ROWS)


@contextmanager
def _reading(home: Home, name: str) -> Iterator["psycopg.Connection"]:
    """A transaction that only reads, not as superuser, who could write files; nothing of it stays."""
    known = databases(home)
    if name not in known:
        raise LocalGlueError(f"there is no database {name}: choose one of {', '.join(sorted(known)) or 'none'}")
    server = Server(**home.read_state()["postgres"])
    with closing(server.connect(known[name]["dbname"], user=known[name]["user"])) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute("BEGIN READ ONLY")
        connection.execute(f"SET LOCAL statement_timeout = '{TIMEOUT_S}s'")
        # After the first query a transaction cannot be made to write any more.
        connection.execute("SELECT 1")
        yield connection
