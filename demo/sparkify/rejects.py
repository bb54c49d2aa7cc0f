"""Files that must not be loaded, each with the reason that is recorded, and files that are not input."""

import gzip
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

from demo.files import write
from demo.manifest import FileEntry, Manifest
from demo.sparkify.lines import JsonLines
from demo.sparkify.sessions import Event

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
FOLDER = "log_data/2025/03"
BAD_ROWS, GOOD_ROWS = 90, 30
"""Rows of the file that is rejected for its rows: over half of at least 100 are bad."""


def plant(out: Path, manifest: Manifest, events: Sequence[Event]) -> None:
    """Writes every rejected and every ignored file below `out` and books it."""
    few = list(events[:9])
    good = _log(few)
    song = {"song_id": "SOREJECTED00000001", "title": "Beyoncé", "artist_id": "AR1", "duration": 200.5}
    rejected: dict[str, tuple[bytes, str, str]] = {
        f"{FOLDER}/one-array.json": (json.dumps(few).encode(), "not_json", "is one JSON array"),
        f"{FOLDER}/pretty.json": (json.dumps(few, indent=2).encode(), "not_json", "is one JSON array over many lines"),
        f"{FOLDER}/nothing.json": (b"", "empty", "has no byte"),
        f"{FOLDER}/blank.json": (b"\n \n", "empty", "has nothing but blank lines"),
        f"{FOLDER}/events.csv": (b"artist,song,ts\nA,B,1\n", "not_json", "is CSV"),
        f"{FOLDER}/cover.json": (PNG + bytes(range(256)) * 4, "not_json", "is a PNG"),
        f"{FOLDER}/windows.json": (good.decode().encode("utf-16"), "not_utf8", "is UTF-16"),
        "song_data/A/A/A/one-array.json": (json.dumps([song]).encode(), "not_json", "is one JSON array"),
        "song_data/A/A/A/pretty.json": (json.dumps(song, indent=2).encode(), "not_json", "is a song over many lines"),
        "song_data/A/A/A/cut-off.json": (json.dumps(song).encode()[60:], "not_json", "lacks its beginning"),
        "song_data/A/A/A/empty.json": (b"", "empty", "has no byte"),
        "song_data/A/A/A/latin-1.json": (
            json.dumps(song, ensure_ascii=False).encode("latin-1"), "not_utf8", "is Latin-1",
        ),
    }  # fmt: skip
    for key, (content, reason, why) in rejected.items():
        write(out, key, content)
        _book(manifest, key, reason, f"the file {why}")
    _plant_gzip(out, manifest, good)
    _plant_reject_rate(out, manifest, events)
    for folder, dataset in ((FOLDER, "log_data"), ("song_data/A/A", "song_data")):
        key = f"{folder}/.ipynb_checkpoints/copy-checkpoint.json"
        write(out, key, good)
        manifest.add(FileEntry(key, dataset, state="IGNORED", defects=["a hidden file"]))


def _plant_gzip(out: Path, manifest: Manifest, good: bytes) -> None:
    whole = gzip.compress(good * 50, mtime=0)
    key = f"{FOLDER}/cut-off.json.gz"
    write(out, key, b"").write_bytes(whole[: len(whole) * 2 // 3])
    _book(manifest, key, "truncated", "the gzip ends in the middle")


def _plant_reject_rate(out: Path, manifest: Manifest, events: Sequence[Event]) -> None:
    key = f"{FOLDER}/wrong-clock.json"
    rows = list(itertools.islice(itertools.cycle(events), GOOD_ROWS + BAD_ROWS))
    in_seconds = [{**event, "ts": int(str(event["ts"])) // 1000} for event in rows[GOOD_ROWS:]]
    write(out, key, _log([*rows[:GOOD_ROWS], *in_seconds]))
    entry = _book(
        manifest, key, "reject_rate_exceeded", f"{BAD_ROWS} of {BAD_ROWS + GOOD_ROWS} events have a ts in seconds"
    )
    entry.read = entry.quarantined = BAD_ROWS + GOOD_ROWS
    entry.quarantined_by_rule = {"ts_in_seconds": BAD_ROWS, "reject_rate_exceeded": BAD_ROWS + GOOD_ROWS}


def _log(events: Sequence[Event]) -> bytes:
    file = JsonLines()
    for event in events:
        file.event(event)
    return file.to_bytes()


def _book(manifest: Manifest, key: str, reason: str, why: str) -> FileEntry:
    dataset = key.partition("/")[0]
    return manifest.add(FileEntry(key, dataset, state="REJECTED", reason=reason, defects=[why]))
