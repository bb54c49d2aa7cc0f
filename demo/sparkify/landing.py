"""The landing folder of the workflow `sparkify`: one log per day and one file per song, with planted defects."""

import random
from datetime import date
from pathlib import Path

from demo.defect import Defect, dealt
from demo.files import write
from demo.manifest import FileEntry, Manifest
from demo.sparkify import defects, rejects
from demo.sparkify.lines import PLAIN, JsonLines, Style, line_of
from demo.sparkify.sessions import Event
from demo.sparkify.song_files import plant_late_songs, plant_songs
from demo.sparkify.text import EVENT_TEXTS, needs_repair
from demo.sparkify.truth import Truth, event_id
from demo.sparkify.world import World

STYLES = (
    PLAIN,
    PLAIN,
    Style(spaced=True),
    Style(crlf=True, final_newline=True),
    PLAIN,
    Style(bom=True),
    Style(sparse=True),
    Style(turned=True),
    Style(with_device=True),
    Style(final_newline=True),
)
ZIPPED = 4
"""The log of this day is gzipped, counted from 1."""

AGAIN = 7


class Ledger:
    """Books events in the order of their files: the first of a key counts, later ones are repeats."""

    def __init__(self, loaded: dict[str, Event] | None = None) -> None:
        self.loaded = loaded or {}
        self.read: dict[tuple[str, str], Event] = {}

    def book(self, entry: FileEntry, event: Event) -> None:
        """Counts one well-formed event of `entry`."""
        key = (event_id(event), str(event["page"]))
        if key in self.read:
            entry.repeated += 1
        elif event["page"] == "NextSong" and key[0] in self.loaded:
            entry.already_loaded += 1
        else:
            entry.loaded += 1
        self.read.setdefault(key, event)
        entry.read += 1
        if needs_repair(event, EVENT_TEXTS):
            entry.warn("text_repaired")


def build(out: Path, world: World) -> Manifest:
    """Writes the whole landing folder below `out` and returns what a load of it, in one run, must book."""
    manifest = Manifest("sparkify", world.seed)
    _, (manifest.measures, manifest.rows) = _load_all(out, manifest, world)
    rejects.plant(out, manifest, [event for day in world.events_by_day.values() for event in day])
    return manifest


def build_more(out: Path, world: World) -> Manifest:
    """Writes the log of one more day, and late songs, some of which earlier events played; booked as one run."""
    truth, _ = _load_all(None, Manifest("sparkify", world.seed), world)
    manifest, ledger = Manifest("sparkify", world.seed), Ledger(dict(truth.plays))
    entry, file = manifest.add(FileEntry(_key(world.last_day), "log_data")), JsonLines()
    again = list(truth.plays.values())[:: max(1, len(truth.plays) // AGAIN)]
    today = world.events_by_day.get(world.last_day, [])
    for event in (*today, *again):
        _write_event(file, entry, ledger, event)
    _write_defect(file, entry, defects.NO_JSON[0], again[0])
    _finish(out, file, entry)
    songs = plant_late_songs(out, manifest, world)
    manifest.measures, manifest.rows = truth.load(ledger.read.values(), songs)
    manifest.resolved = manifest.measures["rematched_songplays"]
    return manifest


def _load_all(
    out: Path | None, manifest: Manifest, world: World
) -> tuple[Truth, tuple[dict[str, int], dict[str, int]]]:
    """Plants the first delivery; returns the truth after it, with measures and rows."""
    truth, ledger = Truth(), _plant_events(out, manifest, world)
    songs = plant_songs(out, manifest, world)
    return truth, truth.load(ledger.read.values(), songs)


def _plant_events(out: Path | None, manifest: Manifest, world: World) -> Ledger:
    ledger, pick = Ledger(), random.Random(world.seed + 2)
    days = [day for day in world.events_by_day if day < world.last_day]
    before: list[Event] = []
    for number, (day, planted) in enumerate(zip(days, dealt(defects.EVENTS, len(days)), strict=True)):
        events = world.events_by_day[day]
        key = _key(day) + (".gz" if number == ZIPPED - 1 else "")
        entry, file = manifest.add(FileEntry(key, "log_data")), JsonLines(STYLES[number % len(STYLES)])
        rows: list[Event | Defect] = [*events, *_extras(entry, events, before, pick)]
        for defect in planted:
            rows.insert(pick.randrange(len(rows)), defect)
        for row in rows:
            if isinstance(row, Defect):
                _write_defect(file, entry, row, _a_play(events))
            else:
                _write_event(file, entry, ledger, row)
        if number % 5 == 1:
            file.raw(" ")
        if number % 5 == 2:
            _write_defect(file, entry, defects.NO_JSON[0], _a_play(events))
            entry.defects[-1] = "the last line is cut off"
        _finish(out, file, entry)
        if number == min(2, len(days) - 1):
            _plant_cut_copy(out, manifest, ledger, day, events)
        before = events
    _plant_resent(out, manifest, days[0])
    return ledger


def _extras(entry: FileEntry, events: list[Event], before: list[Event], pick: random.Random) -> list[Event]:
    """Well-formed events that are not new: repeats, some of the day before, and one with a later time."""
    repeats = pick.sample(events, min(3, len(events)))
    moved = _a_play(events)
    entry.defects.append("some events twice, some of the day before again, one again with a later time")
    return [*repeats, *before[-2:], {**moved, "ts": int(str(moved["ts"])) + 1000}]


def _a_play(events: list[Event]) -> Event:
    return next(event for event in events if event["page"] == "NextSong")


def _write_event(file: JsonLines, entry: FileEntry, ledger: Ledger, event: Event) -> None:
    file.event(event)
    ledger.book(entry, event)


def _write_defect(file: JsonLines, entry: FileEntry, defect: Defect, play: Event) -> None:
    entry.read += 1
    entry.quarantine(defect.rules, defect.why)
    line = line_of({**play, **dict(defect.values)})
    file.raw(defect.mangle(line) if defect.mangle else line)


def _plant_cut_copy(out: Path | None, manifest: Manifest, ledger: Ledger, day: date, events: list[Event]) -> None:
    """Plants a log whose download broke off, under another name."""
    key = _key(day).replace("-events", "-events_1")
    entry, file = manifest.add(FileEntry(key, "log_data")), JsonLines()
    for event in events[: len(events) // 2]:
        _write_event(file, entry, ledger, event)
    _write_defect(file, entry, defects.NO_JSON[0], _a_play(events))
    entry.defects[-1] = f"the first half of {_key(day)} under another name, its last line cut off"
    _finish(out, file, entry)


def _plant_resent(out: Path | None, manifest: Manifest, day: date) -> None:
    """Plants a log again, byte for byte, under another name that sorts after all others."""
    first = manifest.files[_key(day)]
    key = f"log_data/resent/{Path(first.key).name}"
    entry = manifest.add(FileEntry(key, "log_data", state="REPEATED", read=first.read, already_loaded=first.read))
    entry.defects.append(f"the bytes of {first.key} under another name")
    if out:
        write(out, key, (out / first.key).read_bytes())


def _key(day: date) -> str:
    return f"log_data/{day:%Y/%m}/{day}-events.json"


def _finish(out: Path | None, file: JsonLines, entry: FileEntry) -> None:
    entry.check()
    if out:
        write(out, entry.key, file.to_bytes())
