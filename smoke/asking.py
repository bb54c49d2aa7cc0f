"""Runs `questions.py` as a Glue job with the role and the connection of load_streams, and fetches the answers."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smoke.deployment import SmokeError
from smoke.loads import wait

SCRIPT = Path(__file__).parent / "questions.py"
JOB, MODEL = "smoke_questions", "load_streams"
COPIED = ("Role", "Connections", "GlueVersion", "WorkerType", "NumberOfWorkers", "SecurityConfiguration")


class Questions:
    """The job that asks; its role may write below the temporary folder of load_streams."""

    def __init__(self, client: Any, scripts_bucket: str) -> None:
        self.glue, self.s3, self.bucket = client("glue"), client("s3"), scripts_bucket

    def start(self) -> None:
        """Defines the job and starts it."""
        model = self.glue.get_job(JobName=MODEL)["Job"]
        arguments = dict(model["DefaultArguments"])
        self.folder = f"{arguments['--TempDir']}{MODEL}/smoke/"
        arguments |= {"--TempDir": self.folder, "--answers": f"{self.folder}answers.jsonl"}
        self.s3.upload_file(str(SCRIPT), self.bucket, "smoke/questions.py")
        self.glue.create_job(
            Name=JOB,
            Command={**model["Command"], "ScriptLocation": f"s3://{self.bucket}/smoke/questions.py"},
            DefaultArguments=arguments,
            **{name: model[name] for name in COPIED if name in model},
        )
        self.run_id = self.glue.start_job_run(JobName=JOB)["JobRunId"]

    def answers(self, poll_s: float) -> dict[str, str]:
        """The answers, when the job has ended.

        Raises:
            SmokeError: The job failed; the message is the job's.
        """
        wait(lambda: self._run()["JobRunState"], poll_s, JOB)
        if self._run()["JobRunState"] != "SUCCEEDED":
            raise SmokeError(f"job {JOB} failed: {self._run().get('ErrorMessage', '')}")
        place = urlsplit(f"{self.folder}answers.jsonl")
        body = self.s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"].read().decode()
        lines = map(json.loads, body.splitlines())
        return {line["question"]: line["answer"] for line in lines}

    def delete(self) -> None:
        """Deletes the job's definition."""
        self.glue.delete_job(JobName=JOB)

    def _run(self) -> dict[str, Any]:
        return self.glue.get_job_run(JobName=JOB, RunId=self.run_id)["JobRun"]
