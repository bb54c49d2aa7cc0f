"""Figures of a day and its genres."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.kpis import DAILY_TOP_GENRES, DAILY_TOP_TRACKS, GENRE_DAILY_KPIS, TOP_GENRES, TOP_TRACKS
from glue_jobs.lib.plays.kpis.ranking import count_listeners, exact_sum, most_played, ratio, top
from glue_jobs.lib.plays.tracks import Tracks, beside
from glue_jobs.lib.rows.periods import day_of

DAY_AND_GENRE = ("listen_date", "genre")


def build_day_tracks(hour_tracks: DataFrame, tracks: Tracks) -> DataFrame:
    """Plays by date and track, with the track's genre (a number) and duration.

    Args:
        hour_tracks: hour, track, plays; of touched dates.

    Returns:
        listen_date, track, plays, genre, duration_ms.
    """
    days = hour_tracks.groupBy(day_of("hour").alias("listen_date"), "track").agg(F.sum("plays").alias("plays"))
    return days.join(tracks.beside("genre", "duration_ms"), on="track", how="inner")


def build_genre_daily_kpis(plays: DataFrame, day_tracks: DataFrame, tracks: Tracks) -> DataFrame:
    """One row per date and genre that has plays.

    Args:
        plays: user_id, genre, listen_time; all plays of touched dates.
        day_tracks: `build_day_tracks`.
    """
    listened = plays.select("user_id", "genre", day_of("listen_time").alias("listen_date"))
    listeners = count_listeners(listened, *DAY_AND_GENRE)
    genres = day_tracks.groupBy(*DAY_AND_GENRE).agg(
        F.sum("plays").alias("listen_count"),
        exact_sum(F.col("duration_ms"), F.col("plays")).alias("total_ms"),
    )
    day_plays = F.sum("listen_count").over(Window.partitionBy("listen_date"))
    figures = (
        genres.withColumn("day_plays", day_plays)
        .join(beside(listeners), on=list(DAY_AND_GENRE), how="inner")
        .join(beside(tracks.genres), on="genre", how="inner")
        .withColumns(
            {
                "total_listening_time_ms": F.expr("try_cast(total_ms AS bigint)"),
                "avg_listening_time_per_user_ms": ratio(F.col("total_ms"), F.col("unique_listeners")),
                "avg_track_duration_ms": ratio(F.col("total_ms"), F.col("listen_count")),
                "popularity_index": ratio(F.col("listen_count"), F.col("day_plays")),
            }
        )
    )
    return figures.select(*GENRE_DAILY_KPIS.column_names)


def build_daily_top_tracks(day_tracks: DataFrame, tracks: Tracks) -> DataFrame:
    """The three most played tracks of each date and genre (`build_day_tracks`)."""
    ranked = top(day_tracks, TOP_TRACKS, within=DAY_AND_GENRE, order=(most_played(), "track"))
    named = ranked.join(tracks.beside("track_id", "track_name", "track_genre"), on="track", how="inner")
    return named.withColumnRenamed("plays", "listen_count").select(*DAILY_TOP_TRACKS.column_names)


def build_daily_top_genres(day_tracks: DataFrame, tracks: Tracks) -> DataFrame:
    """The five most played genres of each date (`build_day_tracks`)."""
    genres = day_tracks.groupBy(*DAY_AND_GENRE).agg(F.sum("plays").alias("listen_count"))
    ranked = top(genres, TOP_GENRES, within=("listen_date",), order=(most_played("listen_count"), "genre"))
    named = ranked.join(beside(tracks.genres), on="genre", how="inner")
    return named.select(*DAILY_TOP_GENRES.column_names)
