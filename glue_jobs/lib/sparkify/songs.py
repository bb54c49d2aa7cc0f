"""Songs and their artists: which are new or changed, and what follows for artists. Pure functions over frames."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from glue_jobs.lib.contracts import sparkify as tables
from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.sparkify.events import repaired_from

TEXT_FIELDS = ("title", "artist_name", "artist_location")
"""Fields of song_data that people wrote, so they may have been encoded twice."""

ATTRIBUTES = tuple(column.name for column in tables.SONG_ATTRIBUTES)


def build_songs(rows: DataFrame) -> DataFrame:
    """Makes songs from checked and repaired rows of song_data.

    Args:
        rows: See `delivery.Delivery.rows`, repaired; with turn, as the file with the highest turn was accepted last.

    Returns:
        file_id, turn, song_id, num_songs and ATTRIBUTES.
    """
    texts = {field: field for field in TEXT_FIELDS}
    shaped = rows.withColumns({"duration_s": F.col("duration"), "repaired_from": repaired_from(texts)})
    return shaped.select("file_id", "turn", "song_id", "num_songs", *ATTRIBUTES)


def judge(songs: DataFrame, stored: DataFrame) -> DataFrame:
    """Adds `verdict`, `is_last` and `is_replacing` (a loaded song replaces a stored one).

    Of a song delivered several times, the file accepted last counts.

    Args:
        songs: `build_songs`.
        stored: Songs of the warehouse with the ids of these.
    """
    last = Window.partitionBy("song_id").orderBy(F.desc("turn"), F.to_json(F.struct(*ATTRIBUTES)))
    ranked = songs.withColumn("is_last", F.row_number().over(last) == 1)
    known = stored.select("song_id", F.struct(*ATTRIBUTES).alias("_stored"))
    joined = ranked.join(known, on="song_id", how="left")
    is_same = F.col("_stored").isNotNull() & F.col("_stored").eqNullSafe(F.struct(*ATTRIBUTES))
    verdict = F.when(~F.col("is_last"), Count.REPEATED).when(is_same, Count.ALREADY_LOADED).otherwise(Count.LOADED)
    is_replacing = (verdict == Count.LOADED) & F.col("_stored").isNotNull()
    return joined.select(*ranked.columns, verdict.alias("verdict"), is_replacing.alias("is_replacing"))


def changed_songs(judged: DataFrame) -> DataFrame:
    """Songs that are new or changed: file_id, song_id, ATTRIBUTES."""
    return judged.where(F.col("verdict") == Count.LOADED).select("file_id", "song_id", *ATTRIBUTES)


def overlay(stored: DataFrame, changed: DataFrame) -> DataFrame:
    """Songs as they are after the run: song_id, ATTRIBUTES."""
    columns = ("song_id", *ATTRIBUTES)
    unchanged = stored.select(*columns).join(F.broadcast(changed.select("song_id")), on="song_id", how="left_anti")
    return unchanged.select(*columns).unionByName(changed.select(*columns))


def build_artists(known: DataFrame) -> DataFrame:
    """Artists as the smallest song_id names them.

    Args:
        known: `overlay` of all songs of these artists.
    """
    columns = {"name": "artist_name", "location": "artist_location"}
    columns |= {"latitude": "artist_latitude", "longitude": "artist_longitude"}
    named = F.struct("song_id", *(F.col(source).alias(name) for name, source in columns.items()))
    smallest = known.groupBy("artist_id").agg(F.min(named).alias("_smallest"))
    return smallest.select("artist_id", *(F.col(f"_smallest.{name}").alias(name) for name in columns))


def build_staging(judged: DataFrame) -> DataFrame:
    """Rows of `staging_songs`.

    Args:
        judged: `judge`, with source_file.
    """
    return judged.where("is_last").select(*tables.STAGING_SONGS.column_names)
