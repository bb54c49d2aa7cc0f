"""Glue's bookmark rule for JDBC: reads rows beyond the last key; several keys are compared in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from local_glue.job.options import flag

_CLASS = "JDBCDataSourceJobBookmarkState"
_INTEGERS = ("smallint", "integer", "bigint")


class JdbcBookmarkError(Exception):
    """The bookmark options do not fit the table."""


@dataclass(frozen=True)
class Keys:
    """The bookmark keys of a table, with their types, and the direction in which they grow."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    descending: bool

    @property
    def row(self) -> str:
        """The keys as one SQL value, a row if there are several."""
        columns = self.columns
        return f"({', '.join(columns)})" if len(columns) > 1 else columns[0]

    @property
    def columns(self) -> list[str]:
        """The keys as SQL, quoted because a key may be named like a word of SQL (`user`, `order`)."""
        return [quoted(name) for name in self.names]

    def literal(self, values: Sequence[str]) -> str:
        """The values as one SQL value of the keys' types."""
        casts = [
            f"{sql.Literal(value).as_string(None)}::{kind}" for value, kind in zip(values, self.types, strict=True)
        ]
        return f"({', '.join(casts)})" if len(casts) > 1 else casts[0]


def quoted(name: str) -> str:
    """A column's name as SQL, in quotes."""
    return sql.Identifier(name).as_string(None)


def find_keys(connection: psycopg.Connection, table: str, options: Mapping[str, Any]) -> Keys | None:
    """The keys in the options, or a primary key without gaps, or None (no bookmark).

    Raises:
        JdbcBookmarkError: a key is not a column or not in lower case, or the sort order is unknown.
    """
    order = str(options.get("jobBookmarkKeysSortOrder", "asc")).lower()
    if order not in ("asc", "desc"):
        raise JdbcBookmarkError(f"jobBookmarkKeysSortOrder is '{order}': write asc or desc")
    names = options.get("jobBookmarkKeys")
    names = [names] if isinstance(names, str) else list(names or [])
    types = _column_types(connection, table)
    if not names:
        key = _gapless_primary_key(connection, table)
        return Keys((key,), (types[key],), False) if key else None
    for name in names:
        if name != name.lower():
            raise JdbcBookmarkError(f"jobBookmarkKeys: '{name}' is case-sensitive, Glue takes lower-case columns only")
        if name not in types:
            raise JdbcBookmarkError(f"jobBookmarkKeys: table {table} has no column '{name}', only {', '.join(types)}")
    return Keys(tuple(names), tuple(types[name] for name in names), order == "desc")


def newest(connection: psycopg.Connection, source: str, keys: Keys) -> tuple[str, ...] | None:
    """The furthest key in the table now, None for an empty table."""
    direction = "ASC" if keys.descending else "DESC"
    # Without the alias, ORDER BY would sort by the text and put 999 after 2000.
    values = ", ".join(f"{name}::text AS _value_{index}" for index, name in enumerate(keys.columns))
    order = ", ".join(f"{name} {direction}" for name in keys.columns)
    not_null = " AND ".join(f"{name} IS NOT NULL" for name in keys.columns)
    return connection.execute(f"SELECT {values} FROM {source} WHERE {not_null} ORDER BY {order} LIMIT 1").fetchone()


def condition(keys: Keys, lower: Sequence[str] | None, upper: Sequence[str] | None) -> str:
    """SQL for the rows beyond `lower` up to and including `upper`; without `lower`, also rows with a null key."""
    beyond = "<" if keys.descending else ">"
    parts = []
    if lower is not None:
        parts.append(f"{keys.row} {beyond} {keys.literal(lower)}")
    if upper is not None:
        parts.append(f"({keys.row} {beyond} {keys.literal(upper)}) IS NOT TRUE")
    return " AND ".join(parts) or "TRUE"


def parse(state: Mapping[str, Any] | None, keys: Keys) -> tuple[str, ...] | None:
    """The saved mark, None without one.

    Raises:
        JdbcBookmarkError: it is one of other keys, of another order, or of another kind of source.
    """
    if not state:
        return None
    order = "desc" if keys.descending else "asc"
    if [state.get("jsonClass"), state.get("keys"), state.get("order")] != [_CLASS, list(keys.names), order]:
        raise JdbcBookmarkError(
            f"the bookmark of this transformation_ctx is of keys {state.get('keys')} ({state.get('order')}), not of "
            f"{list(keys.names)} ({order}): what Glue makes of it is not documented; give the source another "
            "transformation_ctx, or reset the bookmark"
        )
    return tuple(state["values"]) if state.get("values") else None


def as_json(keys: Keys, values: Sequence[str] | None, run: int) -> dict[str, Any]:
    """The state that `commit` saves (AWS does not document its format)."""
    return {
        "jsonClass": _CLASS,
        "keys": list(keys.names),
        "order": "desc" if keys.descending else "asc",
        "values": list(values) if values else None,
        "timestamps": {"RUN": str(run)},
    }


def wants_bookmark(options: Mapping[str, Any]) -> bool:
    """Whether the bookmark applies: Glue ignores it for a sampleQuery."""
    return not flag(options.get("sampleQuery", ""))


def _column_types(connection: psycopg.Connection, table: str) -> dict[str, str]:
    rows = connection.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [table],
    )
    return dict(rows.fetchall())


def _gapless_primary_key(connection: psycopg.Connection, table: str) -> str | None:
    keys = connection.execute(
        "SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary",
        [table],
    ).fetchall()
    if len(keys) != 1 or keys[0][1] not in _INTEGERS:
        return None
    name = keys[0][0]
    query = sql.SQL("SELECT count(*) = max({0}) - min({0}) + 1 FROM {1}").format(sql.Identifier(name), sql.SQL(table))
    gapless = connection.execute(query).fetchone()
    return name if gapless and gapless[0] is not False else None
