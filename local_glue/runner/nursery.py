"""Interpreters that have imported what most jobs import: one that becomes a run's process, or is forked for each.

A nursery runs nothing of a job. For each request (`preload.fork_on_request`) it forks a process that watches
over another, the run's: as only a parent learns how a process ended, the first reports what became of the second.
"""

import os
import select
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from local_glue.runner.bootstrap import NURSERY, ROOM, WAIT
from local_glue.runner.groups import end_group, start_group

BOOTSTRAP = Path(__file__).parent / "bootstrap.py"
IS_POSSIBLE = sys.platform == "linux"
"""Whether to fork; elsewhere the system's libraries do not bear it."""


class Forked:
    """A process that is not a child of this one; like `subprocess.Popen` in what is used of it.

    Attributes:
        pid: Of the process, which leads a session of its own.
        stdin, stdout, stderr: The ends of its pipes.
    """

    def __init__(self, report: BinaryIO, stdin: BinaryIO, stdout: BinaryIO, stderr: BinaryIO) -> None:
        self._report = report
        self.pid = int(report.readline())
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended, as `wait`; None if it has not."""
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, negative for a signal.

        Raises:
            subprocess.TimeoutExpired: It still runs.
        """
        if self.returncode is None:
            report = select.poll()
            report.register(self._report, select.POLLIN)
            if not report.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            # Nothing is reported if the process that watches was killed too.
            self.returncode = int(self._report.readline() or b"-9")
        return self.returncode


Process = subprocess.Popen[bytes] | Forked


class Spare:
    """An interpreter that has the imports and waits for a run, whose process it becomes.

    Attributes:
        python: Which interpreter.
    """

    serves_many = False

    def __init__(self, python: Path, process: "subprocess.Popen[bytes]") -> None:
        self.python, self._process = python, process

    @classmethod
    def start(cls, python: Path, variables: Mapping[str, str]) -> "Spare":
        """Starts one in an environment that a run replaces by its own; it may still be importing for a while."""
        return cls(python, start_group(_command(python, WAIT), variables))

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def process(self) -> Process:
        """A process that waits for a run on its standard input.

        Raises:
            OSError, ValueError: There is none any more.
        """
        return self._process

    def close(self) -> None:
        """Ends it; the processes that it has forked go on."""
        end_group(self._process, grace_s=0)


class Nursery(Spare):
    """An interpreter that has the imports, and is forked for each run."""

    serves_many = True

    def __init__(self, python: Path, process: "subprocess.Popen[bytes]", requests: socket.socket) -> None:
        super().__init__(python, process)
        self._requests = requests

    @classmethod
    def start(cls, python: Path, variables: Mapping[str, str]) -> "Nursery":
        """As `Spare.start`."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(  # noqa: S603 (built here)
                _command(python, NURSERY), stdin=theirs, env=variables, start_new_session=True
            )
        return cls(python, process, ours)

    def process(self) -> Forked:
        """As `Spare.process`, a new one each time."""
        pipes = [os.pipe() for _ in range(4)]
        theirs = [pipes[0][0], *(pipe[1] for pipe in pipes[1:])]
        ours = [pipes[0][1], *(pipe[0] for pipe in pipes[1:])]
        stdin, stdout, stderr, report = (os.fdopen(end, "rb" if at else "wb") for at, end in enumerate(ours))
        try:
            socket.send_fds(self._requests, [b"1"], theirs)
        finally:
            for end in theirs:
                os.close(end)
        return Forked(report, stdin, stdout, stderr)

    def close(self) -> None:
        """As `Spare.close`."""
        self._requests.close()
        super().close()


def _command(python: Path, mode: str) -> list[str]:
    return [str(python), str(BOOTSTRAP), mode, ROOM]
