"""Figures of a day and its genres."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.kpis import DAILY_TOP_GENRES, DAILY_TOP_TRACKS, GENRE_DAILY_KPIS, TOP_GENRES, TOP_TRACKS
from glue_jobs.lib.plays.kpis.ranking import exact_sum, most_played, most_popular, ratio, top

DAY_AND_GENRE = ("listen_date", "track_genre")


def build_day_tracks(hour_tracks: DataFrame, tracks: DataFrame) -> DataFrame:
    """Plays by date and track, with the columns of the track that the daily figures need.

    Args:
        hour_tracks: hour, track_id, plays; of touched dates.
        tracks: track_id, track_name, popularity, duration_ms, track_genre.

    Returns:
        listen_date, track_id, plays, track_name, popularity, duration_ms, track_genre.
    """
    days = hour_tracks.groupBy(F.to_date("hour").alias("listen_date"), "track_id").agg(F.sum("plays").alias("plays"))
    facts = tracks.select("track_id", "track_name", "popularity", "duration_ms", "track_genre")
    return days.join(facts, on="track_id", how="inner")


def build_genre_daily_kpis(plays: DataFrame, day_tracks: DataFrame, tracks: DataFrame) -> DataFrame:
    """One row per date and genre that has plays.

    Args:
        plays: user_id, track_id, listen_time; all plays of touched dates.
        day_tracks: `build_day_tracks`.
        tracks: track_id, track_genre.
    """
    listeners = (
        plays.select("user_id", "track_id", F.to_date("listen_time").alias("listen_date"))
        .join(tracks.select("track_id", "track_genre"), on="track_id", how="inner")
        .groupBy(*DAY_AND_GENRE)
        .agg(F.count_distinct("user_id").alias("unique_listeners"))
    )
    genres = day_tracks.groupBy(*DAY_AND_GENRE).agg(
        F.sum("plays").alias("listen_count"),
        exact_sum(F.col("duration_ms"), F.col("plays")).alias("total_ms"),
    )
    day_plays = F.sum("listen_count").over(Window.partitionBy("listen_date"))
    figures = (
        genres.withColumn("day_plays", day_plays)
        .join(listeners, on=list(DAY_AND_GENRE), how="inner")
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


def build_daily_top_tracks(day_tracks: DataFrame) -> DataFrame:
    """The three most played tracks of each date and genre (`build_day_tracks`)."""
    order = (most_played(), most_popular(), "track_id")
    ranked = top(day_tracks, TOP_TRACKS, within=DAY_AND_GENRE, order=order)
    return ranked.withColumnRenamed("plays", "listen_count").select(*DAILY_TOP_TRACKS.column_names)


def build_daily_top_genres(day_tracks: DataFrame) -> DataFrame:
    """The five most played genres of each date (`build_day_tracks`)."""
    genres = day_tracks.groupBy(*DAY_AND_GENRE).agg(F.sum("plays").alias("listen_count"))
    ranked = top(genres, TOP_GENRES, within=("listen_date",), order=(most_played("listen_count"), "track_genre"))
    return ranked.select(*DAILY_TOP_GENRES.column_names)
