"""The JDBC source of `create_dynamic_frame`, for PostgreSQL and Redshift."""

from collections.abc import Mapping
from typing import Any

import psycopg
from pyspark.sql import DataFrame, SparkSession

from local_glue.job import options
from local_glue.job.bookmarked_run import BookmarkedRun, next_number
from local_glue.job.connections import Jdbc, from_options
from local_glue.job.names import qualified
from local_glue.job.sources import jdbc_bookmark

_CONNECTION = ("useConnectionProperties", "connectionName", "url", "user", "password")
_BOOKMARK = ("jobBookmarkKeys", "jobBookmarkKeysSortOrder")
_KNOWN = (*_CONNECTION, *_BOOKMARK, "dbtable", "sampleQuery", "hashfield", "hashexpression", "hashpartitions")
_FETCH = "10000"


class JdbcSourceError(Exception):
    """A table or query cannot be read."""


def read(
    spark: SparkSession,
    run: BookmarkedRun | None,
    connection_options: Mapping[str, Any],
    transformation_ctx: str,
    vendor: str = "postgresql",
) -> DataFrame:
    """Reads a table, or a `sampleQuery`, of the database that the options name.

    Raises:
        NotImplementedError: the stand-in does not support an option.
        ConnectionFailedError: the database does not answer or refuses the credentials.
        JdbcSourceError: dbtable is missing, or the database refuses the SQL.
    """
    options.check(f"{vendor} sources", connection_options, _KNOWN, ("fetchsize",))
    if not connection_options.get("dbtable"):
        raise JdbcSourceError(f"a {vendor} source needs connection_options['dbtable'], with a sampleQuery too")
    source = from_options(vendor, connection_options)
    query = connection_options.get("sampleQuery")
    table = f"({query}) AS sample_query" if query else qualified(connection_options["dbtable"])
    return read_table(spark, run, source, table, connection_options, transformation_ctx)


def read_table(
    spark: SparkSession,
    run: BookmarkedRun | None,
    source: Jdbc,
    table: str,
    connection_options: Mapping[str, Any],
    transformation_ctx: str,
) -> DataFrame:
    """Reads the rows of `table`, a name or a query in brackets with an alias, that the bookmark leaves to read."""
    relation = unread(run, source, table, connection_options, transformation_ctx)
    try:
        return _load(spark, source, relation, _partitions(source, table, connection_options))
    except Exception:
        with source.connect(autocommit=True) as connection:
            probe(connection, table, source)
        raise


def unread(run: BookmarkedRun | None, source: Jdbc, table: str, connection_options: Mapping[str, Any], ctx: str) -> str:
    """SQL for the rows of `table` that the run is to read, as FROM takes it; notes for `commit` that it did.

    Raises:
        JdbcSourceError: the database refuses the SQL.
        JdbcBookmarkError: the bookmark's options do not fit the table, or the context's bookmark.
    """
    bounds = run.bounds(ctx) if run else None
    if run is None or bounds is None or not jdbc_bookmark.wants_bookmark(connection_options):
        return table
    with source.connect(autocommit=True) as connection:
        probe(connection, table, source)
        where = _increment(connection, table, connection_options, run, ctx, bounds)
    return f"(SELECT * FROM {table} WHERE {where}) AS source" if where != "TRUE" else table


def probe(connection: psycopg.Connection, table: str, source: Jdbc) -> None:
    """Tries the query in the database, for a shorter error message than Spark's."""
    try:
        connection.execute(f"SELECT * FROM {table} LIMIT 0")
    except psycopg.Error as error:
        reason = error.diag.message_primary or str(error)
        raise JdbcSourceError(f"{source.vendor} ({source.name}) cannot read {table}: {reason}") from error


def _increment(
    connection: psycopg.Connection,
    table: str,
    connection_options: Mapping[str, Any],
    run: BookmarkedRun,
    ctx: str,
    bounds: tuple[dict[str, Any] | None, dict[str, Any] | None],
) -> str:
    keys = jdbc_bookmark.find_keys(connection, table, connection_options)
    if keys is None:
        return "TRUE"
    lower = jdbc_bookmark.parse(bounds[0], keys)
    if run.ranged:
        upper = jdbc_bookmark.parse(bounds[1], keys)
        return jdbc_bookmark.condition(keys, lower, upper) if upper else "FALSE"
    upper = jdbc_bookmark.newest(connection, table, keys)
    number = next_number(bounds[0])
    where = jdbc_bookmark.condition(keys, lower, upper)
    # The mark must not move back when the table was emptied.
    run.record(ctx, jdbc_bookmark.as_json(keys, _further(connection, keys, lower, upper), number))
    return where


def _further(connection: psycopg.Connection, keys: jdbc_bookmark.Keys, lower: Any, upper: Any) -> Any:
    if lower is None or upper is None:
        return upper or lower
    beyond = "<" if keys.descending else ">"
    ahead = connection.execute(f"SELECT {keys.literal(upper)} {beyond} {keys.literal(lower)}").fetchone()
    return upper if ahead and ahead[0] else lower


def _partitions(source: Jdbc, table: str, connection_options: Mapping[str, Any]) -> list[str] | None:
    field, expression = connection_options.get("hashfield"), connection_options.get("hashexpression")
    if not field and not expression:
        return None
    number = int(connection_options.get("hashpartitions", 7))
    bucket = (
        f"abs(({expression})::bigint % {number})"
        if expression
        else f"abs(hashtext({_hash_column(source, table, str(field))}::text)::bigint % {number})"
    )
    predicates = [f"{bucket} = {index}" for index in range(number)]
    return [f"{predicates[0]} OR {bucket} IS NULL", *predicates[1:]]


def _hash_column(source: Jdbc, table: str, field: str) -> str:
    """The column `hashfield` names, in quotes; as in SQL, capitals do not count unless a column has them.

    Raises:
        JdbcSourceError: there is no such column.
    """
    with source.connect(autocommit=True) as connection:
        probe(connection, table, source)
        found = connection.execute(f"SELECT * FROM {table} LIMIT 0").description or ()
    names = [column.name for column in found]
    for name in (field, field.lower()):
        if name in names:
            return jdbc_bookmark.quoted(name)
    raise JdbcSourceError(f"hashfield: {table} has no column '{field}', only {', '.join(names)}")


def _load(spark: SparkSession, source: Jdbc, relation: str, predicates: list[str] | None) -> DataFrame:
    properties = {
        "user": source.user,
        "password": source.password,
        "driver": "org.postgresql.Driver",
        "fetchsize": _FETCH,
        "ApplicationName": "local_glue",
        "options": "-c TimeZone=UTC",
    }
    if predicates:
        return spark.read.jdbc(source.postgres_url, relation, predicates=predicates, properties=properties)
    return spark.read.jdbc(source.postgres_url, relation, properties=properties)
