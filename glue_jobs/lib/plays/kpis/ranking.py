"""Ranking and exact sums, the same for all KPIs; every order is total, so no result depends on row order."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

NUMBER_BITS = 32
LARGEST_NUMBER = (1 << NUMBER_BITS) - 1
PART_BITS = 21
PARTS = ("_high", "_middle", "_low")


def most_played_number(number: str) -> Column:
    """Aggregate: the `number` (int, not negative) with the most `plays`, and of several the smallest.

    Both are packed into a whole number of 64 bits, as Spark sorts all rows to compare structs. So `plays` must be
    below 2^31, as plays of one user or of one day are.
    """
    return number_of_packed(most_played_packed(number))


def most_played_packed(number: str) -> Column:
    """Aggregate: the same with its `plays`, packed; the largest of several groups is that of all."""
    return F.max(F.shiftleft("plays", NUMBER_BITS) + (F.lit(LARGEST_NUMBER) - F.col(number)))


def number_of_packed(packed: Column) -> Column:
    """The number in a `most_played_packed`."""
    return (F.lit(LARGEST_NUMBER) - packed.bitwiseAND(F.lit(LARGEST_NUMBER))).cast("int")


def top(frame: DataFrame, count: int, *, within: Sequence[str], order: Sequence[Column | str]) -> DataFrame:
    """The first `count` rows of each group by `order`, a total order, with `rank` 1, 2, …"""
    rank = F.row_number().over(Window.partitionBy(*within).orderBy(*order))
    return frame.withColumn("rank", rank).where(F.col("rank") <= count)


def most_played(plays: str = "plays") -> Column:
    """Sort key: plays, descending."""
    return -F.col(plays)


def count_listeners(plays: DataFrame, *groups: str) -> DataFrame:
    """`unique_listeners` of each group; plays that are partitioned by user are not shuffled for it.

    Args:
        plays: user_id and the groups, nothing else.
        groups: Columns.
    """
    each_once = plays.select("user_id", *groups).distinct()
    return each_once.groupBy(*groups).agg(F.count("*").alias("unique_listeners"))


def exact_sum(value: Column, times: Column) -> Column:
    """Aggregate: the sum of value x times, exact beyond 64 bits.

    Decimals of such a width are objects, which makes them slow: the value is summed in three parts of 21 bits, and each
    sum is a whole number of 64 bits for up to 2^42 `times` in all.
    """
    return _joined(_sums(value, times))


def sums_of_parts(value: Column, times: Column) -> list[Column]:
    """Aggregates: the three sums of `exact_sum` as columns PARTS, for groups whose sums are added up later."""
    return [part.alias(name) for part, name in zip(_sums(value, times), PARTS, strict=True)]


def sum_of_sums() -> Column:
    """Aggregate: `exact_sum` over groups that have PARTS."""
    return _joined([F.sum(name) for name in PARTS])


def _sums(value: Column, times: Column) -> list[Column]:
    mask = F.lit((1 << PART_BITS) - 1)
    low, middle = value.bitwiseAND(mask), F.shiftright(value, PART_BITS).bitwiseAND(mask)
    return [F.sum(part * times) for part in (F.shiftright(value, 2 * PART_BITS), middle, low)]


def _joined(sums: Sequence[Column]) -> Column:
    high, middle, low = (part.cast("decimal(38,0)") for part in sums)
    return (high * F.lit(1 << 2 * PART_BITS) + middle * F.lit(1 << PART_BITS) + low).cast("decimal(38,0)")


def ratio(numerator: Column, denominator: Column) -> Column:
    """Quotient of two whole numbers, which are exact up to this division."""
    return numerator.cast("double") / denominator.cast("double")
