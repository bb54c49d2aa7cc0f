"""Asks for a user to be erased, starts the jobs that it takes, and waits for them."""

import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from glue_jobs.lib.contracts.datasets import DATASETS
from glue_jobs.lib.erasure import requests

JOB, LAKE = "erase_user", "--lake_bucket"
WORKFLOWS = {"streams": "streams_validate_files", "sparkify": "sparkify_validate_files"}
"""The job of each workflow that takes in what waits in the landing bucket."""

ENDED = ("SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED", "ERROR")
POLL_S = 2.0


class EraseError(Exception):
    """A job failed; the message is the job's."""


@dataclass
class Eraser:
    """Erases users of one environment.

    Attributes:
        client: Makes boto3 clients of its account.
        tell: Shows a line to people.
    """

    client: Callable[[str], Any]
    tell: Callable[[str], None]
    poll_s: float = POLL_S

    @property
    def lake(self) -> str:
        """The lake bucket of the environment."""
        return self._arguments(JOB)[LAKE]

    def ask(self, user_id: int, workflows: Sequence[str]) -> str:
        """Writes the request; returns its key in the lake bucket."""
        takes = [set(self._arguments(WORKFLOWS[name])["--datasets"].split(",")) for name in workflows]
        datasets = [name for name, of in DATASETS.items() if of.user_field and any(name in taken for taken in takes)]
        key = f"{requests.REQUESTS}{uuid.uuid4().hex}.json"
        body = requests.body_of(user_id, datasets)
        self.client("s3").put_object(Bucket=self.lake, Key=key, Body=body)
        return key

    def erase(self, user_id: int, workflows: Sequence[str], *, dry_run: bool = False) -> Mapping[str, Any]:
        """Takes in what waits, then erases the user; returns the receipt of the run that did it.

        Raises:
            EraseError: A job failed; asking again for the same user goes on where it stopped.
        """
        for workflow in workflows if not dry_run else ():
            self.run(WORKFLOWS[workflow])
        lake, s3 = self.lake, self.client("s3")
        key = self.ask(user_id, workflows)
        if dry_run:
            try:
                return self._receipt(self.run(JOB, {"--dry_run": "true"}))
            finally:
                # Otherwise the next run would take it for a request.
                _delete(s3, lake, key)
        run_id = self.run(JOB)
        while _is_there(s3, lake, key):  # an older request, for other datasets, came first
            run_id = self.run(JOB)
        return self._receipt(run_id)

    def run(self, job: str, arguments: Mapping[str, str] | None = None) -> str:
        """Runs a job to its end; returns the run's id."""
        glue = self.client("glue")
        run_id = glue.start_job_run(JobName=job, Arguments=dict(arguments or {}))["JobRunId"]
        self.tell(f"{job} runs ({run_id})")
        while (run := glue.get_job_run(JobName=job, RunId=run_id)["JobRun"])["JobRunState"] not in ENDED:
            time.sleep(self.poll_s)
        if run["JobRunState"] != "SUCCEEDED":
            raise EraseError(f"{job} {run['JobRunState'].lower()}: {run.get('ErrorMessage', 'see its log')}")
        return run_id

    def _receipt(self, run_id: str) -> Mapping[str, Any]:
        lake, s3, key = self.lake, self.client("s3"), requests.receipt_key(run_id)
        if not _is_there(s3, lake, key):
            raise EraseError(f"another run has dealt with the request: see {requests.FOLDER}receipts/ in bucket {lake}")
        return json.loads(s3.get_object(Bucket=lake, Key=key)["Body"].read())

    def _arguments(self, job: str) -> Mapping[str, str]:
        return self.client("glue").get_job(JobName=job)["Job"]["DefaultArguments"]


def _delete(s3: Any, bucket: str, key: str) -> None:
    """Deletes an object with all its versions."""
    for item in s3.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", []):
        s3.delete_object(Bucket=bucket, Key=key, VersionId=item["VersionId"])


def _is_there(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as cause:
        if cause.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return False
        raise
    return True
