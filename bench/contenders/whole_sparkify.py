"""This project, all of it: every job of workflow `sparkify` on the local stack, checked against what was planted.

The stack is up and the files are in the landing bucket before the clock starts; it stops when the workflow has ended.
"""

import sys
from pathlib import Path

from bench.contenders.whole import PROJECT, run_workflow
from bench.songs import read_manifest
from local_glue.provision.upload import put_folder
from local_glue.stack import Stack


def main(source: Path, out: Path) -> None:
    """Delivers, runs the workflow, then counts the rows of its tables."""
    stack = Stack.start(PROJECT, out / "home")
    try:
        put_folder(stack.client("s3"), source / "landing", stack.config.landing_bucket)
        run_workflow(stack, "sparkify", out)
        _require_as_planted(stack, read_manifest(source).rows)
    finally:
        stack.stop()


def _require_as_planted(stack: Stack, planted: dict[str, int]) -> None:
    with stack.connect("warehouse") as db:
        found = {name: db.execute(f"SELECT count(*) FROM sparkify.{name}").fetchone()[0] for name in planted}
    if found != planted:
        raise SystemExit(f"the warehouse holds {found}, what was delivered makes {planted}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
