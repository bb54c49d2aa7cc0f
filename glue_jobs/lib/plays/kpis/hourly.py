"""Figures of an hour."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.kpis import HOURLY_KPIS
from glue_jobs.lib.plays.kpis.ranking import best, most_played, ratio, with_artist


def build_hourly_kpis(plays: DataFrame, hour_tracks: DataFrame, tracks: DataFrame) -> DataFrame:
    """One row per touched hour.

    Args:
        plays: user_id, listen_time; all plays of the touched hours.
        hour_tracks: hour, track_id, plays, touches.
        tracks: track_id, artists.
    """
    hours = (
        hour_tracks.groupBy("hour")
        .agg(
            F.sum("plays").alias("total_plays"),
            F.count("*").alias("unique_tracks"),
            F.max("touches").alias("touches"),
        )
        .where("touches")
    )
    listeners = plays.groupBy(F.date_trunc("hour", "listen_time").alias("hour")).agg(
        F.count_distinct("user_id").alias("unique_listeners")
    )
    figures = (
        hours.join(listeners, on="hour", how="left")
        .join(_top_artists(hour_tracks, tracks), on="hour", how="left")
        .withColumn("track_diversity_index", ratio(F.col("unique_tracks"), F.col("total_plays")))
    )
    return figures.select(*HOURLY_KPIS.column_names)


def _top_artists(hour_tracks: DataFrame, tracks: DataFrame) -> DataFrame:
    played = hour_tracks.select("hour", "track_id", "plays").join(
        tracks.select("track_id", "artists"), on="track_id", how="inner"
    )
    artists = with_artist(played).groupBy("hour", "artist").agg(F.sum("plays").alias("plays"))
    return artists.groupBy("hour").agg(best(most_played(), take="artist").alias("top_artist"))
