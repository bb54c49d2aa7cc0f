"""Runs a contender as a process and measures it: wall time, CPU seconds and peak memory of all its processes."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

MARK = "MUSIC_BENCH_RUN"
"""Environment variable by which processes of a run are known, also those that outlive the one that started them."""

EVERY_S = 0.1
YOUNG_S = 3
"""A process that is about to become another program still has its parent's environment for a moment."""

CLOCK = "clock.json"
"""A contender that prepares something first writes here when its work began and ended (seconds since 1970)."""

PHASES = "phases.json"
"""A contender may write here how many seconds each part of its work took."""

LOG = "log.txt"


class FailedError(Exception):
    """A contender failed; the message has the end of its log."""


@dataclass(frozen=True)
class Measured:
    """What a run took; CPU and memory are of the whole process tree."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    phases: dict[str, float] = field(default_factory=dict)


@dataclass
class Tree:
    """The processes of a run; `samples` has time, CPU seconds so far, and resident bytes."""

    mark: str
    samples: list[tuple[float, float, int]] = field(default_factory=list)
    _cpu: dict[tuple[int, float], float] = field(default_factory=dict)
    _others: set[tuple[int, float]] = field(default_factory=set)

    def sample(self) -> None:
        """Looks at all processes once."""
        resident, now = 0, time.time()
        for process in psutil.process_iter():
            try:
                key = (process.pid, process.create_time())
                if not self._is_ours(process, key, now):
                    continue
                times = process.cpu_times()
                self._cpu[key] = times.user + times.system
                resident += process.memory_info().rss
            except psutil.Error:
                continue
        self.samples.append((now, sum(self._cpu.values()), resident))

    def _is_ours(self, process: psutil.Process, key: tuple[int, float], now: float) -> bool:
        if key in self._cpu:
            return True
        if key in self._others:
            return False
        if process.environ().get(MARK) == self.mark:
            return True
        if now - key[1] > YOUNG_S:
            self._others.add(key)
        return False

    def between(self, start: float, end: float) -> Measured:
        """What the tree took from `start` to `end`."""
        before = max((cpu for at, cpu, _ in self.samples if at <= start), default=0.0)
        inside = [(cpu, resident) for at, cpu, resident in self.samples if start < at <= end + EVERY_S]
        cpu, peak = max((cpu for cpu, _ in inside), default=0.0), max((resident for _, resident in inside), default=0)
        return Measured(round(end - start, 2), round(cpu - before, 2), round(peak / 1e6))


def run(arguments: Sequence[str], source: Path, out: Path, *, mark: str | None = None) -> Measured:
    """Runs `python -m bench.contenders.<arguments>` to its end.

    Args:
        arguments: The contender's module and its options.
        source: A folder of `bench.generate`.
        out: An empty folder, or none yet, for its results and its log.
        mark: The mark of an earlier run whose processes are still up and belong to this one as well.

    Raises:
        FailedError: It ended with another code than 0.
    """
    out.mkdir(parents=True)
    module, *options = arguments
    command = [sys.executable, "-m", f"bench.contenders.{module}", str(source), str(out), *options]
    tree = Tree(mark or uuid.uuid4().hex)
    tree.sample()
    with (out / LOG).open("w") as log:
        start = time.time()
        environment = {**os.environ, MARK: tree.mark}
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
        try:
            while process.poll() is None:
                tree.sample()
                time.sleep(EVERY_S)
        except BaseException:
            process.send_signal(signal.SIGINT)  # so that it takes down what it has put up
            process.wait()
            raise
        end = time.time()
    if process.returncode:
        raise FailedError(f"{' '.join(command)} failed:\n{(out / LOG).read_text()[-3000:]}")
    return replace(tree.between(*_read(out / CLOCK, (start, end))), phases=_read(out / PHASES, {}))


def _read(path: Path, default: Any) -> Any:
    return json.loads(path.read_text()) if path.exists() else default
