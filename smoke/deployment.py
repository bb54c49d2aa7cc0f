"""Makes and destroys the environment, with the Makefile's own targets, in a Terraform workspace of its own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import boto3

from local_glue.errors import LocalGlueError
from smoke.outputs import outputs

PROJECT = Path(__file__).parents[1]
TAIL = 3000
EXISTS = "job {job} exists in {region} already, and job names are the same in every environment"


class SmokeError(Exception):
    """The run cannot go on; the message says what to do."""


class Deployment:
    """A throw-away copy of an environment: the settings of `environments/<env>.tfvars` under the name `<env>-smoke`."""

    def __init__(self, env: str, region: str, folder: Path = PROJECT) -> None:
        self.env, self.region, self.folder = env, region, folder
        self.log = folder / "build" / f"smoke-{env}.log"
        self.name = f"{env}-smoke"[:16].rstrip("-")
        self.local = bool(os.environ.get("AWS_ENDPOINT_URL"))

    def client(self, service: str) -> Any:
        """A boto3 client in the environment's region."""
        return boto3.client(service, region_name=self.region)

    def check_room(self) -> None:
        """Looks whether another environment is in this account and region.

        Raises:
            SmokeError: There is one, whose jobs would be changed and then deleted.
        """
        jobs = json.loads((self.folder / "glue_jobs" / "workflows.json").read_text(encoding="utf-8"))["workflows"]
        wanted = {name for workflow in jobs.values() for name in workflow["jobs"]}
        pages = self.client("glue").get_paginator("get_jobs").paginate()
        for found in (job["Name"] for page in pages for job in page["Jobs"]):
            if found in wanted:
                exists = EXISTS.format(job=found, region=self.region)
                raise SmokeError(f"{exists}: choose a region without one by --region, or another account")

    def make(self) -> dict[str, Any]:
        """Deploys; returns Terraform's outputs.

        Raises:
            SmokeError: Terraform failed; the message ends with its own words.
        """
        self._make("deploy", self._variables())
        try:
            known = outputs(self.env, workspace=self.name, folder=self.folder)
        except LocalGlueError as error:
            raise SmokeError(str(error)) from None
        if known["secrets_to_fill"]:
            self._fill_secrets()
        return known

    def destroy(self) -> None:
        """Deletes everything, with what is in it.

        Raises:
            SmokeError: Something is left; the message says how to try again.
        """
        try:
            self._make("destroy", f"{self._variables()} -auto-approve")
        except SmokeError as error:
            command = f"make destroy ENV={self.env} WORKSPACE={self.name} TF_ARGS='{self._variables()}'"
            raise SmokeError(f"something is left and costs money: {error}; try again: {command}") from None

    def _variables(self) -> str:
        values = {
            "environment": self.name,
            "region": self.region,
            "force_destroy": "true",
            "deletion_protection": "false",
            "schedules_enabled": "false",
        }
        return " ".join(f"-var={name}={value}" for name, value in values.items())

    def _fill_secrets(self) -> None:
        """Only a local stack has databases that Terraform did not make and that may be written to."""
        if not self.local:
            raise SmokeError(
                f"terraform/environments/{self.env}.tfvars names existing databases, and a smoke run must not write to "
                "them: choose an environment whose rds and redshift have mode create"
            )
        self._run([".venv/bin/local-glue", "secrets"])

    def _make(self, target: str, terraform_arguments: str) -> None:
        self._run(["make", target, f"ENV={self.env}", f"WORKSPACE={self.name}", f"TF_ARGS={terraform_arguments}"])

    def _run(self, command: list[str]) -> None:
        """Runs one of the project's own commands; what it says goes to the log."""
        self.log.parent.mkdir(exist_ok=True)
        with self.log.open("a", encoding="utf-8") as log:
            done = subprocess.run(command, cwd=self.folder, check=False, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603
        if done.returncode:
            tail = self.log.read_text(encoding="utf-8")[-TAIL:]
            raise SmokeError(
                f"'{' '.join(command[:2])}' ended with code {done.returncode}; {self.log} ends with:\n{tail}"
            )
