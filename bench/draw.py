"""Draws plays: who played what when, skewed as among people."""

from dataclasses import dataclass

import numpy as np

from bench.shape import Shape
from demo.habits import DAY_WEIGHTS, HOUR_WEIGHTS

USER_SKEW, TRACK_SKEW = 0.45, 0.9
HOUR_S, DAY_S = 3600, 86_400
HOT_DAY, HOT_HOUR = 0.5, 20
DAYS_BEFORE = 30


@dataclass(frozen=True)
class Plays:
    """Plays in order of time: user_id, number of the track, second since 1970 (UTC)."""

    user: np.ndarray
    track: np.ndarray
    second: np.ndarray

    def __getitem__(self, part: slice) -> "Plays":
        return Plays(self.user[part], self.track[part], self.second[part])


def zipf(pick: np.random.Generator, count: int, ranks: int, exponent: float) -> np.ndarray:
    """`count` numbers from 0 to `ranks` - 1; number n is drawn in proportion to 1 / (n + 1) ** exponent."""
    weights = np.cumsum(1.0 / np.arange(1, ranks + 1) ** exponent)
    return np.searchsorted(weights, pick.random(count) * weights[-1]).astype("int32")


def draw_plays(shape: Shape, pick: np.random.Generator) -> Plays:
    """The plays of a shape. Rank and number of a user or track have nothing to do with each other."""
    users = pick.permutation(shape.users)[: shape.active or shape.users]
    tracks = pick.permutation(shape.tracks)
    return Plays(
        user=users[zipf(pick, shape.plays, len(users), USER_SKEW)].astype("int64") + 1,
        track=tracks[zipf(pick, shape.plays, len(tracks), TRACK_SKEW)].astype("int32"),
        second=np.sort(_seconds(shape, pick)),
    )


def _seconds(shape: Shape, pick: np.random.Generator) -> np.ndarray:
    start = int(np.datetime64(shape.first_day, "s").astype("int64"))
    weights = np.array([DAY_WEIGHTS[(shape.first_day.weekday() + day) % 7] for day in range(shape.days)], "float64")
    days = pick.choice(shape.days, shape.plays, p=weights / weights.sum())
    hours = pick.choice(24, shape.plays, p=np.array(HOUR_WEIGHTS) / sum(HOUR_WEIGHTS))
    seconds = start + days * DAY_S + hours * HOUR_S + pick.integers(0, HOUR_S, shape.plays)
    hot = pick.random(shape.plays) < shape.hot_share
    hot_start = start + int(shape.days * HOT_DAY) * DAY_S + HOT_HOUR * HOUR_S
    seconds[hot] = hot_start + pick.integers(0, HOUR_S, int(hot.sum()))
    late = pick.random(shape.plays) < shape.late_share
    seconds[late] -= pick.integers(1, DAYS_BEFORE + 1, int(late.sum())) * DAY_S
    return seconds
