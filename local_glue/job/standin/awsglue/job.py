"""The job: name, run and bookmark."""

import sys
from typing import Any

from awsglue.utils import getResolvedOptions
from local_glue.job.bookmarked_run import BookmarkedRun


class Job:
    """`init` at the start, `commit` at the end; only `commit` saves the bookmark."""

    def __init__(self, glue_context_or_spark_session):
        self._context = glue_context_or_spark_session
        self._run: BookmarkedRun | None = None

    def init(self, job_name, args={}):
        """Begins a run of `job_name`; the bookmark options come from `args`, or from the script's arguments."""
        self._run = BookmarkedRun.start(job_name, _options(args or {}))
        if hasattr(self._context, "job_run"):
            self._context.job_run = self._run

    def isInitialized(self):
        """Whether `init` was called."""
        return self._run is not None

    def commit(self):
        """Saves the bookmark states of everything read since `init`, all at once.

        Raises:
            RuntimeError: `init` was not called.
        """
        if self._run is None:
            raise RuntimeError("Job.commit() before Job.init(): call init(job_name, args) first")
        self._run.commit()


def _options(args: dict[str, Any]) -> dict[str, Any]:
    if "job_bookmark_option" in args:
        return args
    return {**getResolvedOptions(sys.argv, []), **args}
