"""Counts the side effects of job runs in processes of their own, and lets SIGKILL end a run before one of them.

The endpoint has each job's process run this file first (LOCAL_GLUE_FAULTS). PLAN names a folder with `at`, the number
of the side effect that a run dies at, and `seen`, the names of those that have happened, a line each: runs of a
workflow are processes one after another, and go on counting.
"""

import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLAN = "CRASH_PLAN"
NEVER = 0


class CrashPlan:
    """The test's side: says where runs die, and reads what happened."""

    def __init__(self, folder: Path) -> None:
        self._at, self._seen = folder / "at", folder / "seen"
        self.begin()

    def begin(self, at: int = NEVER) -> None:
        """Forgets what happened; the next runs die before side effect number `at` (from 1)."""
        self._at.write_text(str(at))
        self._seen.write_text("")

    @property
    def seen(self) -> list[str]:
        """The side effects since `begin`; the last is the one that was prevented, if a run died."""
        return self._seen.read_text().splitlines()

    @contextmanager
    def dying(self, at: int) -> Iterator[None]:
        """Lets one run die within the block."""
        self.begin(at)
        yield
        self._at.write_text(str(NEVER))


def side_effect(name: str) -> None:
    """Called in the job's process, by any of its threads."""
    folder = Path(os.environ[PLAN])
    with (folder / "seen").open("r+") as seen:
        fcntl.flock(seen, fcntl.LOCK_EX)
        number = len(seen.read().splitlines()) + 1
        seen.write(f"{name}\n")
        seen.flush()
        if number == int((folder / "at").read_text()):
            os.kill(os.getpid(), signal.SIGKILL)


def _install() -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    from types import SimpleNamespace

    import pytest
    from killing import killing

    killing(SimpleNamespace(side_effect=side_effect), pytest.MonkeyPatch()).__enter__()
    del sys.path[0]


if __name__ == "<run_path>":
    _install()
