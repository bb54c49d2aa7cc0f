"""Each rule of JSON lines once broken and once kept: a good record, and what a case changes in it."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from glue_jobs.lib.contracts.sparkify import LOG_DATA, SONG_DATA
from glue_jobs.lib.rows import checked_rows, json_lines, raw_lines

pytestmark = pytest.mark.spark

RUN_START = datetime(2018, 12, 1, 12, tzinfo=UTC)
LATEST_MS = int(RUN_START.timestamp() + 3600) * 1000
PATH = "s3://lake/archive/x/a.json"
LEFT_OUT = object()
PLAY = {
    **{"artist": "Ann", "auth": "Logged In", "firstName": "Bo", "gender": "F", "itemInSession": 3, "lastName": "Lee"},
    **{"length": 211.5, "level": "paid", "location": "Oslo", "method": "PUT", "page": "NextSong"},
    **{"registration": 1540919166796.0, "sessionId": 38, "song": "Sun", "status": 200, "ts": 1541105830796},
    **{"userAgent": '"Mozilla/5.0"', "userId": "39"},
}
VISIT = PLAY | {"artist": None, "length": None, "song": None, "page": "Home"}
NOBODY = dict.fromkeys(("firstName", "gender", "lastName", "location", "registration", "userAgent"))
SONG = {
    **{"num_songs": 1, "artist_id": "AR1", "artist_latitude": 59.9, "artist_longitude": -10.75},
    **{"artist_location": "Oslo", "artist_name": "Ann", "song_id": "SO1", "title": "Sun"},
    **{"duration": 211.5, "year": 0},
}


def play(**changes):
    return _line(PLAY, changes)


def visit(**changes):
    return _line(VISIT, changes)


def song(**changes):
    return _line(SONG, changes)


def without(record, *names, **changes):
    return _line(record, changes | dict.fromkeys(names, LEFT_OUT))


def _line(record, changes):
    return json.dumps({name: value for name, value in (record | changes).items() if value is not LEFT_OUT})


EVENTS = {
    # The line as a whole.
    play(): [],
    visit(): [],
    play(extra={"nested": [1, {"song": 2}]}): [],
    "  " + play() + "  ": [],
    play().replace('": ', '"\t:\t'): [],
    play()[:-30]: ["not_json"],
    play() + "}": ["not_json"],
    play().replace('"', "'"): ["not_json"],
    "nothing of the kind": ["not_json"],
    "[" + play() + "]": ["not_an_object"],
    "[" + play() + "," + play() + "]": ["not_an_object"],
    "[]": ["not_an_object"],
    play() + play(): ["not_json"],
    play() + "," + play(): ["not_an_object"],
    "null": ["not_an_object"],
    '"text"': ["not_an_object"],
    "17": ["not_an_object"],
    "true": ["not_an_object"],
    "[1,": ["not_json"],
    # Text behind the value; each would hide a second event.
    play() + "]": ["not_json"],
    play() + "] garbage": ["not_json"],
    play() + "],[": ["not_json"],
    play() + "]" + visit(): ["not_json"],
    play() + "},{": ["not_json"],
    play() + "},{" + visit()[1:-1]: ["not_json"],
    play() + "]]": ["not_json"],
    play() + ",": ["not_json"],
    # What the parser does not take, though it is JSON.
    play(extra="X").replace('"X"', "[" * 1001 + "]" * 1001): ["beyond_limits"],
    play(extra="X").replace('"X"', "1" * 2000): ["beyond_limits"],
    play(extra="X").replace('"X"', "[" * 500 + "]" * 500): [],
    # Numbers that JSON does not know, also in fields that nobody reads.
    play(extra="X").replace('"X"', "NaN"): ["not_json"],
    play(extra="X").replace('"X"', "-Infinity"): ["not_json"],
    # Halves of characters.
    play(song="X").replace('"X"', r'"\ud800"'): ["lone_surrogate"],
    play(song="X").replace('"X"', r'"a\udfffb"'): ["lone_surrogate"],
    play(song="X").replace('"X"', r'"\ude00\ud83d"'): ["lone_surrogate"],
    play(song="X").replace('"X"', r'"\ud800\ud83d\ude00"'): ["lone_surrogate"],
    play(song="X").replace('"X"', r'"why? \ud83d\ude00"'): [],
    play(song="X").replace('"X"', r'"why? \\ud800"'): [],
    play(song="X").replace('"X"', r'"why? \\\ud800"'): ["lone_surrogate"],
    # Keys: nested ones, escaped ones, repeated ones.
    play(artist=12, meta={"artist": "Q"}): ["artist_invalid"],
    play(meta={"artist": 12}): [],
    play().replace('"artist"', r'"\u0061rtist"'): [],
    play(artist=12).replace('"artist"', r'"\u0061rtist"'): ["artist_invalid"],
    without(PLAY, "artist", meta={"artist": "Q"}): ["artist_missing"],
    without(PLAY, "artist", note='the "artist": none'): ["artist_missing"],
    play()[:-1] + ', "artist": 12}': ["artist_invalid"],
    play()[:-1] + ', "artist": "B"}': [],
    play(song="a\u0000b"): ["nul_byte"],
    play(song="Sun") + "\u0000": ["nul_byte", "not_json"],
    # Texts.
    play(auth=None): ["auth_empty"],
    play(level=" "): ["level_empty"],
    without(PLAY, "method"): ["method_missing"],
    play(gender=None, location="", firstName=" "): [],
    play(artist=17): ["artist_invalid"],
    play(artist={"name": "Ann"}): ["artist_invalid"],
    play(song=["Sun"]): ["song_invalid"],
    play(level=True): ["level_invalid"],
    play(page="NextSong "): [],
    play(page="Nextsong"): ["page_unknown"],
    play(page=None): ["page_empty"],
    play(artist="ö" * 512): [],
    play(artist="ö" * 512 + "o"): ["value_too_long"],
    play(song='say "artist":5'): [],
    # Whole numbers.
    play(sessionId=2**63 - 1, itemInSession=2**31 - 1, status=-1): [],
    play(sessionId=2**63): ["sessionId_invalid"],
    play(itemInSession=2**31): ["itemInSession_invalid"],
    play(itemInSession=-1): ["itemInSession_negative"],
    play(sessionId=-38): ["sessionId_negative"],
    play(sessionId="38"): ["sessionId_invalid"],
    play(status=200.5): ["status_invalid"],
    play(sessionId=583.0, itemInSession=1e3, status=12345678.0): [],
    play(sessionId=583.7): ["sessionId_invalid"],
    play(itemInSession=1e10): ["itemInSession_invalid"],
    play().replace("1541105830796", "1e15"): ["ts_invalid"],
    play(status=None): ["status_empty"],
    play(status=[200]): ["status_invalid"],
    without(PLAY, "itemInSession", "status"): ["itemInSession_missing", "status_missing"],
    # The user: a number as text.
    play(userId=39): ["userId_invalid"],
    play(userId="39a"): ["userId_invalid"],
    play(userId="-39"): ["userId_negative"],
    play(userId=str(2**63 - 1)): [],
    play(userId=str(2**63)): ["userId_invalid"],
    play(userId=""): ["userId_empty"],
    visit(userId=""): [],
    without(VISIT, "userId"): ["userId_missing"],
    _line(VISIT | NOBODY, {"userId": "", "auth": "Logged Out", "page": "Login"}): [],
    without(VISIT, *NOBODY, "userId", auth="Logged Out"): [],
    without(VISIT, "userAgent", "location"): ["location_missing", "userAgent_missing"],
    # The song.
    play(length=200): [],
    play(length=0): ["length_not_positive"],
    play(length="211.5"): ["length_invalid"],
    play(length=None): ["length_empty"],
    visit(length=-1): ["length_not_positive"],
    play().replace("211.5", "NaN"): ["not_json"],
    play(length="NaN"): ["length_invalid"],
    play().replace("211.5", "1e999"): ["length_invalid"],
    play(song=""): ["song_empty"],
    without(PLAY, "artist"): ["artist_missing"],
    without(VISIT, "artist", "length", "song"): [],
    # Times.
    play(ts=1541105830796.0): [],
    play(ts=1541105830796.7): ["ts_invalid"],
    play(ts=1541105830): ["ts_in_seconds"],
    play(ts=-1541105830796): ["ts_negative"],
    play(ts="1541105830796"): ["ts_invalid"],
    play(ts=None): ["ts_empty"],
    play(ts=LATEST_MS): [],
    play(ts=LATEST_MS + 1): ["ts_future"],
    play(ts=10**15): ["ts_invalid"],
    play(registration=None): [],
    play(registration=1540919166): ["registration_invalid"],
    play(registration=-1): ["registration_negative"],
    # Several errors at once.
    play(artist=5, itemInSession="3", page="Tab", ts=1541105830, userId=39): [
        *("artist_invalid", "itemInSession_invalid", "page_unknown", "ts_in_seconds", "userId_invalid"),
    ],
}
SONGS = {
    song(): [],
    song(artist_latitude=None, artist_longitude=None, artist_location=""): [],
    song(duration=0): ["duration_not_positive"],
    song(duration="211.5"): ["duration_invalid"],
    song(duration=None): ["duration_empty"],
    song(year=-1): ["year_negative"],
    song(year=1999.5): ["year_invalid"],
    song(num_songs=0): ["num_songs_not_positive"],
    song(artist_latitude=90, artist_longitude=-180): [],
    song(artist_latitude=90.1): ["artist_latitude_out_of_range"],
    song(artist_longitude=-180.1): ["artist_longitude_out_of_range"],
    song(title=""): ["title_empty"],
    song(song_id=7): ["song_id_invalid"],
    song(artist_id="A" * 65): ["value_too_long"],
    without(SONG, "artist_name", "artist_location"): ["artist_location_missing", "artist_name_missing"],
}


@pytest.fixture(scope="session")
def reasons(spark):
    """Rows by their line; one query per dataset for all of them, because each query takes a while."""

    def check(dataset, texts):
        file = SimpleNamespace(
            **{"archive_key": PATH.removeprefix("s3://lake/"), "landing_key": "x/a.json"},
            **{"file_key": "x/a.json@1", "header": "", "accepted_at": None, "record_parts": ()},
        )
        files = raw_lines.files_frame(spark, [file], dataset=dataset, lake_bucket="lake")
        read = spark.createDataFrame([(text, PATH) for text in texts], "line string, path string")
        parsed = json_lines.parse_json(read, files, dataset=dataset)
        rows = checked_rows.with_checks(parsed, dataset=dataset, run_start=RUN_START).collect()
        sifted = checked_rows.sifted(parsed, dataset=dataset, run_start=RUN_START).collect()
        assert [row.raw for row in sifted] == [row.raw if row._errors else None for row in rows]
        return {row.raw: row for row in rows}

    return {LOG_DATA: check(LOG_DATA, EVENTS), SONG_DATA: check(SONG_DATA, SONGS)}


def _names(row):
    return [error.rule for error in row._errors]


def describe_error_rules():
    @pytest.mark.parametrize(("line", "broken"), EVENTS.items(), ids=range(len(EVENTS)))
    def it_judges_an_event(reasons, line, broken):
        assert (line, _names(reasons[LOG_DATA][line])) == (line, broken)

    @pytest.mark.parametrize(("line", "broken"), SONGS.items(), ids=range(len(SONGS)))
    def it_judges_a_song(reasons, line, broken):
        assert (line, _names(reasons[SONG_DATA][line])) == (line, broken)

    def it_says_what_is_wrong_with_the_value(reasons):
        (seconds,) = reasons[LOG_DATA][play(ts=1541105830)]._errors
        assert tuple(seconds) == (
            "ts_in_seconds",
            "ts",
            "ts '1541105830' is too small for milliseconds since 1970; is it in seconds?",
        )
        (number,) = reasons[LOG_DATA][play(userId=39)]._errors
        assert number.message == "userId '39' is not a whole number of 64 bits, written as text"

    def it_keeps_the_values_that_are_right_beside_wrong_ones(reasons):
        row = reasons[LOG_DATA][play(artist=5, itemInSession="3", page="Tab", ts=1541105830, userId=39)]
        assert (row.itemInSession, row.itemInSession_text, row.ts, row.artist_text) == (None, "3", None, "5")
        assert (row.sessionId, row.length, row.song, row.status) == (38, 211.5, "Sun", 200)


def it_warns_of_a_field_that_is_written_twice(reasons):
    row = reasons[LOG_DATA][play()[:-1] + ', "artist": "B"}']
    assert (row.artist, row._errors, row._warnings) == ("B", [], ["duplicate_key"])
    assert reasons[LOG_DATA][play()]._warnings == []
