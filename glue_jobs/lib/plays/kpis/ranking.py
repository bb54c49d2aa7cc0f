"""Ranking and exact sums, the same for all KPIs; every order is total, so no result depends on row order."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

UNKNOWN_POPULARITY = 1 << 40


def best(*order: Column, take: str) -> Column:
    """Aggregate: `take` of the row that is first by `order` (ascending, then `take` itself; none of them NULL)."""
    names = [f"o{index}" for index in range(len(order))]
    first = F.min(F.struct(*(column.alias(name) for name, column in zip(names, order, strict=True)), F.col(take)))
    return first.getField(take)


def top(frame: DataFrame, count: int, *, within: Sequence[str], order: Sequence[Column | str]) -> DataFrame:
    """The first `count` rows of each group by `order`, a total order, with `rank` 1, 2, …"""
    rank = F.row_number().over(Window.partitionBy(*within).orderBy(*order))
    return frame.withColumn("rank", rank).where(F.col("rank") <= count)


def most_played(plays: str = "plays") -> Column:
    """Sort key: plays, descending."""
    return -F.col(plays)


def most_popular() -> Column:
    """Sort key: Spotify's popularity, descending, NULL last."""
    return F.coalesce(-F.col("popularity").cast("bigint"), F.lit(UNKNOWN_POPULARITY))


def artist_names(artists: Column) -> Column:
    """The distinct trimmed names in a `;`-separated text; an empty array when there are none."""
    names = F.transform(F.split(artists, ";"), lambda name: F.trim(name))
    distinct = F.array_distinct(F.filter(names, lambda name: name != ""))
    return F.coalesce(distinct, F.array().cast("array<string>"))


def with_artist(frame: DataFrame) -> DataFrame:
    """One row per artist instead of `artists`; a row without artists disappears."""
    others = [name for name in frame.columns if name != "artists"]
    return frame.select(*others, F.explode(artist_names(F.col("artists"))).alias("artist"))


def exact_sum(value: Column, times: Column) -> Column:
    """Aggregate: the sum of value x times, exact beyond 64 bits."""
    return F.sum(value.cast("decimal(19,0)") * times.cast("decimal(19,0)"))


def ratio(numerator: Column, denominator: Column) -> Column:
    """Quotient of two whole numbers, which are exact up to this division."""
    return numerator.cast("double") / denominator.cast("double")
