"""Reads from Redshift: a `dbtable`, or a `sampleQuery` that the database runs."""

from collections.abc import Mapping
from typing import Any

import psycopg
from pyspark.sql import DataFrame, SparkSession

from local_glue.job import options as checks
from local_glue.job.bookmarked_run import BookmarkedRun
from local_glue.job.connections import from_options
from local_glue.job.names import qualified
from local_glue.job.permissions import require, unloading
from local_glue.job.redshift.dialect import translate_query
from local_glue.job.redshift.errors import RedshiftError, not_supported
from local_glue.job.sources.jdbc import JdbcSourceError, read_table

_KNOWN = ("useConnectionProperties", "connectionName", "url", "user", "password", "dbtable", "sampleQuery",
          "jobBookmarkKeys", "jobBookmarkKeysSortOrder", "redshiftTmpDir")  # fmt: skip
# UNLOAD and push-down change how the cluster answers, not the answer.
_WITHOUT_EFFECT = ("aws_iam_role", "autopushdown", "autopushdown.s3_result_cache", "unload_s3_format", "sse_kms_key")


# The words of the open connector (Parameters.scala).
BOTH = "You cannot specify both the 'dbtable' and 'query' parameters at the same time."


def read(
    spark: SparkSession, run: BookmarkedRun | None, connection_options: Mapping[str, Any], transformation_ctx: str
) -> DataFrame:
    """Reads a table or the result of a query.

    Raises:
        RefusedError: Redshift would not accept the query.
        NotImplementedError: the stand-in does not support an option, or a construct of the query.
        RedshiftError: dbtable and sampleQuery are both given or both missing, or redshiftTmpDir is missing.
        JdbcSourceError: the database refuses the query.
    """
    checks.check("redshift reads", connection_options, _KNOWN, _WITHOUT_EFFECT)
    if not connection_options.get("redshiftTmpDir"):
        raise RedshiftError("a redshift read needs connection_options['redshiftTmpDir'], the connector unloads there")
    if connection_options.get("aws_iam_role"):
        require(*unloading(connection_options["redshiftTmpDir"]), role=connection_options["aws_iam_role"])
    query, table = connection_options.get("sampleQuery"), connection_options.get("dbtable")
    if query and table:
        raise RedshiftError(BOTH)
    if not query and not table:
        raise RedshiftError("a redshift read needs connection_options['dbtable'] or ['sampleQuery']")
    relation = f"({translate_query(query)}) AS sample_query" if query else qualified(table)
    source = from_options("redshift", connection_options)
    try:
        frame = read_table(spark, run, source, relation, connection_options, transformation_ctx)
    except JdbcSourceError as error:
        reason = error.__cause__
        if isinstance(reason, psycopg.Error) and (
            missing := not_supported(reason.sqlstate, reason.diag.message_primary or str(reason), query or table)
        ):
            raise missing from reason
        raise
    # Redshift folds all names to lower case, also quoted ones.
    return frame.toDF(*[name.lower() for name in frame.columns])
