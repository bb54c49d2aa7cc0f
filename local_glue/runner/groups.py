"""Starts processes in groups of their own, and ends them with all that they have started."""
# ruff: noqa: S603 (all commands are built here, without input from outside)

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

GRACE_S = 1.0


class Group(Protocol):
    """What leads a group of processes."""

    pid: int

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; raises TimeoutExpired if it still runs."""


def start_group(
    command: Sequence[str], variables: Mapping[str, str], folder: Path | None = None
) -> "subprocess.Popen[bytes]":
    """A process in a group of its own, with pipes for all its streams."""
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=variables,
        start_new_session=True,
    )  # fmt: skip


def end_group(process: "Group", *, grace_s: float = GRACE_S) -> None:
    """Ends a process and its group: SIGTERM, then SIGKILL after the grace time."""
    deadline = time.monotonic() + grace_s
    if grace_s and process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGTERM)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)
