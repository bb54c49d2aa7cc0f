"""Lets requests through side by side, and closes for the moment in which the state is copied."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Requests pass it; while it is closed they wait before it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._is_closed = False

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Passes the gate, and leaves at the end of the block."""
        with self._changed:
            while self._is_closed:
                self._changed.wait()
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def closed(self, timeout_s: float) -> Iterator[None]:
        """Closes the gate for the block, once everyone has left.

        Raises:
            TimeoutError: someone was still inside after `timeout_s` seconds, as during a long upload; it is open again.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            self._is_closed = True
            left = self._changed.wait_for(lambda: not self._inside, max(0.0, deadline - time.monotonic()))
        try:
            if not left:
                raise TimeoutError(f"a request took longer than {timeout_s:g} s")
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()
