"""Finds the song of a songplay: the one with the same title, artist name and duration. Pure functions over frames."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts import sparkify as tables

TRIPLE = {"song_title": "title", "artist_name": "artist_name", "length_s": "duration_s"}
"""Columns of songplays, and of songs, that must be equal."""


def with_song(songplays: DataFrame, songs: DataFrame) -> DataFrame:
    """Adds song_id and artist_id, NULL where no song matches; of several songs the smallest song_id counts.

    Args:
        songplays: song_title, artist_name, length_s and others, without song_id and artist_id.
        songs: All songs that may match: song_id, artist_id, title, artist_name, duration_s.
    """
    renamed = [F.col(song).alias(play) for play, song in TRIPLE.items()]
    best = songs.select("song_id", "artist_id", *renamed).groupBy(*TRIPLE).agg(F.min(F.struct("song_id", "artist_id")))
    found = best.toDF(*TRIPLE, "_song")
    return songplays.join(found, on=list(TRIPLE), how="left").select(
        *songplays.columns, F.col("_song.song_id").alias("song_id"), F.col("_song.artist_id").alias("artist_id")
    )


def with_raw_match(songplays: DataFrame, songs: DataFrame) -> DataFrame:
    """Adds `matches_raw`: whether a song matches by the texts as they were delivered.

    Args:
        songplays: raw_title, raw_artist, length_s and others.
        songs: title, artist_name, duration_s, repaired_from.
    """
    raw = songs.select(
        *(F.coalesce(F.get_json_object("repaired_from", f"$.{name}"), name).alias(f"_{name}") for name in _TEXTS),
        F.col("duration_s").alias("_duration"),
        F.lit(True).alias("_matches"),
    ).distinct()
    on = [
        F.col("raw_title") == F.col("_title"),
        F.col("raw_artist") == F.col("_artist_name"),
        F.col("length_s") == F.col("_duration"),
    ]
    joined = songplays.join(raw, on=on, how="left")
    return joined.select(*songplays.columns, F.coalesce("_matches", F.lit(False)).alias("matches_raw"))


def rematched(stored: DataFrame, songs: DataFrame) -> DataFrame:
    """Songplays of the warehouse whose song has changed, with the new song.

    Args:
        stored: Rows of `songplays` that new, changed or former songs may match.
        songs: All songs that may match them, as after the run.
    """
    before = {"song_id": "_song_before", "artist_id": "_artist_before"}
    found = with_song(stored.withColumnsRenamed(before), songs)
    is_same = F.col("song_id").eqNullSafe(F.col("_song_before")) & F.col("artist_id").eqNullSafe(
        F.col("_artist_before")
    )
    return found.where(~is_same).select(*tables.SONGPLAYS.column_names)


_TEXTS = ("title", "artist_name")
