"""How much a job or a run may use: workers of a type, or a number of DPUs."""

from collections.abc import Mapping
from typing import Any

from local_glue.endpoint.glue.commands import SHELL, command_name
from local_glue.endpoint.glue.errors import invalid

WORKER_UNITS = {"G.025X": 0.25, "Standard": 1, "G.1X": 1, "G.2X": 2, "G.4X": 4, "G.8X": 8, "G.12X": 12, "G.16X": 16,
                "R.1X": 1, "R.2X": 2, "R.4X": 4, "R.8X": 8}  # fmt: skip
DEFAULT_UNITS = 10
SHELL_UNITS = (0.0625, 1)
_WORKERS, _UNITS = ("WorkerType", "NumberOfWorkers"), ("MaxCapacity", "AllocatedCapacity")


def check_capacity(given: Mapping[str, Any], job: Mapping[str, Any] | None = None) -> None:
    """Checks what a call says about capacity; for a run, together with its job.

    Raises:
        GlueApiError: workers and DPUs are both given, or half of either, or what a Python shell job cannot have.
    """
    if command_name(job or given) == SHELL:
        _check_shell(given)
        return
    if given.get("AllocatedCapacity") and given.get("MaxCapacity"):
        raise invalid("Please set only Allocated Capacity or Max Capacity")
    workers = {**{key: (job or {}).get(key) for key in _WORKERS}, **{k: given[k] for k in _WORKERS if given.get(k)}}
    if given.get("MaxCapacity") and any(workers.values()):
        raise invalid("Please do not set Max Capacity if using Worker Type and Number of Workers.")
    if any(workers.values()) and not all(workers.values()):
        raise invalid("Please set both Worker Type and Number of Workers.")
    kind = workers["WorkerType"]
    if kind and kind not in WORKER_UNITS:
        raise invalid(f"Worker Type {kind} is not one of {', '.join(WORKER_UNITS)}.")


def _check_shell(given: Mapping[str, Any]) -> None:
    if any(given.get(key) for key in _WORKERS):
        raise invalid(f"Worker Type is not supported for Job Command {SHELL}")
    units = [given[key] for key in _UNITS if given.get(key)]
    if len(units) > 1 or not set(units) <= set(SHELL_UNITS):
        raise invalid(f"Max Capacity of a job of command {SHELL} is 0.0625 or 1.")


def capacity(given: Mapping[str, Any]) -> dict[str, Any]:
    """MaxCapacity and AllocatedCapacity as AWS shows them: of the workers, as given, or the default of the command."""
    if given.get("WorkerType"):
        units = float(WORKER_UNITS[given["WorkerType"]] * given["NumberOfWorkers"])
    else:
        default = SHELL_UNITS[0] if command_name(given) == SHELL else DEFAULT_UNITS
        units = float(given.get("MaxCapacity") or given.get("AllocatedCapacity") or default)
    return {"MaxCapacity": units, "AllocatedCapacity": int(units)}


def of_run(job: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The workers and the capacity of a run: what it says itself goes before what its job says."""
    if any(overrides.get(key) for key in _WORKERS):
        given = {key: overrides.get(key) or job.get(key) for key in _WORKERS}
    elif any(overrides.get(key) for key in _UNITS):
        given = {key: overrides.get(key) for key in _UNITS}
    else:
        given = {key: job.get(key) for key in (*_WORKERS, *_UNITS)}
    return {**{key: given.get(key) for key in _WORKERS}, **capacity({**given, "Command": job.get("Command")})}
