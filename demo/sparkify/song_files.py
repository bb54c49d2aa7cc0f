"""The demo's song files, with their defects, and the songs that arrive late."""

import random
from pathlib import Path

from demo.files import write
from demo.manifest import FileEntry, Manifest
from demo.sparkify import defects
from demo.sparkify.lines import song_file
from demo.sparkify.songs import Row, track_code
from demo.sparkify.text import SONG_TEXTS, encode_again, needs_repair
from demo.sparkify.world import World

BUNDLED = range(5, 8)
CORRECTED, RESENT, TEMPLATE, CORRECTED_LATE = 8, 9, 10, 11
"""Places in the catalogue of songs that are treated specially."""


def plant_songs(out: Path | None, manifest: Manifest, world: World) -> list[Row]:
    """Plants one file per song, three in one file, one twice with other attributes, one twice the same; and defects.

    Returns:
        The songs as the last of their files has them.
    """
    pick = random.Random(world.seed + 4)
    rows = [_as_delivered(number, row) for number, row in enumerate(world.catalogue.rows)]
    for number, row in enumerate(rows):
        key = _key(row, pick)
        if number == CORRECTED:
            entry = _plant(out, manifest, key, {**row, "artist_location": "Nowhere", "year": 1900}, why="is outdated")
            entry.loaded, entry.repeated = 0, 1
            _plant(out, manifest, key.replace("song_data", "song_data/corrected"), row, why="has other attributes")
        elif number == RESENT:
            entry = _plant(out, manifest, key, row, why="is delivered again under another name")
            entry.state, entry.loaded, entry.already_loaded = "REPEATED", 0, 1
            entry.warnings_by_rule = {}
            _plant(out, manifest, key.replace("song_data", "song_data/resent"), row)
        elif number not in BUNDLED:
            _plant(out, manifest, key, row, ascii_only=number % 2 == 0)
    _plant(out, manifest, "song_data/B/A/several songs.json", *(rows[number] for number in BUNDLED))
    _plant_defects(out, manifest, rows[TEMPLATE])
    return rows


def plant_late_songs(out: Path, manifest: Manifest, world: World) -> list[Row]:
    """Plants songs that the first delivery lacked, and one of its songs with other attributes."""
    pick = random.Random(world.seed + 5)
    rows = [_as_delivered(number, row) for number, row in enumerate(world.catalogue.late)]
    rows.append({**_as_delivered(CORRECTED_LATE, world.catalogue.rows[CORRECTED_LATE]), "year": 2020})
    for row in rows:
        _plant(out, manifest, _key(row, pick), row)
    return rows


def _as_delivered(number: int, row: Row) -> Row:
    """The row with its texts encoded as often as the writer of that file does."""
    again = 2 if number % 9 == 2 else 1 if number % 4 == 1 else 0
    return {**row, **{name: encode_again(str(row[name]), again) for name in SONG_TEXTS}}


def _plant(
    out: Path | None, manifest: Manifest, key: str, *rows: Row, ascii_only: bool = False, why: str | None = None
) -> FileEntry:
    """Plants a file of good songs."""
    entry = manifest.add(FileEntry(key, "song_data", read=len(rows), loaded=len(rows)))
    for row in rows:
        if needs_repair(row, SONG_TEXTS):
            entry.warn("text_repaired")
    if why:
        entry.defects.append(f"the song {why}")
    if out:
        write(out, key, song_file(*rows, ascii_only=ascii_only))
    return entry


def _plant_defects(out: Path | None, manifest: Manifest, template: Row) -> None:
    for number, defect in enumerate(defects.SONGS):
        row = {**template, "song_id": f"SOBROKEN{number:010}", **dict(defect.values)}
        key = f"song_data/C/C/C/TRCCC{number:013}.json"
        entry = manifest.add(FileEntry(key, "song_data", read=1))
        entry.quarantine(defect.rules, defect.why)
        if out:
            write(out, key, song_file(row))


def _key(row: Row, pick: random.Random) -> str:
    code = track_code(row, pick)
    return f"song_data/{code[2]}/{code[3]}/{code[4]}/{code}.json"
