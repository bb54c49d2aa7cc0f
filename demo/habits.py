"""How people listen: at what times, and how uneven popularity is."""

from collections.abc import Sequence

HOUR_WEIGHTS = (3, 2, 1, 1, 1, 2, 4, 7, 8, 6, 5, 5, 6, 6, 5, 6, 8, 11, 15, 18, 19, 16, 11, 6)
"""Weights of the hours of a day."""

DAY_WEIGHTS = (10, 10, 11, 12, 15, 18, 15)
"""Weights of the days of a week, from Monday."""


def zipf_weights(count: int, exponent: float) -> Sequence[float]:
    """Cumulative Zipf weights of ranks 1..count."""
    total, weights = 0.0, []
    for rank in range(1, count + 1):
        total += 1.0 / rank**exponent
        weights.append(total)
    return weights
