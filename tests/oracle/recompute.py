"""Recomputes the warehouse from scratch from all valid input, in DuckDB's SQL."""

from collections.abc import Sequence
from typing import Any

import duckdb

from oracle import kpis
from oracle.reading import AUDIO, Delivery, read_all

TIME_FORM = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d(:?\d\d)?)?"
ZONE = r"([+-])(\d\d):?(\d\d)?$"

TYPED = {
    "users": r"""
        SELECT file_no, line_no,
            CASE WHEN regexp_full_match(trim(user_id), '\d+') THEN try_cast(trim(user_id) AS BIGINT) END AS user_id,
            nullif(trim(user_name), '') AS user_name,
            try_cast(nullif(trim(user_age), '') AS INTEGER) AS user_age,
            nullif(trim(user_country), '') AS user_country,
            try_cast(nullif(trim(created_at), '') AS DATE) AS created_at
        FROM raw_users
        WHERE (trim(coalesce(user_age, '')) = '' OR try_cast(trim(user_age) AS INTEGER) BETWEEN 1 AND 120)
          AND (trim(coalesce(created_at, '')) = '' OR try_cast(trim(created_at) AS DATE) IS NOT NULL)
          AND strlen(coalesce(trim(user_name), '')) <= 256 AND strlen(coalesce(trim(user_country), '')) <= 128
    """,
    "songs": rf"""
        SELECT file_no, line_no,
            CASE WHEN regexp_full_match(trim(id), '\d+') THEN try_cast(trim(id) AS BIGINT) END AS id,
            nullif(trim(track_id), '') AS track_id, nullif(trim(artists), '') AS artists,
            nullif(trim(album_name), '') AS album_name, nullif(trim(track_name), '') AS track_name,
            try_cast(nullif(trim(popularity), '') AS INTEGER) AS popularity,
            try_cast(trim(duration_ms) AS BIGINT) AS duration_ms,
            CASE lower(trim(explicit)) WHEN 'true' THEN true WHEN '1' THEN true
                WHEN 'false' THEN false WHEN '0' THEN false END AS explicit,
            nullif(trim(track_genre), '') AS track_genre,
            {", ".join(f"try_cast(nullif(trim({name}), '') AS DOUBLE) AS {name}" for name in AUDIO)}
        FROM raw_songs
        WHERE (trim(coalesce(popularity, '')) = '' OR try_cast(trim(popularity) AS INTEGER) IS NOT NULL)
          AND lower(trim(coalesce(explicit, ''))) IN ('', 'true', 'false', '1', '0')
          AND strlen(coalesce(trim(artists), '')) <= 2048 AND strlen(trim(track_id)) <= 64
          AND strlen(coalesce(trim(track_name), '')) <= 1024 AND strlen(coalesce(trim(album_name), '')) <= 1024
          AND {" AND ".join(f"(trim(coalesce({n}, '')) = '' OR try_cast(trim({n}) AS DOUBLE) NOT NULL)" for n in AUDIO)}
    """,
    "plays": rf"""
        WITH parsed AS (
            SELECT trim(user_id) AS user_text, trim(track_id) AS track_id, trim(listen_time) AS text,
                regexp_extract(trim(listen_time), '{ZONE}', ['sign', 'hours', 'minutes']) AS zone,
                length(trim(listen_time)) > 10 AS has_time
            FROM raw_streams
            WHERE regexp_full_match(trim(user_id), '\d+') AND regexp_full_match(trim(listen_time), '{TIME_FORM}')
        )
        SELECT DISTINCT try_cast(user_text AS BIGINT) AS user_id, track_id,
            try_cast(replace(regexp_extract(text, '^[0-9T :.-]{{19}}(\.\d+)?'), 'T', ' ') AS TIMESTAMP)
                - CASE WHEN text[20:] SIMILAR TO '(\.\d+)?[+-].*' THEN
                    (CASE zone.sign WHEN '-' THEN -1 ELSE 1 END)
                    * (to_hours(zone.hours::INTEGER) + to_minutes(coalesce(nullif(zone.minutes, ''), '0')::INTEGER))
                  ELSE to_hours(0) END AS listen_time
        FROM parsed
        WHERE track_id <> '' AND strlen(track_id) <= 64
    """,
}

FACTS = {
    "users": """
        SELECT * EXCLUDE (file_no, line_no) FROM typed_users WHERE user_id IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY user_id ORDER BY file_no DESC, line_no) = 1
    """,
    "songs": """
        SELECT * EXCLUDE (file_no, line_no) FROM typed_songs
        WHERE id IS NOT NULL AND track_id IS NOT NULL AND track_genre IS NOT NULL AND duration_ms > 0
          AND strlen(track_genre) <= 128
        QUALIFY row_number() OVER (PARTITION BY track_id ORDER BY file_no DESC, id, line_no) = 1
    """,
    "valid_plays": """
        SELECT user_id, track_id, listen_time FROM typed_plays
        WHERE user_id IS NOT NULL AND listen_time >= TIMESTAMP '1900-01-01' AND listen_time <= $latest
    """,
    "streams": "SELECT p.* FROM valid_plays p SEMI JOIN users USING (user_id) SEMI JOIN songs USING (track_id)",
    "pending_streams": """
        SELECT p.*, CASE WHEN u.user_id IS NULL AND s.track_id IS NULL THEN 'user_and_track_unknown'
            WHEN u.user_id IS NULL THEN 'user_unknown' ELSE 'track_unknown' END AS reason
        FROM valid_plays p LEFT JOIN users u USING (user_id) LEFT JOIN songs s USING (track_id)
        WHERE u.user_id IS NULL OR s.track_id IS NULL
    """,
}


class Expected:
    """The recomputed tables, in a separate DuckDB connection."""

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        self.db = db

    def rows(self, table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """All rows of a table, in no particular order."""
        return self.db.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()

    def value(self, sql: str) -> Any:
        """The first value of a query's first row."""
        return self.db.execute(sql).fetchone()[0]


def recompute(deliveries: Sequence[Delivery], *, latest: str = "2100-01-01") -> Expected:
    """Computes every table of the warehouse from the valid files alone.

    Args:
        deliveries: Valid files in the order in which they apply; later catalogue files win.
        latest: Plays after it are errors.
    """
    db = duckdb.connect(":memory:", config={"threads": 1})
    read_all(db, deliveries)
    for name, sql in TYPED.items():
        db.execute(f"CREATE TABLE typed_{name} AS {sql}")
    for name, sql in FACTS.items():
        db.execute(f"CREATE TABLE {name} AS {sql.replace('$latest', f'TIMESTAMP {latest!r}')}")
    for name, sql in kpis.QUERIES.items():
        db.execute(f"CREATE TABLE {name} AS {sql}")
    return Expected(db)
