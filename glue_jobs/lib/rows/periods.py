"""The day and the hour of a time, in UTC; Spark's `to_date` and `date_trunc` ask Java's calendar for each row."""

from pyspark.sql import Column
from pyspark.sql import functions as F

HOUR_S, DAY_S = 3600, 86_400


def day_of(time: str) -> Column:
    """The date of a timestamp column, as `to_date` has it in a session in UTC; NULL of NULL."""
    return F.date_from_unix_date(F.floor(F.unix_seconds(F.col(time)) / DAY_S).cast("int"))


def hour_of(time: str) -> Column:
    """The timestamp at which the hour of a timestamp column begins, as `date_trunc` has it; NULL of NULL."""
    return F.timestamp_seconds(F.floor(F.unix_seconds(F.col(time)) / HOUR_S) * HOUR_S)
