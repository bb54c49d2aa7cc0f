"""Broken events and songs, each with the rules that must catch it. None holds the only copy of anything valid."""

import json
from collections.abc import Callable

from demo.defect import Defect, text_defect, value_defect
from demo.sparkify.lines import line_of

MONTH_AGO_S = 1_742_200_000

NO_JSON = (
    text_defect("not_json", lambda line: line[: len(line) * 2 // 3], "a line that is cut off"),
    text_defect("not_json", lambda line: line.replace('","', '""', 1), "a comma missing"),
    text_defect("not_json", lambda line: line.replace('"', "'"), "apostrophes for quotes"),
    text_defect("not_json", lambda line: "Traceback (most recent call last):", "a line of another program"),
    text_defect("not_an_object", lambda line: f"[{line}]", "an array where an object is expected"),
    text_defect("not_an_object", lambda line: f"{line},{line}", "two objects on a line"),
    text_defect("not_an_object", lambda line: "null", "a line that says null"),
)


def _without(field: str) -> Callable[[str], str]:
    def mangle(line: str) -> str:
        return line_of({name: value for name, value in json.loads(line).items() if name != field})

    return mangle


EVENTS = (
    *NO_JSON,
    value_defect("nul_byte", "song", "Mid\x00night", "a NUL character"),
    *(
        text_defect(f"{name}_missing", _without(name), f"a play without {name}")
        for name in ("ts", "page", "sessionId", "artist", "userId", "level")
    ),
    value_defect("page_empty", "page", None, "page null"),
    value_defect("status_empty", "status", None, "status null"),
    value_defect("artist_empty", "artist", None, "a play of a song by nobody"),
    value_defect("song_empty", "song", "  ", "a play of a song of blanks"),
    value_defect("length_empty", "length", None, "a play without a length"),
    value_defect("userId_empty", "userId", "", "a play by nobody"),
    value_defect("userId_invalid", "userId", 39, "a userId that is a number, not text"),
    value_defect("userId_invalid", "userId", "39a", "userId 39a"),
    value_defect("userId_negative", "userId", "-39", "a negative userId"),
    value_defect("sessionId_invalid", "sessionId", "583", "a sessionId that is text"),
    value_defect("itemInSession_invalid", "itemInSession", 2.5, "itemInSession 2.5"),
    value_defect("itemInSession_negative", "itemInSession", -1, "a negative itemInSession"),
    value_defect("length_invalid", "length", "218.93", "a length that is text"),
    value_defect("length_not_positive", "length", 0, "a length of 0"),
    value_defect("status_invalid", "status", "OK", "status OK"),
    value_defect("artist_invalid", "artist", 311, "an artist that is a number"),
    value_defect("artist_invalid", "artist", {"name": "Zoë"}, "an artist that is an object"),
    value_defect("location_invalid", "location", ["Accra", "GH"], "a location that is an array"),
    value_defect("song_invalid", "song", True, "a song that is true"),
    value_defect("ts_invalid", "ts", "1742200000000", "a ts that is text"),
    value_defect("ts_invalid", "ts", "2025-03-17T10:00:00Z", "a ts in another form"),
    value_defect("ts_in_seconds", "ts", MONTH_AGO_S, "a ts in seconds"),
    value_defect("ts_negative", "ts", -MONTH_AGO_S * 1000, "a negative ts"),
    value_defect("ts_future", "ts", 32_472_144_000_000, "a play in the year 2999"),
    value_defect("registration_invalid", "registration", "yesterday", "a registration in words"),
    value_defect("page_unknown", "page", "NextSnog", "a page that the app does not have"),
    value_defect("value_too_long", "song", "é" * 600, "a title of 600 letters in 1,200 bytes"),
    Defect(
        "three wrong values in one event",
        ("page_unknown", "ts_invalid", "userId_invalid"),
        (("userId", "nobody"), ("ts", "yesterday"), ("page", "Nowhere")),
    ),
)

SONGS = (
    value_defect("duration_not_positive", "duration", 0, "a duration of 0"),
    value_defect("duration_invalid", "duration", "218.93", "a duration that is text"),
    value_defect("song_id_empty", "song_id", "", "no song_id"),
    value_defect("artist_id_empty", "artist_id", None, "artist_id null"),
    value_defect("title_invalid", "title", 1984, "a title that is a number"),
    value_defect("year_invalid", "year", "2004", "a year that is text"),
    value_defect("year_negative", "year", -1, "year -1"),
    value_defect("artist_latitude_out_of_range", "artist_latitude", 95.5, "a latitude of 95.5"),
    value_defect("num_songs_not_positive", "num_songs", 0, "no songs in a song file"),
    Defect("a song by nobody that is of no length", ("artist_name_empty", "duration_empty"),
           (("artist_name", None), ("duration", None))),
)  # fmt: skip
