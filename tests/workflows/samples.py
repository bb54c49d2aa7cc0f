"""Small input for workflow tests, from the demo's world: whole catalogues and chosen plays as files."""

import random
from collections.abc import Iterable, Sequence
from functools import lru_cache

from demo.files import CsvFile, Style
from demo.streams.catalogue import SONG_COLUMNS, USER_COLUMNS
from demo.streams.world import FIRST_DAY, Play, World

PLAY_COLUMNS = ("user_id", "track_id", "listen_time")
MISSING = "notInAnyCatalogue00001"


@lru_cache
def world() -> World:
    """Thirty listeners, forty tracks, two days."""
    return World(seed=11, days=2, plays=240, users=30, tracks=40)


def csv(columns: Sequence[str], rows: Iterable[dict[str, object]]) -> str:
    """Rows as a CSV file."""
    file = CsvFile(Style(tuple(columns)))
    for row in rows:
        file.row(row)
    return file.to_bytes().decode()


def users(rows: Iterable[dict[str, object]] | None = None) -> str:
    """A users file, with all users if no rows are given."""
    return csv(USER_COLUMNS, world().users.values() if rows is None else rows)


def songs(rows: Iterable[dict[str, object]] | None = None) -> str:
    """A songs file, with the whole catalogue if no rows are given."""
    return csv(SONG_COLUMNS, tracks() if rows is None else rows)


def tracks() -> list[dict[str, object]]:
    """The whole catalogue."""
    return list(world().tracks.values())


def plays(some: Iterable[Play]) -> str:
    """A streams file."""
    return csv(PLAY_COLUMNS, (play.values for play in some))


def all_plays() -> list[Play]:
    """Every play, in order of time."""
    return world().plays


def more_plays(count: int) -> list[Play]:
    """Other plays of the same people on the same days."""
    return world().draw_plays(count, random.Random(5), first=FIRST_DAY, days=2)
