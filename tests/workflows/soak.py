"""What the parts of `make soak` share: the time that each has, the seed, what they print."""

import os
import random
import time
from collections.abc import Iterator

import pytest

MINUTES, SEED = "SOAK_MINUTES", "SOAK_SEED"
PARTS = 4
"""The campaigns of two workflows and the two parts of the crash matrix have equal parts of the time."""

is_on = MINUTES in os.environ
only = pytest.mark.skipif(not is_on, reason="`make soak` runs it")


def seed() -> int:
    """The seed that was asked for, otherwise a random one."""
    return int(os.environ.get(SEED) or random.SystemRandom().randrange(1_000_000))


def rounds() -> Iterator[int]:
    """Numbers from the seed on, as long as this part has time."""
    end = time.monotonic() + 60 * float(os.environ[MINUTES]) / PARTS
    number = seed()
    while time.monotonic() < end:
        yield number
        number += 1


def say(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Prints while the test runs."""
    with capsys.disabled():
        print(text, flush=True)  # noqa: T201
