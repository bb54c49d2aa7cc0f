"""The command of a job: what runs its script, and what keeps it from running here."""

from collections.abc import Mapping
from typing import Any

SPARK, SHELL = "glueetl", "pythonshell"
SHELL_VERSIONS = ("3.9", "3.11")


def command_name(job: Mapping[str, Any]) -> str:
    """The name of the job's command; a Spark job if it says none."""
    return (job.get("Command") or {}).get("Name") or SPARK


def shell_version(job: Mapping[str, Any]) -> str | None:
    """The Python version of a Python shell job, None for any other job."""
    return job["Command"].get("PythonVersion") if command_name(job) == SHELL else None


def why_not(job: Mapping[str, Any]) -> str | None:
    """What keeps runs of the job from starting, None if nothing does. Such a job can be defined all the same."""
    name, version = command_name(job), shell_version(job)
    if name not in (SPARK, SHELL):
        return f"local_glue runs jobs of the commands {SPARK} and {SHELL}, not of {name}."
    if not job["Command"].get("ScriptLocation"):
        return f"Job {job['Name']} has no script: give Command.ScriptLocation."
    if name == SHELL and version not in SHELL_VERSIONS:
        return f"Python shell jobs run with PythonVersion {' or '.join(SHELL_VERSIONS)}, not {version}."
    return None
