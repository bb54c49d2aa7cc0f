"""The demo's users and songs files, with their defects, and the part of the catalogue that arrives late."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from demo.files import CsvFile, Style, write
from demo.manifest import FileEntry, Manifest
from demo.streams import defects
from demo.streams.defects import Row
from demo.streams.world import World

USER_COLUMNS = ("user_id", "user_name", "user_age", "user_country", "created_at")
SONG_COLUMNS = (
    *("id", "track_id", "artists", "album_name", "track_name", "popularity", "duration_ms", "explicit"),
    *("danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness", "instrumentalness"),
    *("liveness", "valence", "tempo", "time_signature", "track_genre"),
)
FEWER_SONG_COLUMNS = tuple(reversed([name for name in SONG_COLUMNS if name not in ("key", "mode", "time_signature")]))
NEW_ID = 5_000_000
"""Ids and user ids of broken rows start here, so that they replace no valid row."""


def plant_users(out: Path, manifest: Manifest, world: World) -> None:
    """Plants two files of users: the first with one user twice, the second with a byte order mark and CRLF."""
    rows = list(world.users.values())
    middle = len(rows) * 3 // 4
    entry, file = _start(manifest, "users/users-1.csv", Style(USER_COLUMNS))
    _write_rows(file, entry, rows[:middle])
    _write_again(file, entry, rows[0], "the same user twice in a file")
    template = {**rows[1], "user_id": NEW_ID, "created_at": date(2024, 1, 1)}
    _write_defects(file, entry, template, defects.USERS)
    _finish(out, file, entry)
    entry, file = _start(manifest, "users/users-2.csv", Style(USER_COLUMNS[::-1], bom=True, crlf=True))
    _write_rows(file, entry, rows[middle:])
    _finish(out, file, entry)


def plant_songs(out: Path, manifest: Manifest, world: World) -> None:
    """Plants two files of songs: one with columns that are not needed, one gzipped with fewer in another order."""
    rows = [row for track_id, row in world.tracks.items() if track_id not in world.late]
    middle = len(rows) // 2
    entry, file = _start(manifest, "songs/catalogue part 1.csv", Style(SONG_COLUMNS))
    _write_rows(file, entry, rows[:middle])
    for row in rows[:3]:
        again = {**row, "id": row["id"] + NEW_ID, "track_genre": "opera"}
        _write_again(file, entry, again, "the same track twice, the second with a larger id and another genre")
    template = {**rows[5], "id": NEW_ID, "track_id": "brokenRowOfTheDemo0001"}
    _write_defects(file, entry, template, defects.SONGS)
    _write_broken_line(file, entry, template)
    _finish(out, file, entry)
    entry, file = _start(manifest, "songs/catalogue part 2.csv.gz", Style(FEWER_SONG_COLUMNS, quote_all=True))
    _write_rows(file, entry, rows[middle:])
    _finish(out, file, entry)


def plant_late_songs(out: Path, manifest: Manifest, world: World) -> None:
    """Plants the tracks that the first delivery lacked."""
    entry, file = _start(manifest, "songs/catalogue part 3 (late).csv", Style(SONG_COLUMNS, crlf=True))
    _write_rows(file, entry, (world.tracks[track_id] for track_id in sorted(world.late)))
    _finish(out, file, entry)


def _start(manifest: Manifest, key: str, style: Style) -> tuple[FileEntry, CsvFile]:
    return manifest.add(FileEntry(key, key.partition("/")[0])), CsvFile(style)


def _write_rows(file: CsvFile, entry: FileEntry, rows: Iterable[Row]) -> None:
    for row in rows:
        entry.read += 1
        entry.loaded += 1
        file.row(row)
        if row.get("track_name", "") is None:
            entry.warn("track_name_missing")
        if row.get("user_country", "") is None:
            entry.warn("user_country_missing")


def _write_again(file: CsvFile, entry: FileEntry, row: Row, why: str) -> None:
    entry.read += 1
    entry.repeated += 1
    entry.defects.append(why)
    file.row(row)


def _write_defects(file: CsvFile, entry: FileEntry, template: Row, planted: Iterable[defects.Defect]) -> None:
    for number, defect in enumerate(planted):
        entry.read += 1
        entry.quarantine(defect.rules, defect.why)
        key = "user_id" if "user_id" in file.style.columns else "id"
        row = {**template, key: int(str(template[key])) + number, **dict(defect.values)}
        if defect.mangle:
            good = CsvFile(Style(file.style.columns))
            good.row(row)
            file.raw(defect.mangle(good.lines[0]))
        else:
            file.row(row)


def _write_broken_line(file: CsvFile, entry: FileEntry, template: Row) -> None:
    file.row({**template, "album_name": "Side A\nSide B"})
    for half in ("first", "second"):
        entry.read += 1
        entry.quarantine(defects.BROKEN_LINE, f"the {half} half of a value with a line break in it")


def _finish(out: Path, file: CsvFile, entry: FileEntry) -> None:
    entry.check()
    write(out, entry.key, file.to_bytes())
