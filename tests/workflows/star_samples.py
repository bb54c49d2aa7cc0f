"""Small input for tests of the workflow sparkify: three days of five listeners, and broken lines."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2018, 11, 5, 18, 0, 0, 796000, UTC)
SINGERS = ("Ann", "Björk", "The Ladders", "Zoë ☃")
PLAYS = 60
TITLES = tuple(f"Song {number}" for number in range(6))

Record = dict[str, Any]


def twice(text: str) -> str:
    """The text encoded twice."""
    return text.encode().decode("cp1252")


def play(number: int, **changes: Any) -> Record:
    """Play `number` of PLAYS: 67 minutes after the one before, users take turns, level paid from play 30 on."""
    user, turn = number % 5, number // 5
    record = {
        **{"artist": SINGERS[number % 4], "auth": "Logged In", "firstName": f"First {user}", "gender": "FM"[user % 2]},
        **{"itemInSession": turn % 4, "lastName": "Müller", "length": 90.5 + number % 6},
        **{"level": "paid" if number >= 30 else "free", "location": "Zürich", "method": "PUT", "page": "NextSong"},
        **{"registration": 1540919166796.0, "sessionId": 100 + user + 10 * (turn // 4), "song": TITLES[number % 6]},
        **{"status": 200, "ts": _ms(START + number * timedelta(minutes=67)), "userAgent": '"Mozilla/5.0"'},
        "userId": str(user),
    }
    return record | changes


def play_id(number: int) -> str:
    """The songplay_id of the play."""
    record = play(number)
    return f"{record['userId']}-{record['sessionId']}-{record['itemInSession']}"


def visit(number: int, **changes: Any) -> Record:
    """A page that the user of play `number` visited just before it."""
    nothing = {"artist": None, "length": None, "song": None}
    return play(number) | nothing | {"page": "Home", "ts": play(number)["ts"] - 1000} | changes


def song(number: int, **changes: Any) -> Record:
    """The song of plays `number`, `number` + 12 and so on."""
    of = play(number)
    record = {
        **{"num_songs": 1, "artist_id": f"AR{number % 4}", "artist_latitude": None, "artist_longitude": -10.75},
        **{"artist_location": f"Place {number}", "artist_name": of["artist"], "song_id": f"SO{number:02}"},
        **{"title": of["song"], "duration": of["length"], "year": 0},
    }
    return record | changes


def lines(records: Iterable[Record | str]) -> str:
    """Records as JSON lines, texts unchanged; as in real files, the last line has no line end."""
    return "\n".join(record if isinstance(record, str) else json.dumps(record) for record in records)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


BROKEN: tuple[tuple[Record | str, tuple[str, ...]], ...] = (
    (json.dumps(play(0))[:200], ("not_json",)),
    ("{}}", ("not_json",)),
    ("[" + json.dumps(play(0)) + "]", ("not_an_object",)),
    (play(0, sessionId="100", itemInSession="0"), ("itemInSession_invalid", "sessionId_invalid")),
    (play(0, artist=1, userId=5), ("artist_invalid", "userId_invalid")),
    (play(0, ts=1541440800), ("ts_in_seconds",)),
    (play(0, ts=-1541440800000), ("ts_negative",)),
    (play(0, page="Next Song"), ("page_unknown",)),
    ({name: value for name, value in play(0).items() if name not in ("ts", "level")}, ("level_missing", "ts_missing")),
    (play(0, song={"title": ["nested"]}, length=[1], status={}), ("length_invalid", "song_invalid", "status_invalid")),
    (play(0, artist="x" * 1025), ("value_too_long",)),
    (play(0, song="Nul\x00"), ("nul_byte",)),
)
"""Lines in error, each with its reasons; none may be loaded."""

OTHER_VERSIONS = (
    # Play 0 was five minutes earlier; plays 1 and 2 have another length: the smaller one counts, the greater does not.
    play(0, ts=play(0)["ts"] - 300_000),
    play(1, length=9.5),
    play(2, length=100.5),
    play(3, level="paid", ts=play(3)["ts"] + 1),
    play(5, artist=twice("Björk"), lastName=twice("Müller")),
    play(40, location=None),
    # Stored before, and delivered in two versions at once.
    play(22, length=100.5),
)
"""Plays delivered again with other content."""
