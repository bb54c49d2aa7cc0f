"""Events of the app: which are new, and the users and times that follow from them. Pure functions over frames.

`events` always means a frame with the columns of EVENTS, one row per event without errors.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from glue_jobs.lib.contracts import sparkify as tables
from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.contracts.sparkify import SONG_PAGE
from glue_jobs.lib.sparkify.text_repair import raw_name

TEXT_FIELDS = ("artist", "song", "firstName", "lastName", "location")
"""Fields of log_data that people wrote, so they may have been encoded twice."""

EVENTS = {
    "page": "page",
    "start_time": "ts",
    "user_id": "userId",
    "session_id": "sessionId",
    "item_in_session": "itemInSession",
    "level": "level",
    "song_title": "song",
    "artist_name": "artist",
    "length_s": "length",
    "location": "location",
    "user_agent": "userAgent",
    "first_name": "firstName",
    "last_name": "lastName",
    "gender": "gender",
    "auth": "auth",
    "method": "method",
    "status": "status",
    "registered_at": "registration",
}
"""Columns of `events` and the fields they come from; file_id, event_id and raw texts are columns as well."""

ORDER = ("start_time", "level", "song_title", "artist_name", "length_s", "location", "user_agent")
"""Which of several versions of one event counts: the smallest by these and `repaired_from`, not the first to come."""

PLAY_TEXTS = {"song_title": "song", "artist_name": "artist", "location": "location"}
"""Columns of songplays that may have been repaired, and their fields."""

USER_VALUES = ("level", "first_name", "last_name", "gender")


def build_events(rows: DataFrame) -> DataFrame:
    """Makes `events` from checked and repaired rows of log_data."""
    named = [F.col(field).alias(name) for name, field in EVENTS.items()]
    user = F.coalesce(F.col("userId").cast("string"), F.lit(""))
    # Sessions are shared: a visitor who is not logged in is told apart by all that the event says.
    content = F.md5(F.to_json(F.struct(*named)))
    visitor = F.when(F.col("userId").isNull(), F.substring(content, 1, 16))
    event_id = F.concat_ws("-", user, "sessionId", "itemInSession", visitor).alias("event_id")
    return rows.select("file_id", event_id, *named, *(raw_name(field) for field in TEXT_FIELDS))


def judge(events: DataFrame, stored: DataFrame) -> DataFrame:
    """Adds `verdict`, `is_first` (no repeat within this run) and `replaced_time`.

    Args:
        events: Of this run.
        stored: Songplays of the warehouse with the ids of these events.

    Returns:
        The events. `replaced_time` is the start_time of the stored songplay that a loaded event replaces.
    """
    rank = F.struct(*ORDER, repaired_from(PLAY_TEXTS).alias("repaired_from"))
    first = Window.partitionBy("event_id", "page").orderBy(rank, "file_id")
    ranked = events.withColumn("is_first", F.row_number().over(first) == 1)
    known = stored.select(
        F.col("songplay_id").alias("event_id"),
        F.lit(SONG_PAGE).alias("page"),
        F.struct(*ORDER, "repaired_from").alias("_stored"),
    )
    joined = ranked.join(known, on=["event_id", "page"], how="left")
    is_stored = F.col("_stored").isNotNull() & (F.col("_stored") <= rank)
    verdict = F.when(~F.col("is_first"), Count.REPEATED).when(is_stored, Count.ALREADY_LOADED).otherwise(Count.LOADED)
    replaced = F.when(verdict == Count.LOADED, F.col("_stored.start_time")).alias("replaced_time")
    return joined.select(*ranked.columns, verdict.alias("verdict"), replaced)


def build_songplays(judged: DataFrame) -> DataFrame:
    """New songplays, before their song and artist are looked up."""
    new = judged.where(is_songplay() & (F.col("verdict") == Count.LOADED))
    return new.select(
        F.col("event_id").alias("songplay_id"),
        *("start_time", "user_id", "level", "session_id", "item_in_session", "location", "user_agent"),
        *("song_title", "artist_name", "length_s", "file_id"),
        repaired_from(PLAY_TEXTS).alias("repaired_from"),
        F.coalesce(raw_name("song"), "song_title").alias("raw_title"),
        F.coalesce(raw_name("artist"), "artist_name").alias("raw_artist"),
    )


def build_users(judged: DataFrame, stored: DataFrame) -> DataFrame:
    """Users whose latest play is among this run's, as of that play.

    Args:
        judged: `judge`; repeats in it change nothing.
        stored: The warehouse's rows of these users.
    """
    # `_is_stored` is last in the struct, so the warehouse's row stays if both have the same moment and content.
    moment = ("level_at", "level_session_id", "level_item_in_session")
    compared = (*moment, *USER_VALUES, "repaired_from")
    new = judged.where(is_songplay()).select(
        "user_id",
        F.col("start_time").alias("level_at"),
        F.col("session_id").alias("level_session_id"),
        F.col("item_in_session").alias("level_item_in_session"),
        *USER_VALUES,
        repaired_from({"first_name": "firstName", "last_name": "lastName"}).alias("repaired_from"),
        F.lit(False).alias("_is_stored"),
    )
    both = new.unionByName(stored.withColumn("_is_stored", F.lit(True)))
    latest = both.groupBy("user_id").agg(F.max(F.struct(*compared, "_is_stored")).alias("_latest"))
    changed = latest.where(~F.col("_latest._is_stored")).select("user_id", "_latest.*")
    return changed.select(*tables.USERS.column_names)


def build_time(moments: DataFrame) -> DataFrame:
    """Rows of `time` for distinct start_time; weeks follow ISO 8601, weekday is 0 (Sunday) to 6, as in Redshift."""
    at = F.col("start_time")
    return moments.select(
        at,
        F.hour(at).alias("hour"),
        F.dayofmonth(at).alias("day"),
        F.weekofyear(at).alias("week"),
        F.month(at).alias("month"),
        F.year(at).alias("year"),
        (F.dayofweek(at) - 1).alias("weekday"),
    )


def build_staging(judged: DataFrame) -> DataFrame:
    """Rows of `staging_events`.

    Args:
        judged: `judge`, with source_file.
    """
    fields = {field: field for field in TEXT_FIELDS}
    return (
        judged.where("is_first")
        .withColumn("repaired_from", repaired_from(fields))
        .select(*tables.STAGING_EVENTS.column_names)
    )


def is_songplay() -> Column:
    """Whether an event is a song that was played."""
    return F.col("page") == SONG_PAGE


def is_repaired(fields: tuple[str, ...] = TEXT_FIELDS) -> Column:
    """Whether any of the fields was repaired."""
    return F.coalesce(*(raw_name(field) for field in fields)).isNotNull()


def repaired_from(fields: dict[str, str]) -> Column:
    """JSON of the raw texts of repaired fields, by column name; NULL if none was repaired."""
    raw = F.to_json(F.struct(*(F.col(raw_name(field)).alias(name) for name, field in fields.items())))
    return F.when(F.coalesce(*(raw_name(field) for field in fields.values())).isNotNull(), raw)
