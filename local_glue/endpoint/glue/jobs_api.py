"""Glue calls about jobs and their runs."""

import secrets
from typing import Any

from local_glue import versions
from local_glue.endpoint.glue.call import Call, without_none
from local_glue.endpoint.glue.capacity import capacity, check_capacity
from local_glue.endpoint.glue.commands import SHELL, SPARK, command_name
from local_glue.endpoint.glue.errors import GlueApiError, already_exists, invalid, unsupported
from local_glue.endpoint.glue.runs import now

RUN_OVERRIDES = ("AllocatedCapacity", "Timeout", "MaxCapacity", "SecurityConfiguration", "NotificationProperty",
                 "WorkerType", "NumberOfWorkers", "ExecutionClass", "JobRunQueuingEnabled")  # fmt: skip
FIELDS = ("JobMode", "Description", "LogUri", "Role", "ExecutionProperty", "Command", "DefaultArguments",
          "NonOverridableArguments", "Connections", "MaxRetries", "AllocatedCapacity", "Timeout", "MaxCapacity",
          "WorkerType", "NumberOfWorkers", "SecurityConfiguration", "NotificationProperty", "GlueVersion",
          "ExecutionClass", "CodeGenConfigurationNodes", "SourceControlDetails", "MaintenanceWindow",
          "JobRunQueuingEnabled")  # fmt: skip
DEFAULTS = {"MaxRetries": 0, "Timeout": 480, "JobMode": "SCRIPT"}
SPARK_DEFAULTS = {**DEFAULTS, "GlueVersion": versions.default_name()}


def create_job(call: Call) -> dict[str, Any]:
    name, definitions = call.need("Name"), call.service.jobs.definitions
    if name in definitions:
        raise already_exists("Job", name)
    definitions[name] = _definition(name, call.params, {"CreatedOn": now(), "JobId": f"j_{secrets.token_hex(32)}"})
    call.tag("job", name)
    return {"Name": name}


def update_job(call: Call) -> dict[str, Any]:
    name, jobs = call.need("JobName"), call.service.jobs
    kept = {key: jobs.definition(name)[key] for key in ("CreatedOn", "JobId")}
    jobs.definitions[name] = _definition(name, call.need("JobUpdate"), kept)
    return {"JobName": name}


def get_job(call: Call) -> dict[str, Any]:
    return {"Job": _public(call.service.jobs.definition(call.need("JobName")))}


def get_jobs(call: Call) -> dict[str, Any]:
    return call.page([_public(job) for job in call.service.jobs.definitions.values()], "Jobs")


def list_jobs(call: Call) -> dict[str, Any]:
    return call.page([name for name in call.service.jobs.definitions if call.has_tags("job", name)], "JobNames")


def batch_get_jobs(call: Call) -> dict[str, Any]:
    names, jobs = call.need("JobNames"), call.service.jobs.definitions
    return {"Jobs": [_public(jobs[n]) for n in names if n in jobs], "JobsNotFound": [n for n in names if n not in jobs]}


def delete_job(call: Call) -> dict[str, Any]:
    name = call.need("JobName")
    if call.service.jobs.definitions.pop(name, None):
        call.untag("job", name)
        call.service.jobs.runs.pop(name, None)
        call.service.bookmarks.delete(name)
    return {"JobName": name}


def start_job_run(call: Call) -> dict[str, Any]:
    overrides = without_none({key: call.get(key) for key in RUN_OVERRIDES})
    check_capacity(overrides, call.service.jobs.definition(call.need("JobName")))
    if call.get("ExecutionRoleSessionPolicy"):
        raise unsupported("ExecutionRoleSessionPolicy", "IAM policies have no effect here")
    run = call.service.jobs.start(
        call.need("JobName"), call.get("Arguments"), overrides=overrides, previous_run_id=call.get("JobRunId")
    )
    return {"JobRunId": run.run_id}


def get_job_run(call: Call) -> dict[str, Any]:
    return {"JobRun": call.service.jobs.run(call.need("JobName"), call.need("RunId")).as_dict()}


def get_job_runs(call: Call) -> dict[str, Any]:
    name = call.need("JobName")
    call.service.jobs.definition(name)
    newest_first = [run.as_dict() for run in reversed(call.service.jobs.runs.get(name, []))]
    return call.page(newest_first, "JobRuns", default=200)


def batch_stop_job_run(call: Call) -> dict[str, Any]:
    name, done, errors = call.need("JobName"), [], []
    call.service.jobs.definition(name)
    for run_id in call.need("JobRunIds"):
        try:
            call.service.jobs.stop(call.service.jobs.run(name, run_id))
            done.append({"JobName": name, "JobRunId": run_id})
        except GlueApiError as error:
            detail = {"ErrorCode": error.error_type, "ErrorMessage": error.message}
            errors.append({"JobName": name, "JobRunId": run_id, "ErrorDetail": detail})
    return {"SuccessfulSubmissions": done, "Errors": errors}


def _definition(name: str, given: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    unknown = set(given) - {*FIELDS, "Name", "Tags"}
    if unknown:
        raise invalid(f"Job {name}: unknown parameters {', '.join(sorted(unknown))}.")
    command = {"Name": SPARK, "PythonVersion": "3", **(given.get("Command") or {})}
    defaults = DEFAULTS if command_name(given) == SHELL else SPARK_DEFAULTS
    job = {**defaults, **without_none({key: given.get(key) for key in FIELDS}), "Name": name, "Command": command}
    job.setdefault("ExecutionProperty", {"MaxConcurrentRuns": 1})
    check_capacity(job)
    return {**job, **capacity(job), **kept, "LastModifiedOn": now()}


def _public(job: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in job.items() if key != "JobId"}
