"""All-time figures of a user."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.kpis import USER_FEATURES
from glue_jobs.lib.plays.kpis.ranking import (
    most_played_number,
    most_played_packed,
    number_of_packed,
    ratio,
    sum_of_sums,
    sums_of_parts,
)
from glue_jobs.lib.plays.tracks import Tracks, beside


def build_user_features(user_tracks: DataFrame, active_days: DataFrame, tracks: Tracks) -> DataFrame:
    """One row per touched user.

    Args:
        user_tracks: `totals.move_user_tracks`, every track that a touched user ever played; partitioned by user, which
            saves every aggregation here a shuffle.
        active_days: user_id, active_days.
    """
    played = user_tracks.join(tracks.of("artists", "duration_ms", "genre"), on="track", how="inner")
    figures = (
        _figures(played)
        .join(beside(_artists(played)), on="user_id", how="left")
        .join(beside(active_days), on="user_id", how="left")
        .join(tracks.beside(F.col("track_id").alias("top_track_id")), on="track", how="inner")
        .join(beside(tracks.genres), on="genre", how="inner")
        .join(beside(tracks.artists), on="artist", how="left")
        .withColumns(
            {
                "total_listening_time_ms": F.expr("try_cast(total_ms AS bigint)"),
                "unique_artists": F.coalesce("unique_artists", F.lit(0).cast("bigint")),
                "plays_per_active_day": ratio(F.col("total_plays"), F.col("active_days")),
                "top_artist": F.col("artist_name"),
                "favourite_genre": F.col("track_genre"),
            }
        )
    )
    return figures.select(*USER_FEATURES.column_names)


def _figures(played: DataFrame) -> DataFrame:
    """Counted by genre first, so that favourite genres need no other pass over all tracks."""
    by_genre = played.groupBy("user_id", "genre").agg(
        F.sum("plays").alias("plays"),
        F.count("*").alias("tracks"),
        *sums_of_parts(F.col("duration_ms"), F.col("plays")),
        F.min("first_listen").alias("first_listen"),
        F.max("last_listen").alias("last_listen"),
        most_played_packed("track").alias("packed_track"),
    )
    return by_genre.groupBy("user_id").agg(
        F.sum("plays").alias("total_plays"),
        F.sum("tracks").alias("unique_tracks"),
        sum_of_sums().alias("total_ms"),
        F.min("first_listen").alias("first_listen"),
        F.max("last_listen").alias("last_listen"),
        number_of_packed(F.max("packed_track")).alias("track"),
        most_played_number("genre").alias("genre"),
    )


def _artists(played: DataFrame) -> DataFrame:
    by_artist = played.select("user_id", F.explode("artists").alias("artist"), "plays").groupBy("user_id", "artist")
    artists = by_artist.agg(F.sum("plays").alias("plays"))
    return artists.groupBy("user_id").agg(
        F.count("*").alias("unique_artists"), most_played_number("artist").alias("artist")
    )
