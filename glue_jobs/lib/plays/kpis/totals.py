"""Small all-time totals that runs update instead of counting all history again; staged as absolute values."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.kpis import TRACK_TOTALS, USER_DAYS, USER_TRACK_TOTALS
from glue_jobs.lib.plays.tracks import Tracks, beside, with_track_id
from glue_jobs.lib.rows.periods import day_of, hour_of


def build_hour_tracks(plays: DataFrame) -> DataFrame:
    """Plays counted by hour and track, from which all hourly, daily and track figures are made.

    Args:
        plays: user_id, track, listen_time, is_new, touches.

    Returns:
        hour, track, plays, new_plays, touches; partitioned by track.
    """
    counted = plays.groupBy(hour_of("listen_time").alias("hour"), "track").agg(
        F.count("*").alias("plays"),
        F.sum(F.col("is_new").cast("bigint")).alias("new_plays"),
        F.max("touches").alias("touches"),
    )
    return counted.repartition("track")


def move_tracks(tracks: Tracks, hour_tracks: DataFrame) -> DataFrame:
    """The rows of `tracks` with the new plays added to `plays`, and `is_moved`: whether there were any."""
    new = hour_tracks.where(F.col("new_plays") > 0).groupBy("track").agg(F.sum("new_plays").alias("new_plays"))
    moved = tracks.rows.join(beside(new), on="track", how="left")
    return moved.select(
        *(name for name in tracks.rows.columns if name != "plays"),
        (F.col("plays") + F.coalesce("new_plays", F.lit(0))).alias("plays"),
        F.col("new_plays").isNotNull().alias("is_moved"),
    )


def build_track_totals(moved: DataFrame) -> DataFrame:
    """One row per track that has new plays (`move_tracks`), in the order of the table's contract."""
    return moved.where("is_moved").select(*TRACK_TOTALS.column_names)


def move_user_tracks(new_plays: DataFrame, present: DataFrame | None) -> DataFrame:
    """All-time totals of every track of every user who has new plays.

    Args:
        new_plays: user_id, track, listen_time.
        present: user_id, track, plays, first_listen, last_listen before the run, of at least those users; None if
            nobody had any.

    Returns:
        The columns of `present` and `is_moved`: whether the user has new plays of that track; partitioned by user.
    """
    new = new_plays.groupBy("user_id", "track").agg(
        F.count("*").alias("plays"),
        F.min("listen_time").alias("first_listen"),
        F.max("listen_time").alias("last_listen"),
        F.lit(True).alias("is_moved"),
    )
    if present is None:
        return new
    both = new.unionByName(present.withColumn("is_moved", F.lit(False)))
    return (
        both.repartition("user_id")
        .groupBy("user_id", "track")
        .agg(
            F.sum("plays").alias("plays"),
            F.min("first_listen").alias("first_listen"),
            F.max("last_listen").alias("last_listen"),
            F.max("is_moved").alias("is_moved"),
        )
    )


def of_moved_users(moved: DataFrame) -> DataFrame:
    """Rows of `move_user_tracks` of users who have new plays."""
    any_moved = F.max("is_moved").over(Window.partitionBy("user_id"))
    return moved.withColumn("_any_moved", any_moved).where("_any_moved").drop("_any_moved")


def build_user_track_totals(moved: DataFrame, tracks: Tracks) -> DataFrame:
    """One row per user and track with new plays (`move_user_tracks`)."""
    return with_track_id(moved.where("is_moved"), tracks.of("track_id")).select(*USER_TRACK_TOTALS.column_names)


def move_user_days(new_plays: DataFrame, present: DataFrame | None) -> DataFrame:
    """Plays of every user and day with new plays, and of days before the run.

    Args:
        new_plays: user_id, listen_time.
        present: user_days of at least the users and days that have new plays; None if there are none.

    Returns:
        user_id, listen_date, plays, is_moved (whether there are new plays), is_added (whether there were none before).
    """
    new = new_plays.groupBy("user_id", day_of("listen_time").alias("listen_date")).agg(
        F.count("*").alias("plays"), F.lit(True).alias("is_moved"), F.lit(True).alias("is_added")
    )
    if present is None:
        return new
    old = present.select(
        "user_id", "listen_date", "plays", *(F.lit(False).alias(name) for name in ("is_moved", "is_added"))
    )
    return (
        new.unionByName(old)
        .groupBy("user_id", "listen_date")
        .agg(
            F.sum("plays").alias("plays"),
            F.max("is_moved").alias("is_moved"),
            F.min("is_added").alias("is_added"),
        )
    )


def build_user_days(days: DataFrame) -> DataFrame:
    """One row per user and day with new plays (`move_user_days`)."""
    return days.where("is_moved").select(*USER_DAYS.column_names)


def build_active_days(days: DataFrame, counts: DataFrame | None) -> DataFrame:
    """The number of days on which each user with new plays, or with an earlier count, has played.

    Args:
        days: `move_user_days`.
        counts: user_id, active_days before this run; None if there are none.

    Returns:
        user_id, active_days.
    """
    added = days.where("is_added").groupBy("user_id").agg(F.count("*").alias("active_days"))
    if counts is None:
        return added
    return added.unionByName(counts).groupBy("user_id").agg(F.sum("active_days").alias("active_days"))
