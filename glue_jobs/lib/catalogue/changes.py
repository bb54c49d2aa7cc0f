"""Changes of the catalogue, from RDS to the warehouse: rows new since the bookmark, and whether any are missing.

A bookmark is the job's own memory, and it can be wrong: a warehouse that was emptied lacks rows that the bookmark has
passed, and an RDS that was restored gives out numbers a second time. So RDS and the warehouse are compared with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from glue_jobs.lib.catalogue import rds_sql
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.contracts.tables import BOOKS_IN_RDS, CATALOGUE_TABLES
from glue_jobs.lib.run.arguments import JobConfig, require
from glue_jobs.lib.run.errors import ContractError, MissingResourceError, reason
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.warehouse.warehouse import Warehouse

BOOKMARK_KEYS = dict.fromkeys(CATALOGUE_TABLES, rds_sql.CHANGE_SEQ) | dict.fromkeys(BOOKS_IN_RDS, rds_sql.BOOK_SEQ)


@dataclass(frozen=True)
class Held:
    """What the warehouse holds of a table: the number of rows, and the last change among them (0 if none)."""

    rows: int
    last_change: int


@dataclass(frozen=True)
class Offered:
    """What RDS holds of a table: the number of rows changed up to the warehouse's last change, and after it."""

    older: int
    newer: int


def read_held(warehouse: Warehouse) -> dict[Table, Held]:
    """What the warehouse holds of each catalogue table."""
    sql = " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, COUNT(*) AS held, COALESCE(MAX(change_seq), 0) AS last_change "
        f"FROM {table.full_name}"
        for table in CATALOGUE_TABLES
    )
    rows = {row["name"]: row for row in warehouse.read(sql, "name string, held bigint, last_change bigint").collect()}
    return {table: Held(rows[table.name]["held"], rows[table.name]["last_change"]) for table in CATALOGUE_TABLES}


class ChangeReader:
    """Reads the catalogue's database through Glue.

    Raises:
        ConfigError: The job was given no connection.
    """

    def __init__(self, run: GlueRun, config: JobConfig) -> None:
        self._run = run
        self._connection = require(config, "rds_connection")

    def present(self) -> set[Table]:
        """The tables that exist in RDS; none before the first run of load_metadata."""
        names = ", ".join(f"'{table.name}'" for table in BOOKMARK_KEYS)
        sql = (
            "SELECT CAST(table_name AS varchar) AS name FROM information_schema.tables "
            f"WHERE table_schema = '{rds_sql.SCHEMA}' AND table_name IN ({names})"
        )
        frame = self._read("information_schema.tables", sampleQuery=sql)
        found = {row["name"] for row in frame.collect()} if frame.columns else set()
        return {table for table in BOOKMARK_KEYS if table.name in found}

    def offered(self, held: Mapping[Table, Held]) -> dict[Table, Offered]:
        """What RDS holds of each catalogue table.

        Raises:
            ContractError: RDS is behind the warehouse.
        """
        counts = ", ".join(
            f"(SELECT COUNT(*) FROM {_name(table)} WHERE {test} {state.last_change}) AS {table.name}_{age}"
            for table, state in held.items()
            for age, test in (("older", "change_seq <="), ("newer", "change_seq >"))
        )
        last = f"(SELECT last_value FROM {rds_sql.SCHEMA}.change_seq)"
        row = self._read("information_schema.tables", sampleQuery=f"SELECT {last} AS last_change, {counts}").first()
        for table, state in held.items():
            if row["last_change"] < state.last_change:
                _raise_behind(table, row["last_change"], state.last_change)
        return {table: Offered(row[f"{table.name}_older"], row[f"{table.name}_newer"]) for table in held}

    def changes(self, table: Table) -> DataFrame:
        """Rows that the bookmark has not seen, unique by key: the contract's columns, and `_seq`.

        Raises:
            ContractError: RDS lacks a column.
        """
        key = BOOKMARK_KEYS[table]
        options = {"jobBookmarkKeys": [key], "jobBookmarkKeysSortOrder": "asc"}
        frame = self._read(_name(table), transformation_ctx=f"rds_{table.name}", **options)
        if not frame.columns:
            return self._run.spark.createDataFrame([], f"{table.spark_schema}, _seq bigint")
        lost = [name for name in (*table.column_names, key) if name not in frame.columns]
        there = self._columns(table) if lost else set()
        if missing := [name for name in lost if name not in there]:
            raise ContractError(_name(table), f"RDS has no column {missing[0]}; run load_metadata, which adds it")
        # A column that is NULL in every row may be lost on the way.
        typed = frame.withColumns({name: F.lit(None) for name in lost}).select(
            *(F.col(column.name).cast(column.spark_type).alias(column.name) for column in table.columns),
            F.col(key).cast("bigint").alias("_seq"),
        )
        newest = Window.partitionBy(*table.key).orderBy(F.desc("_seq"))
        # One connection reads, so all rows are in one partition already; coalesce(1) saves the window a shuffle.
        return typed.coalesce(1).withColumn("_rank", F.row_number().over(newest)).where("_rank = 1").drop("_rank")

    def _columns(self, table: Table) -> set[str]:
        """The columns that the table has in RDS."""
        sql = (
            "SELECT CAST(column_name AS varchar) AS name FROM information_schema.columns "
            f"WHERE table_schema = '{rds_sql.SCHEMA}' AND table_name = '{table.name}'"
        )
        return {row["name"] for row in self._read("information_schema.columns", sampleQuery=sql).collect()}

    def _read(self, table: str, *, transformation_ctx: str = "", **options: Any) -> DataFrame:
        connection = {"useConnectionProperties": "true", "connectionName": self._connection, "dbtable": table}
        try:
            return self._run.glue_context.create_dynamic_frame.from_options(
                connection_type="postgresql",
                connection_options=connection | options,
                transformation_ctx=transformation_ctx,
            ).toDF()
        except Exception as cause:
            raise MissingResourceError(f"RDS ({table}) cannot be read: {reason(cause)}") from cause


def count_changes(changes: Mapping[Table, DataFrame], held: Mapping[Table, Held]) -> dict[Table, tuple[int, int]]:
    """For each table, the number of changes and how many are newer than the warehouse; takes one Spark job."""
    marked = [
        frame.select(
            F.lit(table.name).alias("name"),
            (F.col("_seq") > F.lit(held[table].last_change if table in held else 0)).alias("newer"),
        )
        for table, frame in changes.items()
    ]
    sums = (
        reduce(DataFrame.unionByName, marked)
        .groupBy("name")
        .agg(F.count("*").alias("n"), F.count_if("newer").alias("newer"))
    )
    found = {row["name"]: (row["n"], row["newer"]) for row in sums.collect()}
    return {table: found.get(table.name, (0, 0)) for table in changes}


def check_complete(
    held: Mapping[Table, Held],
    offered: Mapping[Table, Offered],
    counted: Mapping[Table, tuple[int, int]],
    *,
    job_name: str,
) -> None:
    """Checks that the changes hold every row of RDS that the warehouse lacks.

    Raises:
        ContractError: The bookmark has passed rows that the warehouse lacks; the message has the remedy.
    """
    for table, there in offered.items():
        rows, newer = counted[table]
        lacking = max(there.newer - newer, there.older - held[table].rows - (rows - newer))
        if lacking > 0:
            raise ContractError(
                table.full_name,
                f"lacks {lacking} rows of RDS that the bookmark of {job_name} has passed, as after the warehouse was "
                "emptied or restored; nothing was published: reset it with 'aws glue reset-job-bookmark --job-name "
                f"{job_name}' (on a local stack 'bookmark reset {job_name}'), then start the workflow again",
            )


def _name(table: Table) -> str:
    return f"{rds_sql.SCHEMA}.{table.name}"


def _raise_behind(table: Table, in_rds: int, in_warehouse: int) -> None:
    raise ContractError(
        table.full_name,
        f"holds change_seq {in_warehouse}, but RDS has only come to {in_rds}, as after it was restored from a backup; "
        "nothing was published: restore RDS to a later time; or, to keep it as it is, run in RDS "
        f"\"SELECT setval('{rds_sql.SCHEMA}.change_seq', {in_warehouse})\", reset the bookmark of load_catalog and "
        "deliver the catalogue files again",
    )
