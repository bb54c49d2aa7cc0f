"""What Terraform knows of an environment: names of its buckets, jobs and secrets."""

import json
import subprocess
from pathlib import Path
from typing import Any

from local_glue.errors import LocalGlueError

PROJECT = Path(__file__).parents[1]
TAIL = 300


def outputs(env: str, *, workspace: str | None = None, folder: Path = PROJECT) -> dict[str, Any]:
    """Terraform's outputs of an environment, as `make outputs` has them.

    Args:
        env: By its file `terraform/environments/<env>.tfvars`.
        workspace: Terraform's workspace, if it has another name than the environment.
        folder: The project.

    Raises:
        LocalGlueError: Terraform has none; the message ends with its own words.
    """
    command = ["make", "-s", "outputs", f"ENV={env}", *([f"WORKSPACE={workspace}"] if workspace else [])]
    said = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)  # noqa: S603 (our Makefile)
    if said.returncode:
        raise LocalGlueError(f"Terraform has no outputs of environment {env}: {said.stderr.strip()[-TAIL:]}")
    return {name: output["value"] for name, output in json.loads(said.stdout).items()}
