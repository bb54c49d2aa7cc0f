"""Reads the workflows file of a project and turns it into Glue's definitions of jobs, triggers and workflows."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_glue import versions
from local_glue.config import Config
from local_glue.errors import ConfigError

ROLE = "arn:aws:iam::123456789012:role/local-glue"
JOB_KEYS = {"glue_version", "worker_type", "number_of_workers", "timeout_minutes", "max_retries", "max_concurrent_runs",
            "arguments", "bookmark", "connections", "script", "description", "execution_class"}  # fmt: skip
ADD_VALUE = "add it to [tool.local_glue.values]"
BOOKMARKS = ("enable", "disable", "pause")


@dataclass(frozen=True)
class Definitions:
    """Arguments of create_job, create_workflow and create_trigger, and the scripts to upload."""

    jobs: list[dict[str, Any]]
    workflows: list[dict[str, Any]]
    triggers: list[dict[str, Any]]
    scripts: list[str]


def read_definitions(config: Config) -> Definitions:
    """The definitions in the file that `[tool.local_glue] workflows` names; empty if it names none.

    Raises:
        ConfigError: the file is missing or wrong; the message names the workflow, job or trigger.
    """
    if not config.workflows:
        return Definitions([], [], [], [])
    file = config.project / config.workflows
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{file} is missing: [tool.local_glue] workflows names it") from error
    except json.JSONDecodeError as error:
        raise ConfigError(f"{file} is not valid JSON: {error}") from error
    document = fill(raw, config.values, str(file))
    jobs, workflows, triggers, scripts = {}, [], [], []
    for name, workflow in document.get("workflows", {}).items():
        workflows.append(_workflow(name, workflow))
        for job_name, job in workflow.get("jobs", {}).items():
            if job_name in jobs:
                raise ConfigError(f"{file}: job {job_name} is defined twice: a job belongs to one workflow")
            merged = _merged(document.get("defaults", {}), job, f"{file}: job {job_name}")
            jobs[job_name] = _job(config, job_name, merged)
            scripts.append(merged["script"])
        triggers += [_trigger(file, name, trigger) for trigger in workflow.get("triggers", [])]
    known = set(jobs)
    for trigger in triggers:
        for action in trigger["Actions"]:
            if action["JobName"] not in known:
                raise ConfigError(f"{file}: trigger {trigger['Name']} starts unknown job {action['JobName']}")
    return Definitions(list(jobs.values()), workflows, triggers, sorted(set(scripts)))


def fill(value: Any, values: Mapping[str, str], where: str, remedy: str = ADD_VALUE) -> Any:
    """Replaces `${name}` in all strings, as Terraform's templatefile does; `$${` stands for `${`."""
    if isinstance(value, dict):
        return {fill(key, values, where, remedy): fill(item, values, where, remedy) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, values, where, remedy) for item in value]
    if not isinstance(value, str):
        return value

    def replace(found: re.Match[str]) -> str:
        if found.group() == "$${":
            return "${"
        name = found.group(1).strip()
        if name not in values:
            raise ConfigError(f"{where}: ${{{name}}} has no value: {remedy}")
        return values[name]

    return re.sub(r"\$\$\{|\$\{([^}]*)\}", replace, value)


def _merged(defaults: dict[str, Any], job: dict[str, Any], where: str) -> dict[str, Any]:
    merged = {**defaults, **job, "arguments": {**defaults.get("arguments", {}), **job.get("arguments", {})}}
    unknown = set(merged) - JOB_KEYS
    if unknown:
        raise ConfigError(f"{where} has unknown keys {', '.join(sorted(unknown))}")
    if "script" not in merged:
        raise ConfigError(f"{where} has no script")
    if merged.get("bookmark", "disable") not in BOOKMARKS:
        raise ConfigError(f"{where}: bookmark must be one of {', '.join(BOOKMARKS)}")
    return merged


def _job(config: Config, name: str, job: dict[str, Any]) -> dict[str, Any]:
    bucket = config.scripts_bucket
    arguments = {
        "--job-bookmark-option": f"job-bookmark-{job.get('bookmark', 'disable')}",
        "--TempDir": f"s3://{bucket}/temp/",
    }
    if config.libraries:
        arguments["--extra-py-files"] = ",".join(f"s3://{bucket}/{library.key}" for library in config.libraries)
    definition = {
        "Name": name,
        "Role": ROLE,
        "Description": job.get("description"),
        "Command": {"Name": "glueetl", "ScriptLocation": f"s3://{bucket}/{job['script']}", "PythonVersion": "3"},
        "DefaultArguments": {**arguments, **{key: str(value) for key, value in job["arguments"].items()}},
        "Connections": {"Connections": list(job["connections"])} if job.get("connections") else None,
        "GlueVersion": os.environ.get(versions.VARIABLE) or job.get("glue_version"),
        "WorkerType": job.get("worker_type"),
        "NumberOfWorkers": job.get("number_of_workers"),
        "Timeout": job.get("timeout_minutes"),
        "MaxRetries": job.get("max_retries"),
        "ExecutionClass": job.get("execution_class"),
        "ExecutionProperty": {"MaxConcurrentRuns": job.get("max_concurrent_runs", 1)},
    }
    return {key: value for key, value in definition.items() if value is not None}


def _workflow(name: str, workflow: dict[str, Any]) -> dict[str, Any]:
    definition = {
        "Name": name,
        "Description": workflow.get("description"),
        "DefaultRunProperties": {key: str(value) for key, value in workflow.get("properties", {}).items()},
        "MaxConcurrentRuns": workflow.get("max_concurrent_runs"),
    }
    return {key: value for key, value in definition.items() if value is not None}


def _trigger(file: Any, workflow: str, trigger: dict[str, Any]) -> dict[str, Any]:
    try:
        definition = {
            "Name": trigger["name"],
            "Type": trigger["type"],
            "WorkflowName": workflow,
            "Actions": [_action(action) for action in trigger["actions"]],
            "StartOnCreation": trigger["type"] != "ON_DEMAND",
        }
        if trigger.get("description"):
            definition["Description"] = trigger["description"]
        if trigger["type"] == "SCHEDULED":
            definition["Schedule"] = trigger["schedule"]
        if trigger["type"] == "CONDITIONAL":
            conditions = [
                {"LogicalOperator": "EQUALS", "JobName": condition["job"], "State": condition["state"]}
                for condition in trigger["when"]
            ]
            definition["Predicate"] = {"Logical": trigger.get("logical", "AND"), "Conditions": conditions}
    except KeyError as error:
        raise ConfigError(f"{file}: a trigger of workflow {workflow} lacks {error}: {json.dumps(trigger)}") from error
    return definition


def _action(action: str | dict[str, Any]) -> dict[str, Any]:
    if isinstance(action, str):
        return {"JobName": action}
    return {"JobName": action["job"], "Arguments": action.get("arguments", {})}
