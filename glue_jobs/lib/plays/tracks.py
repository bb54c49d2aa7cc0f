"""Tracks, genres and artists by number: narrower than their names in all that is sorted, shuffled and counted."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


@dataclass(frozen=True)
class Tracks:
    """The catalogue with a number for each track, genre and artist. A smaller number wins a tie.

    Attributes:
        rows: track int, genre int, artists array<int> (each once), track_id, track_name, popularity, duration_ms,
            track_genre, plays (all time). Tracks are numbered by popularity, descending, then by track_id.
        genres: genre, track_genre; numbered in the order of the names.
        artists: artist, artist_name; numbered in the order of the names.
    """

    rows: DataFrame
    genres: DataFrame
    artists: DataFrame

    def of(self, *columns: str | Column) -> DataFrame:
        """`track` and other columns of `rows`, for a join."""
        return F.broadcast(self.rows.select("track", *columns))


def numbered(found: DataFrame, keep: Callable[[DataFrame], DataFrame]) -> Tracks:
    """Numbers the catalogue.

    Args:
        found: The answer to `reads.tracks`.
        keep: Keeps the rows of a frame, so that all that is made of them has the same numbers.
    """
    in_order = found.repartition(1).sortWithinPartitions(F.desc_nulls_last("popularity"), "track_id")
    rows = keep(in_order.withColumn("track", F.monotonically_increasing_id().cast("int")))
    genres = keep(_numbers(rows.select("track_genre"), "genre", "track_genre"))
    names = rows.select("track", F.explode(artist_names(F.col("artists"))).alias("artist_name"))
    artists = keep(_numbers(names.select("artist_name"), "artist", "artist_name"))
    by_track = names.join(F.broadcast(artists), on="artist_name").groupBy("track")
    of_tracks = by_track.agg(F.collect_list("artist").alias("artists"))
    every = rows.drop("artists").join(F.broadcast(genres), on="track_genre").join(of_tracks, on="track", how="left")
    return Tracks(keep(every), genres, artists)


def with_track_id(plays: DataFrame, tracks: Tracks) -> DataFrame:
    """Puts track_id in place of the number of the track (of `classify.classify`, or of plays of known tracks)."""
    named = plays.join(tracks.of("track_id"), on="track", how="left")
    track_id = F.coalesce("track_id", "unknown_track_id") if "unknown_track_id" in plays.columns else F.col("track_id")
    return named.withColumn("track_id", track_id).drop("track", "unknown_track_id")


def artist_names(artists: Column) -> Column:
    """The distinct trimmed names in a `;`-separated text; an empty array when there are none."""
    names = F.transform(F.split(artists, ";"), lambda name: F.trim(name))
    distinct = F.array_distinct(F.filter(names, lambda name: name != ""))
    return F.coalesce(distinct, F.array().cast("array<string>"))


def _numbers(names: DataFrame, number: str, name: str) -> DataFrame:
    """Each name once, with its place in the order of the names."""
    in_order = names.distinct().repartition(1).sortWithinPartitions(name)
    return in_order.select(F.monotonically_increasing_id().cast("int").alias(number), name)
