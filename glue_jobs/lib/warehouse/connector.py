"""Reads and writes through Glue's Redshift connector; each write is one transaction."""

from collections.abc import Iterable
from typing import Any

from pyspark.sql import DataFrame

from glue_jobs.lib.contracts.books import PUBLICATION
from glue_jobs.lib.rows import small_frames
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.errors import ConfigError, PipelineError, first_line
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.warehouse import sql


class WarehouseError(PipelineError):
    """The warehouse refused a read or write; the message has the query or table, and the warehouse's own reason."""


class Connector:
    """The warehouse behind `config.redshift_connection`.

    Raises:
        ConfigError: The job was given no connection.
    """

    def __init__(self, run: GlueRun, config: JobConfig) -> None:
        if not config.redshift_connection:
            raise ConfigError("argument --redshift_connection is missing; workflows.json sets it for every job")
        self._run = run
        self._config = config

    def read(self, query: str, schema: str) -> DataFrame:
        """The rows of a SELECT with the columns of `schema` (DDL text); lazy, each action queries the warehouse again.

        Raises:
            WarehouseError: The warehouse cannot be reached or refuses the query.
        """
        frame = self.read_untyped(query)
        if not frame.columns:
            return small_frames.frame_of(self._run.spark, [], schema)
        return frame.selectExpr(
            *(f"CAST(`{name}` AS {kind}) AS `{name}`" for name, kind in small_frames.columns_of(schema))
        )

    def read_untyped(self, query: str) -> DataFrame:
        """As `read`, with the columns and types that the warehouse gives."""
        try:
            return self._run.glue_context.create_dynamic_frame.from_options(
                connection_type="redshift",
                connection_options=self._options(PUBLICATION.full_name) | {"sampleQuery": query},
            ).toDF()
        except Exception as cause:
            raise WarehouseError(f"the warehouse cannot be read: {first_line(cause)}; query: {query[:300]}") from cause

    def write(
        self, frame: DataFrame, table: str, *, preactions: Iterable[str] = (), postactions: Iterable[str] = ()
    ) -> None:
        """Loads `frame` into `table` by position, between the actions, in one transaction.

        Raises:
            WarehouseError: The write failed and left nothing; or its outcome is unknown, if the reply was lost.
        """
        from awsglue.dynamicframe import DynamicFrame

        # A value can be the connector's own mark, @NULL@; nobody can have called a song by the run's.
        options = self._options(table) | {"csvnullstring": f"@NULL-{sql.run_hash(self._config.run_id)}@"}
        for name, statements in (("preactions", preactions), ("postactions", postactions)):
            if text := sql.actions(statements):
                options[name] = text
        try:
            self._run.glue_context.write_dynamic_frame.from_options(
                frame=DynamicFrame.fromDF(frame, self._run.glue_context, "frame"),
                connection_type="redshift",
                connection_options=options,
            )
        except Exception as cause:
            raise WarehouseError(f"writing to {table} failed: {first_line(cause)}") from cause

    def execute(self, statements: Iterable[str], *, purpose: str) -> None:
        """Runs `statements` in one transaction, as actions of a write of one row into a table that it drops again."""
        table = sql.stage_name(purpose, self._config.run_id)
        self.write(self._run.spark.range(1), table, postactions=[*statements, sql.drop_table(table)])

    def _options(self, table: str) -> dict[str, Any]:
        options = {
            "useConnectionProperties": "true",
            "connectionName": self._config.redshift_connection,
            "dbtable": table,
            "redshiftTmpDir": f"{self._config.temp_prefix}redshift/",
        }
        return options | ({"aws_iam_role": self._config.redshift_role} if self._config.redshift_role else {})
