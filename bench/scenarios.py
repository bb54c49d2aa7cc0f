"""The scenarios by name: which input, and who runs on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bench.shape import FIRST_DAY, Shape
from bench.songs import PUBLIC

ALL = ("engine", "pandas", "duckdb", "duckdb_plain", "plain_spark", "whole")
ENGINES = ("engine", "pandas", "duckdb")


@dataclass(frozen=True)
class Scenario:
    """One question.

    Attributes:
        about: What is loaded, for people; `{plays}` is filled in.
        contenders: Who runs if nobody else is asked for.
        changes: What differs from the ordinary shape of a first load.
        share: An increment's plays as a share of the history's, at most `most` plays; None is a first load.
        songs: Of the workflow `sparkify`, files of one song each; there are no plays then.
    """

    about: str
    contenders: Sequence[str] = ENGINES
    changes: dict[str, object] = field(default_factory=dict)
    share: float | None = None
    most: int = 1_000_000
    songs: int | None = None

    def first_load(self, plays: int) -> Shape:
        """The input of a first load; for an increment that of the history."""
        return Shape(plays=plays, **({} if self.share else self.changes))

    def increment(self, plays: int, number: int) -> Shape:
        """The input of the `number`-th increment (from 1) on a history of `plays`: each is a day later."""
        count = min(self.most, round(plays * self.share))
        day = FIRST_DAY + timedelta(days=Shape.days + number - 1)
        shape = Shape(plays=count, files=1, days=1, first_day=day, seed=Shape.seed + number)
        return replace(shape, **self.changes)


SCENARIOS = {
    "first": Scenario("a first load of {plays} plays in 20 files", ALL),
    "small_files": Scenario("a first load of {plays} plays in 10,000 files", changes={"files": 10_000}),
    "hot_hour": Scenario("a first load of {plays} plays, half of them in one hour", changes={"hot_share": 0.5}),
    "catalogue": Scenario("a first load of {plays} plays of 1,000,000 tracks", changes={"tracks": 1_000_000}),
    "increment_few_users": Scenario(
        "a new day of 2,000 users on a history of {plays} plays", ("whole",), {"active": 2_000}, 0.1, 100_000
    ),
    "increment_all_users": Scenario(
        "a new day of all 100,000 users on a history of {plays} plays", ("whole",), share=1.0
    ),
    "stragglers": Scenario(
        "a new day of all users, 1 % of it plays of the 30 days before, on a history of {plays} plays",
        ("whole",),
        {"late_share": 0.01},
        1.0,
    ),
    "sparkify": Scenario(
        "the public Sparkify set's shape: {plays} files of a song each, 30 logs",
        ("whole_sparkify",),
        songs=PUBLIC["songs"],
    ),
}
