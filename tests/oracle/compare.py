"""Compares whole warehouse tables, key by key, and shows differences in readable form."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from oracle.reading import AUDIO
from oracle.recompute import Expected

Row = tuple[Any, ...]

TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "users": (("user_id",), ("user_name", "user_age", "user_country", "created_at")),
    "songs": (
        ("track_id",),
        (
            *("id", "artists", "album_name", "track_name", "popularity", "duration_ms", "explicit", "track_genre"),
            *AUDIO,
        ),
    ),
    "streams": (("user_id", "track_id", "listen_time"), ()),
    "pending_streams": (("user_id", "track_id", "listen_time"), ("reason",)),
    "track_totals": (("track_id",), ("plays",)),
    "user_track_totals": (("user_id", "track_id"), ("plays", "first_listen", "last_listen")),
    "user_days": (("user_id", "listen_date"), ("plays",)),
    "genre_kpis": (
        ("track_genre",),
        ("listen_count", "unique_tracks", "avg_track_duration_ms", "popularity_index", "track_id", "track_name"),
    ),
    "hourly_kpis": (
        ("hour",),
        ("unique_listeners", "total_plays", "unique_tracks", "top_artist", "track_diversity_index"),
    ),
    "genre_daily_kpis": (
        ("listen_date", "track_genre"),
        (
            *("listen_count", "unique_listeners", "total_listening_time_ms", "avg_listening_time_per_user_ms"),
            *("avg_track_duration_ms", "popularity_index"),
        ),
    ),
    "daily_top_tracks": (("listen_date", "track_genre", "rank"), ("track_id", "track_name", "listen_count")),
    "daily_top_genres": (("listen_date", "rank"), ("track_genre", "listen_count")),
    "user_features": (
        ("user_id",),
        (
            *("total_plays", "unique_tracks", "unique_artists", "active_days", "plays_per_active_day"),
            *("total_listening_time_ms", "first_listen", "last_listen", "top_track_id", "top_artist"),
            "favourite_genre",
        ),
    ),
}
"""Key and other columns of each table; lineage (where a row came from, and when) is outside the comparison."""

STAR: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "songplays": (
        ("songplay_id",),
        (
            *("start_time", "user_id", "level", "song_id", "artist_id", "session_id", "item_in_session", "location"),
            *("user_agent", "song_title", "artist_name", "length_s", "repaired_from"),
        ),
    ),
    "users": (
        ("user_id",),
        (
            *("first_name", "last_name", "gender", "level", "level_at", "level_session_id", "level_item_in_session"),
            "repaired_from",
        ),
    ),
    "songs": (
        ("song_id",),
        (
            *("title", "artist_id", "artist_name", "artist_location", "artist_latitude", "artist_longitude", "year"),
            *("duration_s", "repaired_from"),
        ),
    ),
    "artists": (("artist_id",), ("name", "location", "latitude", "longitude")),
    "time": (("start_time",), ("hour", "day", "week", "month", "year", "weekday")),
}
SCHEMAS = {"music": TABLES, "sparkify": STAR}

SHOWN = 4
TOLERANCE = 1e-9


def assert_warehouse_equals(
    connection: psycopg.Connection,
    expected: Expected,
    *,
    tables: Iterable[str] | None = None,
    schema: str = "music",
) -> None:
    """Fails with the tables, keys and columns that differ from the recomputation.

    Args:
        connection: A connection to the warehouse.
        expected: The recomputation of the same input.
        tables: Which of the schema's tables to compare; all when not given.
        schema: One of SCHEMAS.
    """
    actual = warehouse_rows(connection, tables, schema=schema)
    wanted = {name: expected.rows(name, _columns(name, schema)) for name in actual}
    assert_same_tables(actual, wanted, schema=schema)


def warehouse_rows(
    connection: psycopg.Connection, tables: Iterable[str] | None = None, *, schema: str = "music"
) -> dict[str, list[Row]]:
    """The compared columns of all rows of `tables`; a table that does not exist has none."""
    found: dict[str, list[Row]] = {}
    for name in SCHEMAS[schema] if tables is None else tables:
        exists = connection.execute("SELECT to_regclass(%s)", [f"{schema}.{name}"]).fetchone()[0]
        query = f"SELECT {', '.join(_columns(name, schema))} FROM {schema}.{name}"
        found[name] = connection.execute(query).fetchall() if exists else []
    return found


def assert_same_tables(actual: dict[str, list[Row]], wanted: dict[str, list[Row]], *, schema: str = "music") -> None:
    """Fails if two `warehouse_rows` differ, and names the differences."""
    differences = [line for name in wanted for line in _differences(name, actual[name], wanted[name], schema)]
    if differences:
        raise AssertionError("the warehouse differs from what is expected:\n" + "\n".join(differences))


def _columns(table: str, schema: str) -> list[str]:
    keys, others = SCHEMAS[schema][table]
    return [*keys, *others]


def _differences(table: str, actual: Sequence[Row], wanted: Sequence[Row], schema: str) -> list[str]:
    width, columns = len(SCHEMAS[schema][table][0]), _columns(table, schema)
    have, want = ({row[:width]: row for row in rows} for rows in (actual, wanted))
    lines = []
    if len(have) != len(actual):
        lines.append(f"  {table}: {len(actual) - len(have)} rows too many for keys that are there already")
    missing, surplus = want.keys() - have.keys(), have.keys() - want.keys()
    for what, keys in (("missing", missing), ("not expected", surplus)):
        if keys:
            lines.append(f"  {table}: {len(keys)} rows {what}, e.g. {sorted(keys, key=str)[:SHOWN]}")
    changed = [key for key in want.keys() & have.keys() if not _same(want[key], have[key])]
    for key in sorted(changed, key=str)[:SHOWN]:
        pairs = zip(columns, want[key], have[key], strict=True)
        wrong = [f"{column} is {b!r}, not {a!r}" for column, a, b in pairs if not _same_value(a, b)]
        lines.append(f"  {table} {key}: {'; '.join(wrong)}")
    if len(changed) > SHOWN:
        lines.append(f"  {table}: … {len(changed)} rows differ in all")
    return lines


def _same(left: Row, right: Row) -> bool:
    return left == right or all(map(_same_value, left, right))


def _same_value(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=TOLERANCE)
    return left == right
