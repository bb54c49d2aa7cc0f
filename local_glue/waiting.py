"""Waits for something that takes a moment or an hour: asks often at first, then seldom, as each question costs."""

import time
from collections.abc import Iterator

SHORTEST_S, LONGEST_S = 0.02, 0.25
SHARE = 0.05
"""A pause, of the time that was waited: an end is noticed late by about half of that."""


def pauses(timeout_s: float | None = None) -> Iterator[None]:
    """Yields at once, and then after each pause; ends when the time is up, never if there is no limit.

    Args:
        timeout_s: For how long.
    """
    start = time.monotonic()
    waited = 0.0
    while timeout_s is None or waited < timeout_s:
        yield
        time.sleep(min(LONGEST_S, max(SHORTEST_S, SHARE * waited)))
        waited = time.monotonic() - start
