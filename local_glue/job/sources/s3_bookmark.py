"""Glue's bookmark rule for S3: modification time, with a band in which the state lists each file that was read.

A file counts as read when it is older than the last run's start less the band, or in the include list. S3 lists
times in whole seconds, so the comparison does too, and the band is never under two seconds: a file written in the
second in which a run starts is read either by that run or by the next one.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import accumulate
from typing import Any

from local_glue.job.sources.s3_listing import S3Object, S3SourceError

DEFAULT_BAND_MS = 900_000
DEFAULT_MOST_FILES = 1_000
MINIMUM_BAND_MS = 2_000
_CLASS = "HadoopDataSourceJobBookmarkState"


def fingerprint(item: S3Object) -> str:
    """The entry of a file in the include list; it changes when the file is overwritten."""
    text = f"{item.uri}\n{item.modified.isoformat()}\n{item.etag}"
    return f"{int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), 16):x}"


@dataclass(frozen=True)
class Band:
    """The time before a run's start in which files are remembered one by one, and how many of them may be."""

    milliseconds: int
    most_files: int


@dataclass(frozen=True)
class S3State:
    """What a context has read so far."""

    start: datetime
    band_ms: int
    include: frozenset[str]

    @classmethod
    def parse(cls, state: dict[str, Any] | None) -> "S3State | None":
        """The saved state, None without one.

        Raises:
            S3SourceError: it is one of another kind of source.
        """
        if not state:
            return None
        if state.get("jsonClass") != _CLASS:
            raise S3SourceError(
                "the bookmark of this transformation_ctx is one of a database: what Glue makes of it is not "
                "documented; give the source another transformation_ctx, or reset the bookmark"
            )
        values = state["timestamps"]
        include = frozenset(filter(None, values["INCLUDE_LIST"].split(",")))
        return cls(_parse_time(values["CURR_RUN_START_TIME"]), int(values["HIGH_BAND"]), include)

    def as_json(self, run: int) -> dict[str, Any]:
        """The state as `get-job-bookmark` shows it."""
        values = {
            "RUN": str(run),
            "HIGH_BAND": str(self.band_ms),
            "CURR_LATEST_PARTITION": "0",
            "CURR_LATEST_PARTITIONS": "",
            "CURR_RUN_START_TIME": _format_time(self.start),
            "INCLUDE_LIST": ",".join(sorted(self.include)),
        }
        return {"jsonClass": _CLASS, "timestamps": values}

    @property
    def settled_before(self) -> datetime:
        """The time up to which all files have been read."""
        return self.start.replace(microsecond=0) - timedelta(milliseconds=max(self.band_ms, MINIMUM_BAND_MS))

    def covers(self, item: S3Object) -> bool:
        """Whether this version of the file was read."""
        return item.modified <= self.settled_before or fingerprint(item) in self.include


def choose(items: Iterable[S3Object], lower: S3State | None, upper: S3State | None, start: datetime) -> list[S3Object]:
    """The files that were not read before and existed when the run started (or when the run of `upper` did)."""
    unread = [item for item in items if not (lower and lower.covers(item))]
    return [item for item in unread if (upper.covers(item) if upper else item.modified <= start)]


def within_limit(
    items: Iterable[S3Object], chosen: Sequence[S3Object], lower: S3State | None, start: datetime, band: Band
) -> list[S3Object]:
    """The chosen files without those of the band that are too many to be remembered; the next run reads them."""
    settled_before = S3State(start, band.milliseconds, frozenset()).settled_before
    remembered = sum(item.modified > settled_before and bool(lower and lower.covers(item)) for item in items)
    in_band = sorted((item for item in chosen if item.modified > settled_before), key=lambda item: item.modified)
    left = {item.uri for item in in_band[max(band.most_files - remembered, 0) :]}
    return [item for item in chosen if item.uri not in left]


def oldest(chosen: Sequence[S3Object], files: int | None, size: int | None) -> list[S3Object]:
    """The oldest of the chosen files: so many of them, or until their bytes reach `size`; all without a limit."""
    if files is None and size is None:
        return list(chosen)
    ordered = sorted(chosen, key=lambda item: (item.modified, item.uri))
    if files is not None:
        return ordered[:files]
    before = list(accumulate((item.size for item in ordered), initial=0))
    return [item for item, total in zip(ordered, before, strict=False) if total < (size or 0)]


def after(
    items: Sequence[S3Object], chosen: Iterable[S3Object], lower: S3State | None, start: datetime, band_ms: int
) -> S3State:
    """The state after the chosen files were read."""
    bare = S3State(start, band_ms, frozenset())
    read = {item.uri for item in chosen}
    left = [
        item.modified
        for item in items
        if item.uri not in read and item.modified <= start and not (lower and lower.covers(item))
    ]
    if left and min(left) <= bare.settled_before:
        # Nothing that was left to later runs may count as settled.
        start = min(left) - timedelta(seconds=1) + timedelta(milliseconds=max(band_ms, MINIMUM_BAND_MS))
        bare = S3State(start, band_ms, frozenset())
    banded = (item for item in items if item.modified > bare.settled_before)
    return S3State(
        start, band_ms, frozenset(fingerprint(i) for i in banded if i.uri in read or (lower and lower.covers(i)))
    )


def _format_time(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
