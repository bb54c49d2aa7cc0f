"""Whether a load is running: an erasure beside one could be undone by what it has read already."""

from typing import Any

from glue_jobs.lib.run import aws
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.errors import PipelineError

ACTIVE = ("STARTING", "RUNNING", "STOPPING", "WAITING")
LAKE = "--lake_bucket"


class LoadRunningError(PipelineError):
    """Another job that works on the same lake is running."""


def refuse_beside_others(config: JobConfig) -> None:
    """Checks that no other job with this lake bucket is running.

    Raises:
        LoadRunningError: One is; the message names it.
    """
    glue = aws.client("glue")
    for page in glue.get_paginator("get_jobs").paginate():
        for job in page["Jobs"]:
            is_other = (
                job.get("DefaultArguments", {}).get(LAKE) == config.lake_bucket and job["Name"] != config.job_name
            )
            if is_other and (run := _active(glue, job["Name"])):
                raise LoadRunningError(
                    f"job {job['Name']} is running ({run}), and may hold what is to be erased; wait until its workflow "
                    "run has ended, then start this job again: it goes on where it stopped"
                )


def _active(glue: Any, job_name: str) -> str | None:
    """The id of a run that has not ended; Glue lists the newest first, and a job has few at once."""
    runs = glue.get_job_runs(JobName=job_name, MaxResults=20)["JobRuns"]
    return next((run["Id"] for run in runs if run["JobRunState"] in ACTIVE), None)
