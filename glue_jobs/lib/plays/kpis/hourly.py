"""Figures of an hour."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.kpis import HOURLY_KPIS
from glue_jobs.lib.plays.kpis.ranking import count_listeners, most_played_number, ratio
from glue_jobs.lib.plays.tracks import Tracks, beside
from glue_jobs.lib.rows.periods import hour_of


def build_hourly_kpis(plays: DataFrame, hour_tracks: DataFrame, tracks: Tracks) -> DataFrame:
    """One row per touched hour.

    Args:
        plays: user_id, listen_time; all plays of the touched hours.
        hour_tracks: hour, track, plays, touches.
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
    listeners = count_listeners(plays.select("user_id", hour_of("listen_time").alias("hour")), "hour")
    figures = (
        hours.join(beside(listeners), on="hour", how="left")
        .join(beside(_top_artists(hour_tracks, tracks)), on="hour", how="left")
        .withColumn("track_diversity_index", ratio(F.col("unique_tracks"), F.col("total_plays")))
    )
    return figures.select(*HOURLY_KPIS.column_names)


def _top_artists(hour_tracks: DataFrame, tracks: Tracks) -> DataFrame:
    played = hour_tracks.join(tracks.beside("artists"), on="track", how="inner")
    by_artist = played.select("hour", F.explode("artists").alias("artist"), "plays").groupBy("hour", "artist")
    best = (
        by_artist.agg(F.sum("plays").alias("plays")).groupBy("hour").agg(most_played_number("artist").alias("artist"))
    )
    return best.join(beside(tracks.artists), on="artist").select("hour", F.col("artist_name").alias("top_artist"))
