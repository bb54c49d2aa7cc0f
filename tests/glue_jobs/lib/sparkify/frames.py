"""Frames for the tests of the star schema: a full record, and what a row changes in it."""

from datetime import UTC, datetime, timedelta

from glue_jobs.lib.contracts import sparkify as tables
from glue_jobs.lib.rows.small_frames import frame_of
from glue_jobs.lib.sparkify import events
from glue_jobs.lib.sparkify.text_repair import raw_name

EVENTS_SCHEMA = (
    "file_id int, event_id string, page string, start_time timestamp, user_id bigint, session_id bigint, "
    "item_in_session int, level string, song_title string, artist_name string, length_s double, location string, "
    "user_agent string, first_name string, last_name string, gender string, auth string, method string, status int, "
    "registered_at timestamp, " + ", ".join(f"{raw_name(field)} string" for field in events.TEXT_FIELDS)
)
NOON = datetime(2018, 11, 1, 12, tzinfo=UTC)
EVENT = {
    **{"file_id": 0, "page": "NextSong", "start_time": NOON, "user_id": 7, "session_id": 38, "item_in_session": 3},
    **{"level": "free", "song_title": "Sun", "artist_name": "Ann", "length_s": 100.5, "location": "Oslo"},
    **{"user_agent": "Mozilla", "first_name": "Bo", "last_name": "Lee", "gender": "F", "auth": "Logged In"},
    **{"method": "PUT", "status": 200, "registered_at": NOON - timedelta(days=9)},
}
SONGPLAY = {name: EVENT[name] for name in tables.SONGPLAYS.column_names if name in EVENT}
USER = {
    **{"user_id": 7, "first_name": "Bo", "last_name": "Lee", "gender": "F", "level": "free", "level_at": NOON},
    **{"level_session_id": 38, "level_item_in_session": 3},
}
SONG = {
    **{"song_id": "SO1", "title": "Sun", "artist_id": "AR1", "artist_name": "Ann", "artist_location": "Oslo"},
    **{"artist_latitude": 59.9, "artist_longitude": -10.75, "year": 0, "duration_s": 100.5},
}


def seconds(count):
    """The time `count` seconds after NOON."""
    return NOON + timedelta(seconds=count)


def events_of(spark, *changes):
    """`events`, one for each of `changes`."""
    rows = [EVENT | change for change in changes]
    ids = [f"{row['user_id'] or ''}-{row['session_id']}-{row['item_in_session']}" for row in rows]
    rows = [{"event_id": event_id} | row for event_id, row in zip(ids, rows, strict=True)]
    return _frame(spark, EVENTS_SCHEMA, rows)


def songplays_of(spark, *changes):
    """Rows of `songplays`."""
    rows = [{"songplay_id": "7-38-3"} | SONGPLAY | change for change in changes]
    return _frame(spark, tables.SONGPLAYS.spark_schema, rows)


def users_of(spark, *changes):
    """Rows of `users`."""
    return _frame(spark, tables.USERS.spark_schema, [USER | change for change in changes])


def songs_of(spark, *changes, extra=""):
    """Rows of `songs`; `extra` columns before them."""
    return _frame(spark, extra + tables.SONGS.spark_schema, [SONG | change for change in changes])


def _frame(spark, schema, rows):
    names = [part.split()[0].strip("`") for part in schema.split(",")]
    return frame_of(spark, [[row.get(name) for name in names] for row in rows], schema)
