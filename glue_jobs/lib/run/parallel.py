"""Runs several calls at a time, and logs their progress."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from glue_jobs.lib.run import logs

WORKERS = 16

Item = TypeVar("Item")
Result = TypeVar("Result")


class Progress:
    """Logs every few seconds how far a long piece of work is; safe to call from several threads."""

    def __init__(self, event: str, *, every_seconds: float = 5) -> None:
        self.event, self.every_seconds = event, every_seconds
        self.counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._next = time.monotonic() + every_seconds

    def add(self, **counts: int) -> None:
        """Adds to the counts, and logs them when it is time."""
        with self._lock:
            for name, count in counts.items():
                self.counts[name] = self.counts.get(name, 0) + count
            if time.monotonic() < self._next:
                return
            self._next = time.monotonic() + self.every_seconds
        logs.info(self.event, **self.counts)


def in_parallel(do: Callable[[Item], Result], items: Sequence[Item], *, workers: int = WORKERS) -> list[Result]:
    """The results of `do` for the items, in order; the first exception is raised, and calls not begun are cancelled."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        futures = [pool.submit(do, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """`items`, at most `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
