"""All-time figures of a genre."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.kpis import GENRE_KPIS
from glue_jobs.lib.plays.kpis.ranking import exact_sum, most_played, ratio


def build_genre_kpis(tracks: DataFrame) -> DataFrame:
    """One row per genre that has plays.

    Args:
        tracks: track, track_id, track_name, duration_ms, track_genre, plays (all time).
    """
    genres = (
        tracks.where(F.col("plays") > 0)
        .groupBy("track_genre")
        .agg(
            F.sum("plays").alias("listen_count"),
            F.count("*").alias("unique_tracks"),
            exact_sum(F.col("duration_ms"), F.col("plays")).alias("total_ms"),
            F.min(F.struct(most_played().alias("order"), "track", "track_id", "track_name")).alias("top"),
        )
    )
    all_plays = F.sum("listen_count").over(Window.partitionBy(F.lit(0)))
    figures = genres.withColumn("all_plays", all_plays).select(
        "*",
        ratio(F.col("total_ms"), F.col("listen_count")).alias("avg_track_duration_ms"),
        ratio(F.col("listen_count"), F.col("all_plays")).alias("popularity_index"),
        "top.track_id",
        "top.track_name",
    )
    return figures.select(*GENRE_KPIS.column_names)
