"""SQL text of the warehouse, made from the contracts; valid in Redshift and PostgreSQL. Imports no Spark.

The connector splits its actions at `;`, formats `%`, and wants one line, so every statement here is one line without
`;` or `%`. Tables are bare lower-case `schema.table`; MERGE and DELETE have no alias for their target, as Redshift
demands.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time

from glue_jobs.lib.contracts.books import LOAD_RUNS, PUBLICATION
from glue_jobs.lib.contracts.columns import LOADED_AT, RUN_ID
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.run.errors import ConfigError
from glue_jobs.lib.run.spans import DAY, Span

RESERVED = frozenset(
    {"explicit", "user", "table", "order", "group", "default", "end", "tag", "open", "raw", "timestamp"}
)
"""Reserved words of Redshift that may be names of columns; they are quoted."""

STAGE_SCHEMA = "public"


def identifier(name: str) -> str:
    """`name` as SQL text, quoted if it is a reserved word.

    Raises:
        ConfigError: It is not a plain lower-case name.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        raise ConfigError(f"'{name}' is no name for the warehouse; use lower-case letters, digits and underscores")
    return f'"{name}"' if name in RESERVED else name


def literal(text: str) -> str:
    """`text` as a SQL string.

    Raises:
        ConfigError: It has a character that means something else to the connector.
    """
    if re.search(r"[;%?\\\r\n\x00]", text):
        raise ConfigError(f"{text!r} cannot be part of a statement for the warehouse; remove ; % ? \\ and line breaks")
    return "'" + text.replace("'", "''") + "'"


def timestamp(moment: datetime) -> str:
    """`moment` as a SQL timestamp in UTC."""
    return f"TIMESTAMP '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'"


def date_literal(day: date) -> str:
    """`day` as a SQL date."""
    return f"DATE '{day.isoformat()}'"


def stage_name(name: str, run_id: str) -> str:
    """The qualified stage table `name` of one run."""
    return f"{STAGE_SCHEMA}.stage_{identifier(name)}_{run_hash(run_id)}"


def run_hash(run_id: str) -> str:
    """12 hexadecimal digits that stand for a run."""
    return hashlib.sha256(run_id.encode()).hexdigest()[:12]


def create_schema(schema: str) -> str:
    """CREATE SCHEMA, if it does not exist."""
    return f"CREATE SCHEMA IF NOT EXISTS {identifier(schema)}"


def create_table(table: Table) -> str:
    """CREATE TABLE of a target, if it does not exist; key columns are NOT NULL."""
    columns = (_definition(column, required=column.name in table.key) for column in table.columns)
    sort = f" SORTKEY({_names(table.sort)})" if table.sort else ""
    return f"CREATE TABLE IF NOT EXISTS {table.full_name} ({', '.join(columns)}) {_distribution(table.dist)}{sort}"


def create_stage(columns: Iterable[Column], stage: str, *, dist: str = "EVEN", if_missing: bool = False) -> str:
    """CREATE TABLE of a stage; `dist` is its target's, so that publishing moves no rows between nodes."""
    guard = "IF NOT EXISTS " if if_missing else ""
    definitions = ", ".join(_definition(column, required=False) for column in columns)
    return f"CREATE TABLE {guard}{stage} ({definitions}) {_distribution(dist)}"


def drop_table(table: str) -> str:
    """DROP TABLE, if it exists."""
    return f"DROP TABLE IF EXISTS {table}"


def add_column(table: Table, column: Column) -> str:
    """ALTER TABLE ADD COLUMN; Redshift takes one column per statement."""
    return f"ALTER TABLE {table.full_name} ADD COLUMN {_definition(column, required=False)}"


def merge(table: Table, stage: str) -> str:
    """MERGE of a stage, unique by the table's key, into the table."""
    others = [name for name in table.column_names if name not in table.key]
    updates = ", ".join(f"{identifier(name)} = s.{identifier(name)}" for name in others)
    values = ", ".join(f"s.{identifier(name)}" for name in table.column_names)
    return (
        f"MERGE INTO {table.full_name} USING {stage} AS s ON {match(table, table.key)} "
        f"WHEN MATCHED THEN UPDATE SET {updates} "
        f"WHEN NOT MATCHED THEN INSERT ({_names(table.column_names)}) VALUES ({values})"
    )


def insert(table: Table, stage: str, of_run: Mapping[str, str]) -> str:
    """INSERT of a stage, whose keys the table does not hold.

    Args:
        of_run: The SQL text of each column that the stage lacks.
    """
    values = ", ".join(of_run.get(name) or f"s.{identifier(name)}" for name in table.column_names)
    return f"INSERT INTO {table.full_name} ({_names(table.column_names)}) SELECT {values} FROM {stage} AS s"


def of_run(table: Table, *, run_id: str, loaded_at: datetime | None) -> dict[str, str]:
    """The SQL text of the columns of `table` that have one value in all rows of a run."""
    values = {RUN_ID.name: f"CAST({literal(run_id)} AS {RUN_ID.type})"}
    if loaded_at:
        values[LOADED_AT.name] = timestamp(loaded_at)
    return {name: values[name] for name in table.of_run}


def replace_slices(table: Table, stage: str, slices_stage: str) -> list[str]:
    """DELETE of the slices named in `slices_stage`, then INSERT of the stage."""
    where = match(table, table.slices)
    return [f"DELETE FROM {table.full_name} USING {slices_stage} AS s WHERE {where}", insert(table, stage, {})]


def replace_all(table: Table, stage: str, *, if_rows_in: str) -> list[str]:
    """DELETE of all rows if the stage `if_rows_in` has one, then INSERT of the stage.

    If the connector repeats the transaction after a lost commit reply, the stages are empty and it deletes nothing.
    """
    return [f"DELETE FROM {table.full_name} WHERE EXISTS (SELECT 1 FROM {if_rows_in})", insert(table, stage, {})]


def grants(tables: Iterable[Table], group: str) -> list[str]:
    """GRANT of read access to `tables` for `group`; not to the whole schema, where others may own tables too."""
    tables = list(tables)
    schemas = dict.fromkeys(identifier(table.schema) for table in tables)
    names = ", ".join(table.full_name for table in tables)
    return [
        *(f"GRANT USAGE ON SCHEMA {schema} TO GROUP {identifier(group)}" for schema in schemas),
        f"GRANT SELECT ON {names} TO GROUP {identifier(group)}",
    ]


def open_publication(publisher: str) -> str:
    """INSERT of the publisher's row, version 0, if it has none."""
    name = literal(publisher)
    return (
        f"INSERT INTO {PUBLICATION.full_name} (name, version, run_id) SELECT {name}, 0, '' "
        f"FROM (SELECT COUNT(*) AS n FROM {PUBLICATION.full_name} WHERE name = {name}) AS p WHERE p.n = 0"
    )


def fence(publisher: str, *, version: int, run_id: str, at: datetime) -> str:
    """UPDATE that moves the publisher from `version` to the next, or fails the transaction by dividing by zero.

    It passes again for the run that moved it. The divisor depends on a column, so no planner computes it early.
    """
    run = literal(run_id)
    return (
        f"UPDATE {PUBLICATION.full_name} "
        f"SET version = {version + 1} / (CASE WHEN version = {version} OR run_id = {run} THEN 1 ELSE 0 END), "
        f"run_id = {run}, published_at = {timestamp(at)} WHERE name = {literal(publisher)}"
    )


def who_published(publisher: str, run_id: str) -> str:
    """SELECT of the publisher's row; `mine` is not NULL if the run's own audit row was published."""
    return (
        "SELECT p.version AS version, p.run_id AS run_id, p.published_at AS published_at, r.run_id AS mine "
        f"FROM {PUBLICATION.full_name} AS p LEFT JOIN {LOAD_RUNS.full_name} AS r ON r.run_id = {literal(run_id)} "
        f"WHERE p.name = {literal(publisher)}"
    )


def times_within(column: str, found: Sequence[Span]) -> str:
    """Condition: the timestamp `column` lies in one of the spans (never, if there are none)."""
    return _any_of([_bounds(column, span, _midnight) for span in found])


def dates_within(column: str, found: Sequence[Span]) -> str:
    """Condition: the date `column` lies in one of the spans (never, if there are none)."""
    return _any_of([_bounds(column, span, date_literal) for span in found])


def with_times_as_text(query: str, columns: Sequence[tuple[str, str]]) -> str:
    """`query` with its timestamps as text, which nothing on the way can round; `columns` are name and Spark type."""
    if "timestamp" not in (kind for _, kind in columns):
        return query
    listed = (
        f"CAST(q.{identifier(name)} AS VARCHAR(32)) AS {identifier(name)}"
        if kind == "timestamp"
        else f"q.{identifier(name)}"
        for name, kind in columns
    )
    return f"SELECT {', '.join(listed)} FROM ({query}) AS q"


def actions(statements: Iterable[str]) -> str:
    """The text of the connector's `preactions` or `postactions`."""
    return "; ".join(statements)


def _definition(column: Column, *, required: bool) -> str:
    return f"{identifier(column.name)} {column.type}{' NOT NULL' if required else ''}"


def _distribution(dist: str) -> str:
    key = re.fullmatch(r"KEY\((\w+)\)", dist)
    return f"DISTSTYLE KEY DISTKEY({identifier(key.group(1))})" if key else f"DISTSTYLE {dist}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(identifier(name) for name in names)


def match(table: Table, columns: Iterable[str]) -> str:
    """Condition: the columns are equal in the table and in `s`."""
    return " AND ".join(f"{table.name}.{identifier(name)} = s.{identifier(name)}" for name in columns)


def _bounds(column: str, span: Span, literal: Callable[[date], str]) -> str:
    lower = [f"{column} >= {literal(span.first)}"] if span.first else []
    upper = [f"{column} < {literal(span.last + DAY)}"] if span.last else []
    return " AND ".join([*lower, *upper]) or f"{column} IS NOT NULL"


def _any_of(conditions: Sequence[str]) -> str:
    return f"({' OR '.join(f'({condition})' for condition in conditions)})" if conditions else "(1 = 0)"


def _midnight(day: date) -> str:
    return timestamp(datetime.combine(day, time.min, UTC))
