"""Keeps a JVM warm for the next job run: Spark starts in it in a third of the time that a JVM of its own takes."""

import array
import fcntl
import os
import termios
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from local_glue import environment
from local_glue.job import gateway, spark
from local_glue.runner.groups import end_group, start_group

PACKAGE = Path(__file__).parents[1]
SETTLE_S = 1.0

Sink = Callable[[str, bytes], None]
"""Takes what the JVM writes: the name of the stream, and a piece of it."""


class Jvm:
    """A JVM of one Python's Spark, that serves one run at a time.

    Attributes:
        python: The interpreter whose Spark it is.
        file: Says where it listens, see `local_glue.runner.jvm`.
        is_optimizing: It optimizes what it compiles, which pays in long runs only.
    """

    def __init__(self, folder: Path, python: Path, variables: Mapping[str, str], *, is_optimizing: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.is_optimizing = is_optimizing
        options = {spark.JVM_OPTIONS: spark.OPTIMIZING_JVM} if is_optimizing else {}
        self.python, self.file = python, folder / f"jvm-{time.monotonic_ns()}.json"
        self._sink: Sink | None = None
        command = [str(python), "-m", "local_glue.runner.jvm", str(self.file)]
        self._process = start_group(command, {**options, **variables, "PYTHONPATH": str(PACKAGE.parent)}, folder)
        for name in ("stdout", "stderr"):
            threading.Thread(target=self._copy, args=(name,), daemon=True).start()

    @property
    def is_alive(self) -> bool:
        """Whether the process runs; it may still be starting."""
        return self._process.poll() is None

    @property
    def is_used(self) -> bool:
        """Whether a run has connected to it since it was clean."""
        return gateway.claim_of(self.file).exists()

    def write_to(self, sink: Sink | None) -> None:
        """Sends what the JVM writes to the run that has it, None if no run has; waits for what it has written."""
        deadline = time.monotonic() + SETTLE_S
        while self.is_alive and self._has_unread() and time.monotonic() < deadline:
            time.sleep(0.005)
        self._sink = sink

    def clean(self) -> None:
        """Lets it remove what a run left; returns at once."""
        gateway.claim_of(self.file).unlink()
        with suppress(OSError):
            self._process.stdin.write(b"\n")  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]

    def end(self) -> None:
        """Kills it."""
        end_group(self._process, grace_s=0)

    def _has_unread(self) -> bool:
        waiting = array.array("i", [0])
        for stream in (self._process.stdout, self._process.stderr):
            with suppress(OSError, ValueError):
                fcntl.ioctl(stream, termios.FIONREAD, waiting)
                if waiting[0]:
                    return True
        return False

    def _copy(self, name: str) -> None:
        stream: Any = getattr(self._process, name)
        with stream:
            while data := stream.read1(1 << 16):
                # What it writes while it starts is not the run's, which may need no Spark at all.
                (self._sink if self._sink and self.is_used else _keep)(name, data)


class WarmJvm:
    """The one JVM that is kept. A run that finds it lent to another has a JVM of its own.

    Args:
        folder: For its files.
        variables: Its environment.
        cold: Keep none.
        has_much: Whether the next runs will be long.
    """

    def __init__(
        self, folder: Path, variables: Mapping[str, str], *, cold: bool = False, has_much: Callable[[], bool]
    ) -> None:
        self._folder, self._variables, self._cold, self._has_much = folder, variables, cold, has_much
        self._idle: Jvm | None = None
        self._is_lent = False
        self._lock = threading.Lock()

    def lend(self, python: Path) -> Jvm | None:
        """A JVM for a run with this Python, which may still be starting; None if another run has it."""
        with self._lock:
            if self._cold or self._is_lent:
                return None
            kept, self._idle, self._is_lent = self._idle, None, True
        has_much = self._has_much()
        if kept and kept.is_alive and kept.python == python and (kept.is_optimizing or not has_much):
            return kept
        if kept:
            kept.end()
        return Jvm(self._folder, python, self._variables, is_optimizing=has_much)

    def give_back(self, jvm: Jvm, *, in_order: bool) -> None:
        """Takes the JVM of a run that ended; one in which something went wrong or was cut off is not used again."""
        jvm.write_to(None)
        if jvm.is_used and in_order:
            jvm.clean()
        elif jvm.is_used:
            jvm.end()
        with self._lock:
            self._is_lent = False
            if not self._cold:
                self._idle = jvm  # `lend` looks whether it is alive
                return
        jvm.end()

    def close(self) -> None:
        """Ends the JVM, and lends none any more."""
        with self._lock:
            self._cold, jvm, self._idle = True, self._idle, None
        if jvm:
            jvm.end()


def _keep(_: str, data: bytes) -> None:
    """Keeps what is written between runs in the log of this process: it says why a JVM could not be used again."""
    os.write(2, data)


def jvm_environment(environ: Mapping[str, str], leads: Mapping[str, str]) -> dict[str, str]:
    """The environment of a JVM that serves many runs: what leads to the stack, without anyone's credentials."""
    without_keys = {name: value for name, value in leads.items() if "KEY" not in name}
    return {**environment.of_process(environ), **without_keys}
