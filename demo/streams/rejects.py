"""Files that must not be loaded, each with the reason that is recorded, and files that are not input."""

import gzip
from collections.abc import Sequence
from pathlib import Path

from demo.files import CsvFile, Style, write
from demo.manifest import FileEntry, Manifest
from demo.streams.world import Play

COLUMNS = ("user_id", "track_id", "listen_time")
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
BAD_ROWS, GOOD_ROWS = 90, 30
"""Rows of the file that is rejected for its rows: over half of at least 100 are bad."""


def plant(out: Path, manifest: Manifest, plays: Sequence[Play]) -> None:
    """Writes every rejected and every ignored file below `out` and books it."""
    good = csv_of(plays[:20])
    text = good.decode("utf-8")
    rejected: dict[str, tuple[bytes, str, str]] = {
        "streams/missing-column.csv": (csv_of(plays[:5], COLUMNS[:2]), "missing_columns", "lacks listen_time"),
        "streams/renamed-column.csv": (good.replace(b"track_id", b"song", 1), "missing_columns", "calls track_id song"),
        "streams/header-only.csv": (",".join(COLUMNS).encode() + b"\n", "empty", "has a header and nothing else"),
        "streams/nothing.csv": (b"", "empty", "has no byte"),
        "streams/events.csv": (b'{"user_id": 1, "track_id": "x"}\n' * 9, "not_csv", "is JSON"),
        "streams/cover.csv": (PNG + bytes(range(256)) * 4, "not_csv", "is a PNG"),
        "streams/error-page.csv": (b"<!DOCTYPE html>\n<html><body>503</body></html>\n", "not_csv", "is HTML"),
        "streams/exported-by-excel.csv": (text.encode("utf-16"), "not_utf8", "is UTF-16"),
        "songs/latin-1.csv": ("id,track_id,artists\n1,x,Beyoncé\n".encode("latin-1"), "not_utf8", "is Latin-1"),
        "users/renamed.csv": (
            b"id,user_name,user_age,user_country,created_at\n1,A,20,B,2024-01-01\n",
            "missing_columns",
            "calls user_id id",
        ),
    }
    for key, (content, reason, why) in rejected.items():
        write(out, key, content)
        _book(manifest, key, reason, f"the file {why}")
    _plant_gzip(out, manifest, good)
    _plant_reject_rate(out, manifest, plays)
    for key in ("streams/.part-7.csv.swp", "streams/.ipynb_checkpoints/part-0-checkpoint.csv"):
        write(out, key, good)
        manifest.add(FileEntry(key, "streams", state="IGNORED", defects=["a hidden file"]))


def csv_of(plays: Sequence[Play], columns: Sequence[str] = COLUMNS) -> bytes:
    """`plays` as a plain CSV file."""
    file = CsvFile(Style(tuple(columns)))
    for play in plays:
        file.row(play.values)
    return file.to_bytes()


def _plant_gzip(out: Path, manifest: Manifest, good: bytes) -> None:
    whole = gzip.compress(good * 50, mtime=0)
    path = write(out, "streams/cut-off.csv.gz", b"")
    path.write_bytes(whole[: len(whole) * 2 // 3])
    _book(manifest, "streams/cut-off.csv.gz", "truncated", "the gzip ends in the middle")


def _plant_reject_rate(out: Path, manifest: Manifest, plays: Sequence[Play]) -> None:
    key = "streams/wrong-export.csv"
    file = CsvFile(Style(COLUMNS))
    for play in plays[:GOOD_ROWS]:
        file.row(play.values)
    for play in plays[GOOD_ROWS : GOOD_ROWS + BAD_ROWS]:
        file.row({**play.values, "listen_time": f"{play.listened_at:%d.%m.%Y %H:%M}"})
    write(out, key, file.to_bytes())
    entry = _book(
        manifest, key, "reject_rate_exceeded", f"{BAD_ROWS} of {BAD_ROWS + GOOD_ROWS} rows have a time in another form"
    )
    entry.read = entry.quarantined = BAD_ROWS + GOOD_ROWS
    entry.quarantined_by_rule = {"listen_time_invalid": BAD_ROWS, "reject_rate_exceeded": BAD_ROWS + GOOD_ROWS}


def _book(manifest: Manifest, key: str, reason: str, why: str) -> FileEntry:
    dataset = key.partition("/")[0]
    return manifest.add(FileEntry(key, dataset, state="REJECTED", reason=reason, defects=[why]))
