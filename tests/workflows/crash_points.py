"""Counts the side effects of job runs in processes of their own, and kills or freezes a run before one of them.

The endpoint has each job's process run this file first (LOCAL_GLUE_FAULTS). PLAN names a folder with `at`, the number
of the side effect and the signal that a run gets before it; `seen`, the names of those that have happened, a line each:
runs of a workflow are processes one after another, and go on counting; and `frozen`, the process that was stopped.
"""

import atexit
import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PLAN = "CRASH_PLAN"
NEVER = 0


class CrashPlan:
    """The test's side: says where runs die, and reads what happened."""

    def __init__(self, folder: Path) -> None:
        self._at, self._seen, self._frozen = folder / "at", folder / "seen", folder / "frozen"
        self.begin()

    def begin(self, at: int = NEVER, *, sends: signal.Signals = signal.SIGKILL) -> None:
        """Forgets what happened; the run that comes to side effect number `at` (from 1) gets the signal before it."""
        self._frozen.unlink(missing_ok=True)
        self._seen.write_text("")
        self._at.write_text(f"{at} {sends.name}")

    def end(self) -> None:
        """From now on runs are left alone."""
        self._at.write_text(f"{NEVER} {signal.SIGKILL.name}")

    @property
    def seen(self) -> list[str]:
        """The side effects since `begin`; the last is the one that was prevented, if a run died."""
        return self._seen.read_text().splitlines()

    @contextmanager
    def dying(self, at: int) -> Iterator[None]:
        """Lets one run die within the block."""
        self.begin(at)
        yield
        self.end()

    @property
    def frozen(self) -> int | None:
        """The process that SIGSTOP stopped, if any."""
        return int(self._frozen.read_text()) if self._frozen.exists() else None


def side_effect(name: str) -> None:
    """Called in the job's process, by any of its threads."""
    folder = Path(os.environ[PLAN])
    with (folder / "seen").open("r+") as seen:
        fcntl.flock(seen, fcntl.LOCK_EX)
        number = len(seen.read().splitlines()) + 1
        seen.write(f"{name}\n")
        seen.flush()
        at, sends = (folder / "at").read_text().split()
    if number != int(at):
        return
    if sends == signal.SIGSTOP.name:
        (folder / "frozen.new").write_text(str(os.getpid()))
        (folder / "frozen.new").rename(folder / "frozen")
    os.kill(os.getpid(), signal.Signals[sends])


def _install() -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    from types import SimpleNamespace

    import pytest
    from killing import killing

    patches = ExitStack()
    patches.enter_context(killing(SimpleNamespace(side_effect=side_effect), pytest.MonkeyPatch()))
    atexit.register(patches.close)  # which keeps them until then: a generator that nobody holds undoes its work at once
    del sys.path[0]


if __name__ == "<run_path>":
    _install()
