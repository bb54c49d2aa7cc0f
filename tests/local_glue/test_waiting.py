"""Waiting asks often at first and seldom later, and ends when the time is up."""

import pytest

from local_glue import waiting


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(waiting, "time", made)
    return made


def describe_pauses():
    def it_asks_at_once(clock):
        next(waiting.pauses())
        assert clock.slept == []

    def they_grow_with_the_wait_up_to_a_limit(clock):
        asked = waiting.pauses()
        while clock.now < 20:
            next(asked)
        assert clock.slept == sorted(clock.slept)
        assert (clock.slept[0], clock.slept[-1]) == (waiting.SHORTEST_S, waiting.LONGEST_S)
        assert len(clock.slept) < 150, "a quarter of a second at most, and often only at the beginning"

    def they_end_when_the_time_is_up(clock):
        assert sum(1 for _ in waiting.pauses(1.0)) > 10
        assert 1.0 <= clock.now < 1.0 + waiting.LONGEST_S

    def without_a_limit_they_do_not_end(clock):
        asked = waiting.pauses()
        for _ in range(10_000):
            next(asked)
        assert clock.now > 2_000
