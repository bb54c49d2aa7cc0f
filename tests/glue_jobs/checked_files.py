"""Shared by the tests of validate_files: a run, and what it left."""

import json

from files_support import LAKE, TABLE, USERS_HEADER, keys, make_config, read

from glue_jobs import validate_files
from glue_jobs.lib.files.ledger import Ledger

USERS = f"{USERS_HEADER}\n1,Ann,30,France,2024-01-01\n".encode()
DAY = "2024-07-01"


class DeathError(BaseException):
    """Ends a run as if the job were killed."""


def run(**changes) -> dict[str, int]:
    """Runs the job; returns how many files came to which end."""
    return {state: count for state, count in validate_files.run(make_config(**changes)).items() if count}


def file_day(file) -> str:
    """The folder of a file whose landing key has no date: the day on which it was delivered."""
    return f"{file.accepted_at:%Y/%m/%d}"


def named(dataset: str, *run_ids: str) -> list[str]:
    """The files that the manifests of these runs name, or those of all runs."""
    found = [f"manifests/{dataset}/{run_id}.json" for run_id in run_ids] or keys(LAKE, f"manifests/{dataset}/")
    return [json.loads(line)["file_key"] for key in found for line in read(LAKE, key).splitlines()]


def ledger_files(dataset: str = "streams"):
    """The files of the ledger that no load has finished."""
    return Ledger(TABLE).open_files(dataset)
