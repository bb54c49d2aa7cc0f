"""Erases a user everywhere, on the local stack or in an environment on AWS; docs/operations.md says what that means."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import boto3
from botocore.exceptions import ClientError

from erase.asking import WORKFLOWS, EraseError, Eraser
from glue_jobs.lib.erasure import requests
from local_glue.errors import LocalGlueError
from smoke.outputs import outputs

UNKNOWN, FAILED = 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Erases; exit code 0: erased, or a dry run; 1: nowhere known, nothing was changed; 2: it failed."""
    parser = argparse.ArgumentParser(prog="python -m erase", description=__doc__)
    parser.add_argument("user_id", type=_user_id, help="the user's id")
    parser.add_argument(
        "--workflow", choices=WORKFLOWS, action="append", help="only in the data of this workflow; default: in all"
    )
    parser.add_argument("--env", help="an environment on AWS, with the credentials of its account; default: local")
    parser.add_argument("--dry-run", action="store_true", help="only count what there is")
    parser.add_argument("--yes", action="store_true", help="do not ask first, for what cannot be undone")
    given = parser.parse_args(argv)
    workflows = given.workflow or list(WORKFLOWS)
    if not (given.dry_run or given.yes or _is_sure(given)):
        print("nothing was changed: --yes (make erase … ERASE_ARGS=--yes) says that you are sure", file=sys.stderr)  # noqa: T201
        return FAILED
    try:
        eraser = Eraser(_on_aws(given.env) if given.env else _here(), _tell)
        receipt = eraser.erase(given.user_id, workflows, dry_run=given.dry_run)
    except (LocalGlueError, EraseError, ClientError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return FAILED
    return _report(receipt)


def _is_sure(given: argparse.Namespace) -> bool:
    """Asks a person for the id once more; programs have to say --yes."""
    if not sys.stdin.isatty():
        return False
    where = f"in {given.env} on AWS" if given.env else "here"
    return input(f"Erasing cannot be undone. To erase the user everywhere {where}, type the id: ") == str(given.user_id)


def _report(receipt: dict[str, Any]) -> int:
    """Prints what was erased; returns the exit code."""
    if receipt["outcome"] == "unknown":
        _tell("nothing anywhere is about this user; nothing was changed")
        return UNKNOWN
    for name, count in sorted(receipt.get("found", {}).items()):
        _tell(f"{count:>12,}  {name}")
    booked = (
        "nothing was changed" if receipt["outcome"] == "dry run" else "music.load_runs has it, without the user's id"
    )
    _tell(f"{receipt['outcome']} ({receipt['run_id']}): {booked}")
    return 0


def _user_id(text: str) -> int:
    """A whole number that a user can have."""
    if not 0 <= int(text) <= requests.LARGEST:
        raise ValueError
    return int(text)


def _tell(line: str) -> None:
    print(line)  # noqa: T201


def _on_aws(env: str) -> Any:
    """Clients of the environment.

    Raises:
        LocalGlueError: The credentials are of another one; names of jobs are the same in all.
    """
    lake, wanted = Eraser(boto3.client, _tell).lake, outputs(env)["buckets"]["lake"]
    if lake != wanted:
        raise LocalGlueError(
            f"the credentials and region lead to a stack with the lake bucket {lake}, that of environment {env} is "
            f"{wanted}: nothing was changed; set AWS_PROFILE and AWS_REGION to those of {env}"
        )
    return boto3.client


def _here() -> Any:
    """The local stack's clients, after uploading changed code."""
    from local_glue.stack import Stack

    stack = Stack.attach()
    stack.refresh_code()
    return stack.client


if __name__ == "__main__":
    sys.exit(main())
