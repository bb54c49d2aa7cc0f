"""`make explain`: the story of a run of the local stack, or of an environment on AWS."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import boto3

from explain.facts import Warehouse, gather
from explain.story import tell
from local_glue.errors import LocalGlueError
from smoke.outputs import outputs


class LocalWarehouse:
    """The warehouse of the local stack."""

    def __init__(self, stack: Any) -> None:
        self._stack = stack

    def rows(self, query: str) -> Sequence[Sequence[Any]]:
        """All rows of the answer; none while the books are not there, before the first run."""
        with self._stack.connect("warehouse") as connection:
            if connection.execute("SELECT to_regclass('music.load_runs')").fetchone() == (None,):
                return []
            return connection.execute(query).fetchall()


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the story; exit code 1 if the books do not have the run."""
    parser = argparse.ArgumentParser(prog="python -m explain", description=__doc__)
    parser.add_argument("run", nargs="?", help="id of a workflow run or job run; default: the last in the books")
    parser.add_argument("--env", help="environment on AWS, by its terraform/environments/ENV.tfvars; default: local")
    given = parser.parse_args(argv)
    try:
        warehouse, s3, lake = _on_aws(given.env) if given.env else _here()
    except LocalGlueError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    return explain(warehouse, s3, lake, given.run or None)


def explain(warehouse: Warehouse, s3: Any, lake_bucket: str, run: str | None) -> int:
    """Prints the story of a run; returns the exit code."""
    facts = gather(warehouse, s3, lake_bucket, run)
    if facts is None:
        what = f"no run {run} is in the books: it published nothing" if run else "the books are empty: no run published"
        print(f"{what}. 'local-glue runs' lists runs, 'local-glue logs RUN' shows what one said", file=sys.stderr)  # noqa: T201
        return 1
    print("\n".join(tell(facts)))  # noqa: T201
    return 0


def _here() -> tuple[Warehouse, Any, str]:
    from local_glue.stack import Stack

    stack = Stack.attach()
    return LocalWarehouse(stack), stack.client("s3"), stack.config.values["lake_bucket"]


def _on_aws(env: str) -> tuple[Warehouse, Any, str]:
    from smoke.warehouse import WarehouseReader

    known = outputs(env)
    place = known["warehouse"]
    client = boto3.client("redshift-data")
    reader = WarehouseReader(client, place["workgroup"] or "local", place["database"], place["secret_arn"])
    return reader, boto3.client("s3"), known["buckets"]["lake"]


if __name__ == "__main__":
    sys.exit(main())
