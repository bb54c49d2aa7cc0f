"""Tracks, genres and artists by number: narrower than their names in all that is sorted, shuffled and counted."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F


@dataclass(frozen=True)
class Tracks:
    """The catalogue with a number for each track, genre and artist. A smaller number wins a tie.

    Attributes:
        rows: track int, genre int, artists array<int> (each once), track_id, track_name, popularity, duration_ms,
            track_genre, plays (all time). Tracks are numbered by popularity, descending, then by track_id; the rows
            are partitioned by track.
        genres: genre, track_genre; numbered in the order of the names.
        artists: artist, artist_name; numbered in the order of the names.
        few_plays: Whether the run's plays are few enough to be shuffled for each join.
    """

    rows: DataFrame
    genres: DataFrame
    artists: DataFrame
    few_plays: bool

    def of(self, *columns: str | Column) -> DataFrame:
        """`track` and other columns of `rows`, for a join with plays: if they are many they stay where they are."""
        return self.beside(*columns) if self.few_plays else F.broadcast(self.rows.select("track", *columns))

    def beside(self, *columns: str | Column) -> DataFrame:
        """The same for a join with what is counted from plays: its rows go where those of their track are.

        Spark sends a broadcast frame out in a job of its own; this needs none.
        """
        return beside(self.rows.select("track", *columns))


def numbered(found: DataFrame, keep: Callable[[DataFrame], DataFrame], *, few_plays: bool) -> Tracks:
    """Numbers the catalogue.

    Args:
        found: The answer to `reads.tracks`.
        keep: Keeps the rows of a frame, so that all that is made of them has the same numbers.
        few_plays: See Tracks.
    """
    in_order = found.repartition(1).sortWithinPartitions(F.desc_nulls_last("popularity"), "track_id")
    by_genre = Window.partitionBy(F.lit(0)).orderBy("track_genre")
    numbers = {"track": F.monotonically_increasing_id().cast("int")}
    rows = keep(in_order.withColumns(numbers).withColumn("genre", F.dense_rank().over(by_genre) - 1))
    genres = keep(rows.select("genre", "track_genre").distinct())
    names = rows.select("track", F.explode(artist_names(F.col("artists"))).alias("artist_name"))
    artists = keep(_numbers(names.select("artist_name"), "artist", "artist_name"))
    by_track = names.join(beside(artists), on="artist_name").groupBy("track")
    of_tracks = by_track.agg(F.collect_list("artist").alias("artists"))
    every = rows.drop("artists").repartition("track").join(beside(of_tracks), on="track", how="left")
    return Tracks(keep(every), genres, artists, few_plays)


def beside(frame: DataFrame) -> DataFrame:
    """For a join in which the rows of both sides go where those of their key are, and this side's are looked up."""
    return frame.hint("shuffle_hash")


def with_track_id(plays: DataFrame, tracks: DataFrame) -> DataFrame:
    """Puts track_id in place of the number of the track (of `classify.classify`, or of plays of known tracks).

    Args:
        tracks: track, track_id.
    """
    named = plays.join(tracks, on="track", how="left")
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
