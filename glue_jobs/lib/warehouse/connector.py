"""Reads and writes through Glue's Redshift connector; each write is one transaction."""

from collections.abc import Iterable
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.rows import small_frames
from glue_jobs.lib.run.arguments import JobConfig, require
from glue_jobs.lib.run.errors import PipelineError, reason
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.warehouse import load_errors, sql
from glue_jobs.lib.warehouse.load_errors import TEMP_FOLDER

TIME_FORMAT = "yyyy-MM-dd HH:mm:ss.SSSSSS"
CONFLICT = "Serializable isolation violation"


class WarehouseError(PipelineError):
    """The warehouse refused a read or write; the message has the query or table, and the warehouse's own reason."""


class Connector:
    """The warehouse behind `config.redshift_connection`.

    Raises:
        ConfigError: The job was given no connection.
    """

    def __init__(self, run: GlueRun, config: JobConfig) -> None:
        require(config, "redshift_connection")
        self._run = run
        self._config = config

    def read(self, query: str, schema: str) -> DataFrame:
        """The rows of a SELECT with the columns of `schema` (DDL text); lazy, each action queries the warehouse again.

        Raises:
            WarehouseError: The warehouse cannot be reached or refuses the query.
        """
        columns = small_frames.columns_of(schema)
        frame = self.read_untyped(sql.with_times_as_text(query, columns))
        if not frame.columns:
            return small_frames.frame_of(self._run.spark, [], schema)
        found = set(frame.columns)
        return frame.selectExpr(
            *(
                # The query names every column of the schema; one that is NULL in every row may still be lost.
                f"CAST({f'`{name}`' if name in found else 'NULL'} AS {kind}) AS `{name}`"
                for name, kind in columns
            )
        )

    def read_untyped(self, query: str) -> DataFrame:
        """As `read`, with the columns and types that the warehouse gives."""
        try:
            return self._run.glue_context.create_dynamic_frame.from_options(
                connection_type="redshift",
                connection_options=self._options() | {"sampleQuery": query},
            ).toDF()
        except Exception as cause:
            raise WarehouseError(f"the warehouse cannot be read: {reason(cause)}; query: {query[:300]}") from cause

    def write(
        self,
        frame: DataFrame,
        table: str,
        *,
        preactions: Iterable[str] = (),
        postactions: Iterable[str] = (),
        purpose: str | None = None,
    ) -> None:
        """Loads `frame` into `table` by the names of its columns, between the actions, in one transaction.

        Args:
            purpose: What the write is for, if not for `table`: Redshift's errors of statements name no table.

        Raises:
            WarehouseError: The write failed and left nothing; or its outcome is unknown, if the reply was lost.
        """
        from awsglue.dynamicframe import DynamicFrame

        # A value can be the connector's own mark, @NULL@; nobody can have called a song by the run's.
        null_mark = f"@NULL-{sql.run_hash(self._config.run_id)}@"
        options = self._options() | {"dbtable": table, "include_column_list": "true", "csvnullstring": null_mark}
        for name, statements in (("preactions", preactions), ("postactions", postactions)):
            if text := sql.actions(statements):
                options[name] = text
        try:
            self._run.glue_context.write_dynamic_frame.from_options(
                frame=DynamicFrame.fromDF(_with_times_as_text(frame), self._run.glue_context, "frame"),
                connection_type="redshift",
                connection_options=options,
            )
        except Exception as cause:
            why = f"{reason(cause)}{load_errors.detail(self._rows, self._config, frame.columns, cause)}"
            raise WarehouseError(f"{purpose or f'writing to {table}'} failed: {why}{_remedy(why)}") from cause

    def execute(self, statements: Iterable[str], *, purpose: str) -> None:
        """Runs `statements` in one transaction, as actions of a write of one row into a table that it drops again."""
        table = sql.stage_name(purpose, self._config.run_id)
        self.write(self._run.spark.range(1), table, postactions=[*statements, sql.drop_table(table)])

    def _rows(self, query: str) -> list[Any]:
        return self.read_untyped(query).collect()

    def _options(self) -> dict[str, Any]:
        options = {
            "useConnectionProperties": "true",
            "connectionName": self._config.redshift_connection,
            "redshiftTmpDir": f"{self._config.temp_prefix}{TEMP_FOLDER}",
        }
        return options | ({"aws_iam_role": self._config.redshift_role} if self._config.redshift_role else {})


def _with_times_as_text(frame: DataFrame) -> DataFrame:
    """The frame with its times as COPY reads them: whether Glue's frames keep microseconds is not documented."""
    times = [name for name, kind in frame.dtypes if kind == "timestamp"]
    return frame.withColumns({name: F.date_format(f"`{name}`", TIME_FORMAT) for name in times})


def _remedy(why: str) -> str:
    """What to do about two transactions that met three times; the connector itself repeats the one that lost."""
    if CONFLICT not in why:
        return ""
    return "; start the workflow again, or ALTER DATABASE ... ISOLATION LEVEL SNAPSHOT"
