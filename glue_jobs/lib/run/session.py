"""The Glue side of a job that needs Spark: context, session, bookmarked job."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_jobs.lib.run import aws
from glue_jobs.lib.run.arguments import JobConfig

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class GlueRun:
    """What `start` gives a job."""

    glue_context: Any
    spark: "SparkSession"
    job: Any

    def commit(self) -> None:
        """Saves the bookmarks of everything that was read with a transformation_ctx."""
        self.job.commit()


def start(config: JobConfig, argv: Sequence[str]) -> GlueRun:
    """The Glue context, with the session in UTC and the job's bookmarks begun.

    `awsglue` is imported here, so that `lib` is importable where it is not installed.
    """
    from awsglue.context import GlueContext
    from awsglue.job import Job
    from awsglue.utils import getResolvedOptions
    from pyspark.context import SparkContext

    glue_context = GlueContext(SparkContext.getOrCreate())
    spark = glue_context.spark_session
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    job = Job(glue_context)
    job.init(config.job_name, getResolvedOptions(list(argv), ["JOB_NAME"]))
    return GlueRun(glue_context, spark, job)


def finish(run: GlueRun, config: JobConfig) -> None:
    """Commits the bookmarks, then deletes the run's temporary files: the end of every run that went well."""
    run.commit()
    clean_up(config)


def clean_up(config: JobConfig) -> None:
    """Deletes the run's temporary files."""
    aws.delete_prefix(*aws.split_uri(config.temp_prefix))
