"""Writes a benchmark's input: `landing/` as it is delivered, `dims/` as Parquet, `delivery.json` with what is in it.

Plays are clean but for a known share of bad lines, repeats, and plays of unknown users and tracks, so that no
contender may leave out a check. The same shape gives the same bytes.
"""

import hashlib
import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.catalogue import track_ids, write_catalogue
from bench.draw import Plays, draw_plays
from bench.shape import Shape

HEADER = "user_id,track_id,listen_time"
BAD_SHARE, REPEATED_SHARE, UNKNOWN_SHARE = 0.001, 0.0005, 0.0001
BAD_LINES = (
    ",{track},{time}",
    "u{user},{track},{time}",
    "-{user},{track},{time}",
    "{user},,{time}",
    "{user},{track},2025-02-30 10:00:00",
    "{user},{track},2099-01-01 00:00:00",
    "{user},{track}",
)
UNKNOWN_LINES = ("9{user:09d},{track},{time}", "{user},unknown{user:015d},{time}")
DELIVERY = "delivery.json"


def generate(shape: Shape) -> Path:
    """The folder with the input of `shape`; written only if it is not there."""
    folder = shape.folder
    if not (folder / DELIVERY).exists():
        unfinished = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        write_catalogue(unfinished, users=shape.users, tracks=shape.tracks)
        _write_plays(unfinished, shape)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    return folder


def read_delivery(folder: Path) -> dict[str, Any]:
    """What `generate` wrote: `files` (name, lines, bytes, sha256) and the planted `quarantined`, `pending`, `repeated`.

    Plays that happen to be drawn twice are repeated as well.
    """
    return json.loads((folder / DELIVERY).read_text())


def _write_plays(folder: Path, shape: Shape) -> None:
    pick = np.random.default_rng(shape.seed)
    plays = draw_plays(shape, pick)
    odd, planted = _plant(plays, pick)
    names = pa.array(track_ids(shape.tracks))
    (folder / "landing" / "streams").mkdir(parents=True)
    bounds = np.linspace(0, shape.plays, shape.files + 1).astype(int)
    places, files = np.array(sorted(odd)), []
    for number, (first, last) in enumerate(pairwise(bounds), start=1):
        inside = places[(places >= first) & (places < last)]
        body = _file(plays[first:last], names, {place - first: odd[place] for place in inside})
        path = folder / "landing" / "streams" / f"plays-{number:05d}.csv"
        path.write_bytes(body)
        checksum = hashlib.sha256(body).hexdigest()
        files.append({"name": path.name, "lines": int(last - first), "bytes": len(body), "sha256": checksum})
    (folder / DELIVERY).write_text(json.dumps({"files": files, **planted}))


def _plant(plays: Plays, pick: np.random.Generator) -> tuple[dict[int, str], dict[str, int]]:
    """Repeats some plays in place of others; returns the forms of odd lines by place, and how many there are."""
    count = len(plays.user)
    bad, repeated, unknown = (round(count * share) for share in (BAD_SHARE, REPEATED_SHARE, UNKNOWN_SHARE))
    places = pick.choice(count, bad + unknown + 2 * repeated, replace=False)
    odd = {int(place): BAD_LINES[number % len(BAD_LINES)] for number, place in enumerate(places[:bad])}
    odd |= {int(place): UNKNOWN_LINES[number % 2] for number, place in enumerate(places[bad : bad + unknown])}
    copies, originals = places[bad + unknown :][:repeated], places[bad + unknown + repeated :]
    for column in (plays.user, plays.track, plays.second):
        column[copies] = column[originals]
    return odd, {"quarantined": bad, "pending": unknown, "repeated": repeated}


def _file(plays: Plays, names: pa.Array, odd: dict[int, str]) -> bytes:
    users = pc.cast(pa.array(plays.user), pa.string())
    tracks = names.take(pa.array(plays.track))
    times = pc.cast(pa.array(plays.second.astype("datetime64[s]")), pa.string())
    lines = pc.binary_join_element_wise(users, tracks, times, ",")
    if odd:
        mask = np.zeros(len(lines), dtype=bool)
        mask[list(odd)] = True
        texts = [
            form.format(user=int(plays.user[place]), track=tracks[place].as_py(), time=times[place].as_py())
            for place, form in odd.items()
        ]
        lines = pc.replace_with_mask(lines, mask, pa.array(texts))
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines), "\n")
    return f"{HEADER}\n{joined[0].as_py()}\n".encode()
