"""What a campaign delivers: files drawn from the samples' world, in every form that the loader takes or refuses."""

import gzip
import random
from collections.abc import Sequence

import samples
import star_samples as star

from demo.files import CsvFile, Style

NAMES = ("a.csv", "b.csv", "deep/c d.csv", "é+%2F.csv.gz")
"""Few, so that files are often replaced in place."""

FORMS = ("plain", "CRLF", "BOM", "quoted", "other columns")
BROKEN = ("nobody,,never", "1,2,3,4", '1,"unclosed,2025-03-01 10:00:00', "-5,x,2025-02-30 00:00:00", ",,")
REFUSED = (b"", b"\x00\x01\x02", b"user_id,nope\n1,2\n", b"<html><body>404</body></html>\n", b"\x1f\x8b\x08 not gzip")
COUNTRIES = ("Iceland", "Peru", "Côte d'Ivoire")

PLAYS, USERS, TRACKS = len(samples.all_plays()), len(samples.world().users), len(samples.tracks())

Rows = Sequence[dict[str, object]]


def plays(key: str, start: int, count: int, *, form: str, broken: int, seed: int) -> bytes:
    """A streams file with `count` plays from number `start` on, in random order, and some broken lines.

    Lines in error stay below half, so that the file is not put aside as a whole.
    """
    chosen = [play.values for play in (samples.all_plays() * 2)[start : start + count]]
    random.Random(seed).shuffle(chosen)
    lines = () if form == "other columns" else BROKEN[: min(broken, (count - 1) // 2)]
    return _file(key, samples.PLAY_COLUMNS, chosen, form=form, seed=seed, lines=lines)


def users(key: str, start: int, count: int, version: int, *, form: str, seed: int) -> bytes:
    """A users file; `version` > 0 gives the users another country."""
    rows = list(samples.world().users.values())[start : start + count]
    if version:
        rows = [{**row, "user_country": COUNTRIES[version % len(COUNTRIES)]} for row in rows]
    return _file(key, samples.USER_COLUMNS, rows, form=form, seed=seed)


def songs(key: str, start: int, count: int, version: int, *, form: str, seed: int) -> bytes:
    """A songs file; `version` > 0 gives the tracks other genres, artists, names and durations."""
    rows = samples.tracks()[start : start + count]
    if version:
        changes = {"track_genre": f"genre {version}", "artists": f"Band {version};B", "track_name": f"Take {version}"}
        rows = [{**row, **changes, "duration_ms": 1000 * version} for row in rows]
    return _file(key, samples.SONG_COLUMNS, rows, form=form, seed=seed)


def events(key: str, start: int, count: int, *, others: int, broken: int, seed: int) -> bytes:
    """A log file: plays and the visits before them, some plays in other versions, some broken lines."""
    chosen = [number % star.PLAYS for number in range(start, start + count)]
    records = [*map(star.play, chosen), *map(star.visit, chosen[: count // 2]), *star.OTHER_VERSIONS[:others]]
    random.Random(seed).shuffle(records)
    return _lines(key, [*records, *(line for line, _ in star.BROKEN[: min(broken, count // 2)])])


def song_records(key: str, numbers: Sequence[int], version: int) -> bytes:
    """A song file; `version` > 0 gives the songs other titles, artists and durations, 1 those of other songs."""
    changes = [
        {},
        {"title": star.TITLES[5], "duration": 95.5, "artist_name": "Björk"},
        {"title": "Untitled", "year": 1999},
    ]
    return _lines(key, [star.song(number, **changes[version]) for number in numbers])


def _lines(key: str, records: Sequence[star.Record | str]) -> bytes:
    content = star.lines(records).encode()
    return gzip.compress(content, mtime=0) if key.endswith(".gz") else content


def _file(key: str, columns: Sequence[str], rows: Rows, *, form: str, seed: int, lines: Sequence[str] = ()) -> bytes:
    names = list(columns)
    if form == "other columns":
        random.Random(seed).shuffle(names)
        names.insert(1, "device")
        rows = [{**row, "device": "a phone, red"} for row in rows]
    style = Style(tuple(names), bom=form == "BOM", crlf=form == "CRLF", quote_all=form == "quoted")
    file = CsvFile(style)
    for row in rows:
        file.row(row)
    for line in lines:
        file.raw(line)
    return gzip.compress(file.to_bytes(), mtime=0) if key.endswith(".gz") else file.to_bytes()
