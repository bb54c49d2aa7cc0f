"""Plays as the warehouse keeps them: rows of `streams` and `pending_streams`, made from one classified copy."""

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.contracts.music import PENDING_STREAMS, STREAMS
from glue_jobs.lib.plays import classify


def build_streams(new_plays: DataFrame) -> DataFrame:
    """Rows of `streams` for plays with source_file, as they are staged."""
    return new_plays.select(*(column.name for column in STREAMS.staged))


def build_pending(classified: DataFrame, *, first_seen: datetime) -> DataFrame:
    """Rows of `pending_streams`: plays that begin to wait now, and those that wait for another reason than before.

    Args:
        classified: With source_file and track_id.
        first_seen: Since when plays of this run's files wait.
    """
    waiting = classified.where(F.col("verdict").isin(Count.PENDING_AFTER, classify.RELABELLED))
    since = F.coalesce("first_seen", F.lit(first_seen))
    return waiting.withColumn("first_seen", since).select(*PENDING_STREAMS.column_names)


def pending_keys(classified: DataFrame) -> DataFrame:
    """Keys of the waiting plays (with track_id) whose row in `pending_streams` is deleted or replaced."""
    return classified.where(F.col("is_stored") & (F.col("verdict") != classify.EXISTING)).select(*classify.KEY)
