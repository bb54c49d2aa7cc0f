"""The Glue side of a job that needs Spark: context, session, bookmarked job."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_jobs.lib.run import arguments, aws, logs
from glue_jobs.lib.run.arguments import JobConfig

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

STAGES_FILE = "stages.json"
"""File in the run's temporary folder: the stage tables that it may leave in the warehouse."""


@dataclass(frozen=True)
class GlueRun:
    """What `start` gives a job."""

    glue_context: Any
    spark: "SparkSession"
    job: Any

    def commit(self) -> None:
        """Saves the bookmarks of everything that was read with a transformation_ctx."""
        self.job.commit()


def configured(argv: Sequence[str]) -> JobConfig:
    """The run's configuration; from then on each line of the log has the run's ids."""
    config = arguments.resolve(argv)
    logs.configure(run_id=config.run_id, job_name=config.job_name)
    for name in config.unknown_arguments:
        logs.warning("argument is not known and has no effect", argument=name)
    return config


@contextmanager
def job_run(argv: Sequence[str]) -> Iterator[tuple[GlueRun, JobConfig]]:
    """Opens a run of a job that needs Spark; its temporary files are deleted if it ends well."""
    config = configured(argv)
    yield start(config, argv), config
    delete_temporary_files(config)


def start(config: JobConfig, argv: Sequence[str]) -> GlueRun:
    """Starts Glue, with the session in UTC, and the job's bookmarks.

    `awsglue` is imported here, so that `lib` can be imported where it is not installed.
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


def mark_open(config: JobConfig) -> None:
    """Marks the run as open, for jobs that write to quarantine before they stage anything in the warehouse."""
    bucket, prefix = aws.split_uri(config.temp_prefix)
    aws.client("s3").put_object(Bucket=bucket, Key=f"{prefix}{STAGES_FILE}", Body=b"[]")


def delete_temporary_files(config: JobConfig) -> None:
    """Deletes the run's temporary files."""
    aws.delete_prefix(*aws.split_uri(config.temp_prefix))
