"""Every table that load_streams publishes, as frames made from one classified copy of the plays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts import tables
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.plays import classify
from glue_jobs.lib.plays.kpis import daily, genre, hourly, totals, users

Frames = dict[Table, DataFrame]


@dataclass(frozen=True)
class Present:
    """What the warehouse held before the run, of at least the users with new plays."""

    user_tracks: DataFrame
    user_days: DataFrame
    active_days: DataFrame


def build_streams(new_plays: DataFrame, *, run_id: str, loaded_at: datetime) -> DataFrame:
    """Rows of `streams` for plays with source_file."""
    lineage = {"run_id": F.lit(run_id), "loaded_at": F.lit(loaded_at)}
    return new_plays.withColumns(lineage).select(*tables.STREAMS.column_names)


def build_pending(classified: DataFrame, *, first_seen: datetime) -> DataFrame:
    """Rows of `pending_streams`: plays that begin to wait now, and those that wait for another reason than before."""
    waiting = classified.where(F.col("verdict").isin(classify.PENDING, classify.RELABELLED))
    since = F.coalesce("first_seen", F.lit(first_seen))
    return waiting.withColumn("first_seen", since).select(*tables.PENDING_STREAMS.column_names)


def pending_keys(classified: DataFrame) -> DataFrame:
    """Keys of the waiting plays whose row in `pending_streams` goes or is replaced."""
    return classified.where(F.col("is_stored") & (F.col("verdict") != classify.EXISTING)).select(*classify.KEY)


def with_source_file(classified: DataFrame, names: DataFrame) -> DataFrame:
    """Fills source_file and adds file_key from `names` (file_id, source_file, file_key; one row a file)."""
    delivered = names.withColumnRenamed("source_file", "_delivered")
    joined = classified.join(F.broadcast(delivered), on="file_id", how="left")
    return joined.withColumn("source_file", F.coalesce("source_file", "_delivered")).drop("_delivered")


def plays_of_days(classified: DataFrame, *, days: Collection[date] | None) -> DataFrame:
    """All plays of the touched days, old and new.

    Args:
        classified: `plays.classify`.
        days: Those that new plays touch; None if everything in the frame counts as touched.

    Returns:
        user_id, track_id, listen_time, is_new, touches.
    """
    is_new = F.col("verdict") == classify.LOADED
    kept = classified.where(F.col("verdict").isin(classify.LOADED, classify.EXISTING))
    if days is not None:
        kept = kept.where(F.to_date("listen_time").isin(sorted(days)))
    touches = is_new if days is not None else F.lit(True)
    return kept.select(*classify.KEY, is_new.alias("is_new"), touches.alias("touches"))


def kpi_frames(every: DataFrame, tracks: DataFrame, present: Present, *, recomputes: bool) -> Frames:
    """All KPI and totals tables.

    Args:
        every: `plays_of_days`.
        tracks: track_id, artists, track_name, popularity, duration_ms, track_genre, plays (before the run).
        present: Totals before the run.
        recomputes: Whether all users of `present` count as touched.
    """
    new = every.where("is_new")
    hour_tracks = totals.build_hour_tracks(every).persist()
    day_tracks = daily.build_day_tracks(hour_tracks, tracks).persist()
    moved_tracks = totals.move_tracks(tracks, hour_tracks).persist()
    moved_users = totals.move_user_tracks(new, present.user_tracks).persist()
    touched_users = moved_users if recomputes else totals.of_moved_users(moved_users)
    active_days = totals.build_active_days(new, present.user_days, present.active_days)
    return {
        tables.HOURLY_KPIS: hourly.build_hourly_kpis(every, hour_tracks, tracks),
        tables.GENRE_DAILY_KPIS: daily.build_genre_daily_kpis(every, day_tracks, tracks),
        tables.DAILY_TOP_TRACKS: daily.build_daily_top_tracks(day_tracks),
        tables.DAILY_TOP_GENRES: daily.build_daily_top_genres(day_tracks),
        tables.USER_FEATURES: users.build_user_features(touched_users, active_days, tracks),
        tables.TRACK_TOTALS: totals.build_track_totals(moved_tracks),
        tables.USER_TRACK_TOTALS: totals.build_user_track_totals(moved_users),
        tables.USER_DAYS: totals.build_user_days(new, present.user_days),
        tables.GENRE_KPIS: genre.build_genre_kpis(moved_tracks),
    }
