"""All-time figures of a user."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.kpis import USER_FEATURES
from glue_jobs.lib.plays.kpis.ranking import best, exact_sum, most_played, most_popular, ratio, with_artist


def build_user_features(user_tracks: DataFrame, active_days: DataFrame, tracks: DataFrame) -> DataFrame:
    """One row per touched user.

    Args:
        user_tracks: user_track_totals of every track that a touched user ever played; partitioned by user, which
            saves every aggregation here a shuffle.
        active_days: user_id, active_days.
        tracks: track_id, artists, popularity, duration_ms, track_genre.
    """
    played = user_tracks.join(
        F.broadcast(tracks.select("track_id", "artists", "popularity", "duration_ms", "track_genre")),
        on="track_id",
        how="inner",
    )
    figures = (
        _figures(played)
        .join(_artists(played), on="user_id", how="left")
        .join(_genres(played), on="user_id", how="left")
        .join(active_days, on="user_id", how="left")
        .withColumns(
            {
                "total_listening_time_ms": F.expr("try_cast(total_ms AS bigint)"),
                "unique_artists": F.coalesce("unique_artists", F.lit(0).cast("bigint")),
                "plays_per_active_day": ratio(F.col("total_plays"), F.col("active_days")),
            }
        )
    )
    return figures.select(*USER_FEATURES.column_names)


def _figures(played: DataFrame) -> DataFrame:
    return played.groupBy("user_id").agg(
        F.sum("plays").alias("total_plays"),
        F.count("*").alias("unique_tracks"),
        exact_sum(F.col("duration_ms"), F.col("plays")).alias("total_ms"),
        F.min("first_listen").alias("first_listen"),
        F.max("last_listen").alias("last_listen"),
        best(most_played(), most_popular(), take="track_id").alias("top_track_id"),
    )


def _artists(played: DataFrame) -> DataFrame:
    artists = (
        with_artist(played.select("user_id", "plays", "artists"))
        .groupBy("user_id", "artist")
        .agg(F.sum("plays").alias("plays"))
    )
    return artists.groupBy("user_id").agg(
        F.count("*").alias("unique_artists"), best(most_played(), take="artist").alias("top_artist")
    )


def _genres(played: DataFrame) -> DataFrame:
    genres = played.groupBy("user_id", "track_genre").agg(F.sum("plays").alias("plays"))
    return genres.groupBy("user_id").agg(best(most_played(), take="track_genre").alias("favourite_genre"))
