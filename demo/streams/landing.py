"""The landing folder of the workflow `streams`: good files in every style, with defects planted among their rows."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from demo.defect import Defect, dealt
from demo.files import CsvFile, Style, write
from demo.manifest import FileEntry, Manifest
from demo.streams import defects, rejects
from demo.streams.catalogue import plant_late_songs, plant_songs, plant_users
from demo.streams.world import FIRST_DAY, Play, World

PLAIN = ("user_id", "track_id", "listen_time")
TURNED = ("listen_time", "user_id", "track_id")
DEVICES = ("phone", 'speaker, 5"', "car", "web")
NAMES_AND_STYLES: tuple[tuple[str, Style], ...] = (
    ("morning.csv", Style(PLAIN)),
    ("evening.csv.gz", Style(PLAIN)),
    ("morning.csv", Style(TURNED)),
    ("evening, with device.csv", Style((*PLAIN, "device"))),
    ("morning.csv", Style(PLAIN, bom=True, crlf=True)),
    ("soirée 100% + más.csv", Style(PLAIN)),
    ("joined.csv", Style(PLAIN, final_newline=False)),
    ("evening.csv", Style(PLAIN, quote_all=True)),
    ("morning.csv.gz", Style(TURNED, crlf=True)),
    ("evening.csv", Style(PLAIN, final_newline=False)),
)
STRANGERS = (900_001, 900_002)
"""Users who have plays but are never delivered."""


class Ledger:
    """Books plays in the order in which they are loaded: the first of a key counts, later ones are repeats."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen: set[Play] = set()
        self.loaded: set[Play] = set()

    def book(self, entry: FileEntry, play: Play) -> None:
        """Counts one well-formed row of `entry`."""
        user = self.world.users.get(play.user_id)
        waits = user is None or play.track_id not in self.world.tracks or play.track_id in self.world.late
        if play in self.loaded:
            entry.already_loaded += 1
        elif play in self.seen:
            entry.repeated += 1
        elif waits:
            entry.pending += 1
        else:
            entry.loaded += 1
            if play.listened_at.date() < user["created_at"]:
                entry.warn("before_signup")
        self.seen.add(play)

    def close(self) -> None:
        """Ends a run: what was seen and can be loaded counts as loaded."""
        late, tracks, users = self.world.late, self.world.tracks, self.world.users
        self.loaded |= {p for p in self.seen if p.user_id in users and p.track_id in tracks and p.track_id not in late}

    @property
    def waiting_for_late_songs(self) -> int:
        """The number of pending plays that the late catalogue resolves."""
        return sum(play.track_id in self.world.late and play.user_id in self.world.users for play in self.seen)


def build(out: Path, world: World) -> Manifest:
    """Writes the whole landing folder below `out` and returns what a load of it must book."""
    manifest = Manifest("streams", world.seed)
    plant_users(out, manifest, world)
    plant_songs(out, manifest, world)
    _plant_plays(out, manifest, world)
    rejects.plant(out, manifest, world.plays)
    return manifest


def build_more(out: Path, world: World) -> Manifest:
    """Writes one more small file of plays and the late part of the catalogue, booked as two runs in this order."""
    ledger = _plant_plays(None, Manifest("streams", world.seed), world)
    manifest = Manifest("streams", world.seed)
    pick = random.Random(world.seed + 3)
    last_day = FIRST_DAY + timedelta(days=world.days - 1)
    plays = world.draw_plays(max(20, world.play_count // 100), pick, first=last_day, days=2)
    key = f"streams/{last_day + timedelta(days=1)}/late-evening.csv"
    entry, file = manifest.add(FileEntry(key, "streams")), CsvFile(Style(PLAIN))
    again = sorted(ledger.loaded, key=lambda play: (play.listened_at, play.user_id, play.track_id))[:7]
    for play in (*plays, *again):
        _write_play(file, entry, ledger, play, pick)
    _write_defect(file, entry, defects.STREAMS[1], plays[0])
    _finish(out, file, entry)
    plant_late_songs(out, manifest, world)
    ledger.close()
    manifest.resolved = ledger.waiting_for_late_songs
    return manifest


def _plant_plays(out: Path | None, manifest: Manifest, world: World) -> Ledger:
    ledger, pick = Ledger(world), random.Random(world.seed + 2)
    chunks = list(_files(world))
    for (key, style, plays), planted in zip(chunks, dealt(defects.STREAMS, len(chunks)), strict=True):
        entry, file = manifest.add(FileEntry(key, "streams")), CsvFile(style)
        rows: list[Play | Defect] = [*plays, *_extras(plays, world, pick)]
        for defect in planted:
            rows.insert(pick.randrange(len(rows)), defect)
        for number, row in enumerate(rows):
            if isinstance(row, Defect):
                _write_defect(file, entry, row, plays[0])
            else:
                _write_play(file, entry, ledger, row, pick)
            if key.endswith("joined.csv") and number % 500 == 499:
                file.raw(file.header())
        _finish(out, file, entry)
    _plant_resent(out, manifest, chunks)
    ledger.close()
    return ledger


def _files(world: World) -> Iterable[tuple[str, Style, Sequence[Play]]]:
    """Two files per day, split at 17:00, in the order of their keys."""
    found = []
    for day in range(world.days):
        today: date = FIRST_DAY + timedelta(days=day)
        plays = [play for play in world.plays if play.listened_at.date() == today]
        for half in (0, 1):
            name, style = NAMES_AND_STYLES[(day * 2 + half) % len(NAMES_AND_STYLES)]
            part = [play for play in plays if (play.listened_at.hour >= 17) == bool(half)]
            if part:
                found.append((f"streams/{today}/{name}", style, part))
    return sorted(found, key=lambda item: item[0].encode("utf-8"))


def _extras(plays: Sequence[Play], world: World, pick: random.Random) -> list[Play]:
    """Well-formed rows that are not new plays: repeats, rows of any file, plays of unknown users and tracks."""
    repeats = pick.sample(plays, min(8, len(plays)))
    elsewhere = pick.sample(world.plays, 5)
    at = plays[0].listened_at
    unknown = [
        Play(STRANGERS[0], plays[0].track_id, at),
        Play(STRANGERS[1], "neverDeliveredTrack001", at),
        Play(plays[0].user_id, "neverDeliveredTrack002", at),
    ]
    return [*repeats, *elsewhere, *unknown, unknown[0]]


def _write_play(file: CsvFile, entry: FileEntry, ledger: Ledger, play: Play, pick: random.Random) -> None:
    entry.read += 1
    file.row({**play.values, "listen_time": _as_text(play.listened_at, pick), "device": pick.choice(DEVICES)})
    ledger.book(entry, play)


def _write_defect(file: CsvFile, entry: FileEntry, defect: Defect, play: Play) -> None:
    entry.read += 1
    entry.quarantine(defect.rules, defect.why)
    if not defect.mangle:
        file.row({**play.values, "device": "phone", **dict(defect.values)})
        return
    good = CsvFile(Style(file.style.columns))
    good.row({**play.values, "device": "phone"})
    file.raw(defect.mangle(good.lines[0]))


def _as_text(moment: datetime, pick: random.Random) -> str:
    """The same moment as different senders write it; most write `yyyy-MM-dd HH:mm:ss` in UTC."""
    form = pick.choices(("plain", "T", "Z", "zone", "fraction"), weights=(90, 4, 2, 3, 1))[0]
    if form == "T":
        return moment.isoformat()
    if form == "Z":
        return f"{moment.isoformat()}Z"
    if form == "zone":
        hours = pick.choice((-8, -3, 1, 9))
        return moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=hours))).isoformat(sep=" ")
    return f"{moment}.000" if form == "fraction" else str(moment)


def _plant_resent(out: Path | None, manifest: Manifest, chunks: Sequence[tuple[str, Style, Sequence[Play]]]) -> None:
    """Plants the first file again, byte for byte, under another name that sorts after it."""
    first = manifest.files[chunks[0][0]]
    key = f"streams/resent{Path(first.key).name[Path(first.key).name.index('.') :]}"
    entry = manifest.add(FileEntry(key, "streams", state="REPEATED", read=first.read, already_loaded=first.read))
    entry.defects.append(f"the bytes of {first.key} under another name")
    if out:
        (out / key).write_bytes((out / first.key).read_bytes())


def _finish(out: Path | None, file: CsvFile, entry: FileEntry) -> None:
    entry.check()
    if out:
        write(out, entry.key, file.to_bytes())
