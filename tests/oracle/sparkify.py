"""Recomputes the star schema from scratch from all valid lines, in DuckDB's SQL; ftfy repairs the texts."""

import gzip
import json
import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import duckdb
import ftfy
import pandas as pd

from oracle.reading import Delivery
from oracle.recompute import Expected

BLANK = "".join(map(chr, range(0x21)))
PAGES = (
    *("About", "Add Friend", "Add to Playlist", "Cancel", "Cancellation Confirmation", "Downgrade", "Error", "Help"),
    *("Home", "Login", "Logout", "NextSong", "Register", "Roll Advert", "Save Settings", "Settings"),
    *("Submit Downgrade", "Submit Registration", "Submit Upgrade", "Thumbs Down", "Thumbs Up", "Upgrade"),
)
TEXTS = {
    "log_data": {
        **{"artist": 1024, "auth": 64, "firstName": 256, "gender": 32, "lastName": 256, "level": 32},
        **{"location": 512, "method": 16, "page": 64, "song": 1024, "userAgent": 2048},
    },
    "song_data": {"artist_id": 64, "artist_location": 1024, "artist_name": 1024, "song_id": 64, "title": 1024},
}
"""Bytes that a text may have."""
OTHERS = {
    "log_data": ("itemInSession", "length", "registration", "sessionId", "status", "ts", "userId"),
    "song_data": ("num_songs", "artist_latitude", "artist_longitude", "duration", "year"),
}
PEOPLES = {
    "log_data": ("artist", "song", "firstName", "lastName", "location"),
    "song_data": ("title", "artist_name", "artist_location"),
}
"""Fields that people wrote, whose texts may have been encoded twice."""

FIRST_MS, LAST_MS = 100_000_000_000, 253_402_300_799_999
BIGGEST = 9_223_372_036_854_775_807


def _whole(name: str, most: int = BIGGEST, least: int = 0) -> str:
    number = f"text_{name}::DOUBLE"
    return (
        f"(kind_{name} = 'whole' AND try_cast(text_{name} AS HUGEINT) BETWEEN {least} AND {most} "
        f"OR kind_{name} = 'real' AND {number} = trunc({number}) AND abs({number}) < 1e15 "
        f"AND {number} BETWEEN {least} AND {most})"
    )


def _moment(name: str) -> str:
    number = f"text_{name}::DOUBLE"
    return (
        f"kind_{name} IN ('whole', 'real') AND {number} BETWEEN {FIRST_MS} AND {LAST_MS} AND {number} = trunc({number})"
    )


def _texts_fit(dataset: str) -> str:
    return " AND ".join(
        f"(kind_{name} IN ('missing', 'blank') OR kind_{name} = 'text' AND strlen(text_{name}) <= {most})"
        for name, most in TEXTS[dataset].items()
    )


def _number_or_none(name: str, condition: str) -> str:
    number = f"kind_{name} IN ('whole', 'real') AND isfinite(text_{name}::DOUBLE) AND text_{name}::DOUBLE {condition}"
    return f"(kind_{name} IN ('missing', 'blank') OR {number})"


_IS_PLAY = "text_page = 'NextSong'"
_PRESENT = " AND ".join(
    f"(kind_{name} <> 'missing' OR text_auth = 'Logged Out')"
    for name in ("firstName", "gender", "lastName", "location", "registration", "userAgent", "userId")
)
_SONG_GIVEN = " AND ".join(
    f"kind_{name} NOT IN ('missing', 'blank')" for name in ("artist", "length", "song", "userId")
)

VALID = {
    "log_data": f"""
        {_texts_fit("log_data")} AND {_PRESENT}
        AND {" AND ".join(f"kind_{name} = 'text'" for name in ("auth", "level", "method", "page"))}
        AND text_page IN ({", ".join(f"'{page}'" for page in PAGES)})
        AND {_whole("itemInSession", 2**31 - 1)} AND {_whole("sessionId")}
        AND {_whole("status", 2**31 - 1, -(2**31))} AND {_number_or_none("length", "> 0")}
        AND {_moment("ts")} AND epoch_ms(trunc(text_ts::DOUBLE)::BIGINT) <= $latest
        AND (kind_registration IN ('missing', 'blank') OR {_moment("registration")})
        AND (kind_userId IN ('missing', 'blank') OR kind_userId = 'text' AND regexp_full_match(text_userId, '\\d+')
            AND try_cast(text_userId AS HUGEINT) <= {BIGGEST})
        AND ({_IS_PLAY} AND {_SONG_GIVEN} OR NOT {_IS_PLAY})
    """,
    "song_data": f"""
        {_texts_fit("song_data")}
        AND {" AND ".join(f"kind_{name} <> 'missing'" for name in (*TEXTS["song_data"], *OTHERS["song_data"]))}
        AND {" AND ".join(f"kind_{name} = 'text'" for name in ("artist_id", "artist_name", "song_id", "title"))}
        AND {_whole("num_songs", 2**31 - 1, 1)} AND {_whole("year", 2**31 - 1)}
        AND kind_duration IN ('whole', 'real') AND {_number_or_none("duration", "> 0")}
        AND {_number_or_none("artist_latitude", "BETWEEN -90 AND 90")}
        AND {_number_or_none("artist_longitude", "BETWEEN -180 AND 180")}
    """,
}


TABLES = {
    "events": """
        SELECT text_page AS page, epoch_ms(trunc(text_ts::DOUBLE)::BIGINT) AS start_time,
            text_userId::BIGINT AS user_id, text_sessionId::BIGINT AS session_id,
            text_itemInSession::INTEGER AS item_in_session, text_level AS level, fixed_song AS song_title,
            fixed_artist AS artist_name, text_length::DOUBLE AS length_s, fixed_location AS location,
            text_userAgent AS user_agent, fixed_firstName AS first_name, fixed_lastName AS last_name,
            text_gender AS gender,
            as_json(['song_title', 'artist_name', 'location'], [raw_song, raw_artist, raw_location]) AS play_repaired,
            as_json(['first_name', 'last_name'], [raw_firstName, raw_lastName]) AS user_repaired
        FROM valid_log_data
    """,
    "songs": """
        SELECT text_song_id AS song_id, fixed_title AS title, text_artist_id AS artist_id,
            fixed_artist_name AS artist_name, fixed_artist_location AS artist_location,
            text_artist_latitude::DOUBLE AS artist_latitude, text_artist_longitude::DOUBLE AS artist_longitude,
            text_year::INTEGER AS year, text_duration::DOUBLE AS duration_s,
            as_json(['title', 'artist_name', 'artist_location'], [raw_title, raw_artist_name, raw_artist_location])
                AS repaired_from
        FROM valid_song_data
        QUALIFY row_number() OVER (PARTITION BY text_song_id ORDER BY file_no DESC, line_no) = 1
    """,
    "artists": """
        SELECT artist_id, artist_name AS name, artist_location AS location, artist_latitude AS latitude,
            artist_longitude AS longitude
        FROM songs QUALIFY row_number() OVER (PARTITION BY artist_id ORDER BY song_id) = 1
    """,
    "songplays": """
        WITH plays AS (
            SELECT *, concat_ws('-', user_id, session_id, item_in_session) AS songplay_id FROM events
            WHERE page = 'NextSong'
            QUALIFY row_number() OVER (
                PARTITION BY user_id, session_id, item_in_session
                ORDER BY start_time, level, song_title, artist_name, length_s, location NULLS FIRST,
                    user_agent NULLS FIRST, play_repaired NULLS FIRST) = 1
        ), known AS (
            SELECT title, artist_name, duration_s, min(song_id) AS song_id FROM songs GROUP BY ALL
        )
        SELECT p.* EXCLUDE (play_repaired), p.play_repaired AS repaired_from, k.song_id, s.artist_id
        FROM plays p
        LEFT JOIN known k
            ON k.title = p.song_title AND k.artist_name = p.artist_name AND k.duration_s = p.length_s
        LEFT JOIN songs s ON s.song_id = k.song_id
    """,
    "users": """
        SELECT user_id, first_name, last_name, gender, level, start_time AS level_at, session_id AS level_session_id,
            item_in_session AS level_item_in_session, user_repaired AS repaired_from
        FROM events WHERE page = 'NextSong'
        QUALIFY row_number() OVER (
            PARTITION BY user_id
            ORDER BY start_time DESC, session_id DESC, item_in_session DESC, level DESC, first_name DESC NULLS LAST,
                last_name DESC NULLS LAST, gender DESC NULLS LAST, user_repaired DESC NULLS LAST) = 1
    """,
    "time": """
        SELECT DISTINCT start_time, hour(start_time) AS hour, day(start_time) AS day, week(start_time) AS week,
            month(start_time) AS month, year(start_time) AS year, dayofweek(start_time) AS weekday
        FROM songplays
    """,
}


def recompute_star(deliveries: Sequence[Delivery], *, latest: str = "2100-01-01") -> Expected:
    """Computes every table of the star schema from the accepted files alone.

    Args:
        deliveries: Accepted files in the order in which they apply; later song files win.
        latest: Events after it are errors.
    """
    db = duckdb.connect(":memory:", config={"threads": 1})
    db.create_function("repaired", _repaired, ["VARCHAR"], "VARCHAR")
    db.create_function("as_json", _as_json, ["VARCHAR[]", "VARCHAR[]"], "VARCHAR", null_handling="special")
    for dataset in TEXTS:
        _read(db, dataset, [item for item in enumerate(deliveries) if item[1].dataset == dataset])
        valid = VALID[dataset].replace("$latest", f"TIMESTAMP '{latest}'")
        fixed = ", ".join(
            f"repaired(text_{name}) AS fixed_{name}, nullif(text_{name}, fixed_{name}) AS raw_{name}"
            for name in PEOPLES[dataset]
        )
        db.execute(f"CREATE TABLE valid_{dataset} AS SELECT *, {fixed} FROM fields_{dataset} WHERE {valid}")
    for name, sql in TABLES.items():
        db.execute(f"CREATE TABLE {name} AS {sql}")
    return Expected(db)


def _read(db: duckdb.DuckDBPyConnection, dataset: str, deliveries: Sequence[tuple[int, Delivery]]) -> None:
    """Makes fields_<dataset>: the (trimmed) text and the kind of each field, for each line that is one object."""
    rows = [
        (file_no, line_no, line)
        for file_no, delivery in deliveries
        for line_no, line in enumerate(_lines(delivery))
        if _is_object(line)
    ]
    frame = pd.DataFrame(rows, columns=["file_no", "line_no", "line"]).astype({"line": "object"})
    columns = ", ".join(f"{_text(name)}, {_kind(name)}" for name in (*TEXTS[dataset], *OTHERS[dataset]))
    db.register("lines_of_files", frame)
    db.execute(f"""
        CREATE TABLE fields_{dataset} AS
        SELECT file_no::BIGINT AS file_no, line_no::BIGINT AS line_no, {columns}
        FROM (SELECT file_no, line_no, line::JSON AS line FROM lines_of_files)
    """)
    db.unregister("lines_of_files")


def _lines(delivery: Delivery) -> list[str]:
    content = delivery.path.read_bytes()
    text = (gzip.decompress(content) if delivery.path.name.endswith(".gz") else content).decode("utf-8-sig")
    return [line for line in re.split(r"\r\n|\n|\r", text) if line.strip(BLANK)]


def _is_object(line: str) -> bool:
    if "\x00" in line:
        return False
    try:
        found = json.loads(line, parse_constant=_refuse)
    except ValueError:
        return False
    return isinstance(found, dict) and not any("\x00" in text for text in found.values() if isinstance(text, str))


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _text(name: str) -> str:
    return f"nullif(trim(line->>'$.{name}', ' '), '') AS text_{name}"


def _kind(name: str) -> str:
    return f"""
        CASE WHEN json_type(line, '$.{name}') IS NULL THEN 'missing' WHEN text_{name} IS NULL THEN 'blank'
            ELSE CASE json_type(line, '$.{name}') WHEN 'VARCHAR' THEN 'text' WHEN 'UBIGINT' THEN 'whole'
                WHEN 'BIGINT' THEN 'whole' WHEN 'DOUBLE' THEN 'real' ELSE 'other' END
        END AS kind_{name}"""


@cache
def _repaired(text: str) -> str:
    return unicodedata.normalize("NFC", ftfy.fix_encoding(text))


def _as_json(names: list[str], texts: list[str | None]) -> str | None:
    found = {name: text for name, text in zip(names, texts, strict=True) if text is not None}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else None
