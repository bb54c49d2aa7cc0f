"""The columns of a table, and dates and times in the forms that COPY takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from psycopg import sql

from local_glue.job.redshift.errors import RedshiftError

if TYPE_CHECKING:
    import psycopg

_FORMAT = re.compile(r"YYYY|YY|MON|MM|DD|HH24|HH12|HH|MI|SS|US|MS|AM|PM|[^A-Za-z]")
_DIRECTIVES = {"YYYY": "%Y", "YY": "%y", "MON": "%b", "MM": "%m", "DD": "%d", "HH24": "%H", "HH12": "%I", "HH": "%H",
               "MI": "%M", "SS": "%S", "US": "%f", "MS": "%f", "AM": "%p", "PM": "%p"}  # fmt: skip
_TEXTS = ("text", "varchar", "bpchar", "char")


@dataclass(frozen=True)
class Column:
    """A column of the table; `kind` is PostgreSQL's name of its type, such as `int4`."""

    name: str
    kind: str

    @property
    def is_text(self) -> bool:
        return self.kind in _TEXTS


def columns_of(connection: "psycopg.Connection", table: tuple[str, ...], wanted: list[str] | None) -> list[Column]:
    """The columns that are loaded, in order.

    Raises:
        RedshiftError: The table has not all of them.
    """
    name = sql.Identifier(*table).as_string(connection)
    rows = connection.execute(
        "SELECT attname, typname, attidentity <> '' FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [name],
    ).fetchall()
    there = {column: kind for column, kind, _ in rows}
    if missing := [column for column in wanted or () if column not in there]:
        raise RedshiftError(f'column "{missing[0]}" of relation "{table[-1]}" does not exist')
    chosen = wanted or [column for column, _, generated in rows if not generated]
    return [Column(column, there[column]) for column in chosen]


def converter(column: Column, date_format: str, time_format: str) -> Callable[[str], str] | None:
    """Brings a value into the form that the database reads, None if it has it; raises ValueError for other values.

    Raises:
        NotImplementedError: The format is not supported.
    """
    form = date_format if column.kind == "date" else time_format if column.kind.startswith("timestamp") else "auto"
    if form.lower() == "auto" or (column.kind == "date" and form == "YYYY-MM-DD"):
        return None
    if form.lower() in ("epochsecs", "epochmillisecs"):
        unit = 1 if form.lower() == "epochsecs" else 1000
        return lambda text: datetime.fromtimestamp(float(text) / unit, timezone.utc).isoformat(sep=" ")
    pattern = _strptime(form)
    return lambda text: datetime.strptime(text, pattern).isoformat(sep=" ")  # noqa: DTZ007 (the database has the zone)


def _strptime(form: str) -> str:
    parts = _FORMAT.findall(form.upper())
    if "".join(parts) != form.upper():
        raise NotImplementedError(
            f"local_glue does not support the format '{form}': use 'auto', or YYYY, MM, DD, HH24, MI, SS"
        )
    twelve = any(part in ("AM", "PM") for part in parts)
    return "".join(
        "%I" if twelve and part == "HH" else _DIRECTIVES.get(part, part.replace("%", "%%")) for part in parts
    )
