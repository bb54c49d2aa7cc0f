"""Builds every KPI table that a run publishes; `kpi_frames` lists them with what each is made from."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.contracts.kpis import (
    DAILY_TOP_GENRES,
    DAILY_TOP_TRACKS,
    GENRE_DAILY_KPIS,
    GENRE_KPIS,
    HOURLY_KPIS,
    TRACK_TOTALS,
    USER_DAYS,
    USER_FEATURES,
    USER_TRACK_TOTALS,
)
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.plays import classify, reads
from glue_jobs.lib.plays.kpis import daily, genre, hourly, totals, users
from glue_jobs.lib.plays.reads import PlayRun
from glue_jobs.lib.plays.tracks import Tracks
from glue_jobs.lib.rows.periods import day_of
from glue_jobs.lib.run.spans import Span

Frames = dict[Table, DataFrame]


@dataclass(frozen=True)
class Present:
    """The totals in the warehouse before the run, of at least the users with new plays."""

    user_tracks: DataFrame
    user_days: DataFrame
    active_days: DataFrame


def read_present(run: PlayRun, tracks: Tracks, keys: str, days: Sequence[Span]) -> Present:
    """The totals of the users in the subquery `keys`; `user_days` only for `days`."""
    stored = run.read(reads.user_tracks(keys, run.totals))
    return Present(
        user_tracks=stored.join(tracks.of("track_id"), on="track_id").drop("track_id"),
        user_days=run.read(reads.user_days(keys, days, run.totals)),
        active_days=run.read(reads.active_days(keys, run.totals)),
    )


def plays_of_days(classified: DataFrame, *, days: Collection[date] | None) -> DataFrame:
    """All plays of the touched days, old and new.

    Args:
        classified: `classify.classify`.
        days: The days that new plays touch; None if everything in the frame counts as touched.

    Returns:
        user_id, track, genre, listen_time, is_new, touches.
    """
    is_new = F.col("verdict") == Count.LOADED
    kept = classified.where(F.col("verdict").isin(Count.LOADED, classify.EXISTING))
    if days is not None:
        kept = kept.where(day_of("listen_time").isin(sorted(days)))
    touches = is_new if days is not None else F.lit(True)
    return kept.select("user_id", "track", "genre", "listen_time", is_new.alias("is_new"), touches.alias("touches"))


def kpi_frames(
    every: DataFrame,
    tracks: Tracks,
    present: Present | None,
    *,
    keep: Callable[[DataFrame], DataFrame],
    recomputes: bool,
) -> Frames:
    """The rows of all KPI and totals tables.

    Args:
        every: `plays_of_days`.
        tracks: With plays before the run.
        present: Totals before the run; None if there are none.
        keep: Keeps the rows of a frame for those made of it.
        recomputes: Whether all users of `present` count as touched.
    """
    new = every.where("is_new")
    hour_tracks = keep(totals.build_hour_tracks(every))
    day_tracks = keep(daily.build_day_tracks(hour_tracks, tracks))
    moved_tracks = keep(totals.move_tracks(tracks, hour_tracks))
    user_tracks = keep(totals.move_user_tracks(new, present.user_tracks if present else None))
    touched = user_tracks if recomputes or not present else totals.of_moved_users(user_tracks)
    user_days = keep(totals.move_user_days(new, present.user_days if present else None))
    active_days = totals.build_active_days(user_days, present.active_days if present else None)
    return {
        HOURLY_KPIS: hourly.build_hourly_kpis(every, hour_tracks, tracks),
        GENRE_DAILY_KPIS: daily.build_genre_daily_kpis(every, day_tracks, tracks),
        DAILY_TOP_TRACKS: daily.build_daily_top_tracks(day_tracks, tracks),
        DAILY_TOP_GENRES: daily.build_daily_top_genres(day_tracks, tracks),
        USER_FEATURES: users.build_user_features(touched, active_days, tracks),
        TRACK_TOTALS: totals.build_track_totals(moved_tracks),
        USER_TRACK_TOTALS: totals.build_user_track_totals(user_tracks, tracks),
        USER_DAYS: totals.build_user_days(user_days),
        GENRE_KPIS: genre.build_genre_kpis(moved_tracks),
    }
