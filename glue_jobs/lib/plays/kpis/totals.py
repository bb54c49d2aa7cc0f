"""Small all-time totals that runs update instead of counting all history again; staged as absolute values."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.kpis import TRACK_TOTALS, USER_DAYS, USER_TRACK_TOTALS


def build_hour_tracks(plays: DataFrame) -> DataFrame:
    """Plays counted by hour and track, from which all hourly, daily and track figures are made.

    Args:
        plays: user_id, track_id, listen_time, is_new, touches.

    Returns:
        hour, track_id, plays, new_plays, touches.
    """
    return plays.groupBy(F.date_trunc("hour", "listen_time").alias("hour"), "track_id").agg(
        F.count("*").alias("plays"),
        F.sum(F.col("is_new").cast("bigint")).alias("new_plays"),
        F.max("touches").alias("touches"),
    )


def move_tracks(tracks: DataFrame, hour_tracks: DataFrame) -> DataFrame:
    """`tracks` with the new plays added to `plays`, and `is_moved`: whether there were any."""
    new = (
        hour_tracks.where(F.col("new_plays") > 0)
        .groupBy("track_id")
        .agg(F.sum("new_plays").alias("new_plays"))
        .hint("broadcast")
    )
    moved = tracks.join(new, on="track_id", how="left")
    return moved.select(
        *(name for name in tracks.columns if name != "plays"),
        (F.col("plays") + F.coalesce("new_plays", F.lit(0))).alias("plays"),
        F.col("new_plays").isNotNull().alias("is_moved"),
    )


def build_track_totals(moved: DataFrame) -> DataFrame:
    """One row per track that has new plays (`move_tracks`), in the order of the table's contract."""
    return moved.where("is_moved").select(*TRACK_TOTALS.column_names)


def move_user_tracks(new_plays: DataFrame, present: DataFrame) -> DataFrame:
    """All-time totals of every track of every user who has new plays.

    Args:
        new_plays: user_id, track_id, listen_time.
        present: user_track_totals of at least those users.

    Returns:
        The table's columns and `is_moved`: whether the user has new plays of that track; partitioned by user.
    """
    counted = new_plays.select("user_id", "track_id", F.lit(1).cast("bigint").alias("plays"), "listen_time")
    parts = counted.select(
        *("user_id", "track_id", "plays"),
        F.col("listen_time").alias("first_listen"),
        F.col("listen_time").alias("last_listen"),
        F.lit(True).alias("is_moved"),
    ).unionByName(present.withColumn("is_moved", F.lit(False)))
    totals = (
        parts.repartition("user_id")
        .groupBy("user_id", "track_id")
        .agg(
            F.sum("plays").alias("plays"),
            F.min("first_listen").alias("first_listen"),
            F.max("last_listen").alias("last_listen"),
            F.max("is_moved").alias("is_moved"),
        )
    )
    return totals


def of_moved_users(moved: DataFrame) -> DataFrame:
    """Rows of `move_user_tracks` of users who have new plays."""
    any_moved = F.max("is_moved").over(Window.partitionBy("user_id"))
    return moved.withColumn("_any_moved", any_moved).where("_any_moved").drop("_any_moved")


def build_user_track_totals(moved: DataFrame) -> DataFrame:
    """One row per user and track with new plays (`move_user_tracks`)."""
    return moved.where("is_moved").select(*USER_TRACK_TOTALS.column_names)


def build_user_days(new_plays: DataFrame, present: DataFrame) -> DataFrame:
    """One row per user and day with new plays.

    Args:
        new_plays: user_id, listen_time.
        present: user_days of at least the users and days that have new plays.
    """
    parts = new_plays.select(
        "user_id",
        F.to_date("listen_time").alias("listen_date"),
        F.lit(1).cast("bigint").alias("plays"),
        F.lit(True).alias("is_moved"),
    ).unionByName(present.select("user_id", "listen_date", "plays", F.lit(False).alias("is_moved")))
    totals = parts.groupBy("user_id", "listen_date").agg(
        F.sum("plays").alias("plays"), F.max("is_moved").alias("is_moved")
    )
    return totals.where("is_moved").select(*USER_DAYS.column_names)


def build_active_days(new_plays: DataFrame, present: DataFrame, counts: DataFrame) -> DataFrame:
    """The number of days on which each user with new plays, or with an earlier count, has played.

    Args:
        new_plays: user_id, listen_time.
        present: user_days of at least the users and days that have new plays.
        counts: user_id, active_days before this run.

    Returns:
        user_id, active_days.
    """
    days = new_plays.select("user_id", F.to_date("listen_time").alias("listen_date")).distinct()
    added = days.join(present.select("user_id", "listen_date"), on=["user_id", "listen_date"], how="left_anti")
    parts = added.select("user_id", F.lit(1).cast("bigint").alias("active_days")).unionByName(counts)
    return parts.groupBy("user_id").agg(F.sum("active_days").alias("active_days"))
