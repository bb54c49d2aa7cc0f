"""A file's text without the lines of users; every other byte stays. Imports no Spark."""

import gzip
import hashlib
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.erasure.lines import UserLines
from glue_jobs.lib.intake.gunzip import MAGIC, Gunzip
from glue_jobs.lib.intake.line_counter import BLANK, BOM

IN_MEMORY = 32 << 20
"""Larger files are written to the disk on their way."""

LEVEL = 6
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass
class Removed:
    """What a `Filter` has left out so far.

    Attributes:
        lines: How many lines.
        has_others: Whether there are others that are neither blank nor a header.
        parts: MD5 (hex) of those that were part of a record of several lines.
    """

    lines: int = 0
    has_others: bool = False
    parts: list[str] = field(default_factory=list)


class Filter:
    """Passes the text of one file on without the users' lines.

    Args:
        record_parts: MD5 (hex) of lines that are part of a record of several lines (`intake.multiline`).
    """

    def __init__(self, dataset: Dataset, users: Collection[int], record_parts: Collection[str] = ()) -> None:
        self.removed = Removed()
        self._dataset, self._users, self._parts = dataset, users, frozenset(record_parts)
        self._lines = UserLines(dataset, users)
        self._header: bytes | None = None if dataset.file_format == "csv" else b""
        self._record: list[bytes] = []

    def pieces(self, text: Iterable[bytes]) -> Iterator[bytes]:
        """What stays of the text, which comes in pieces that may end anywhere."""
        rest = b""
        for piece in text:
            whole, rest = _whole_lines(rest + piece)
            if whole:
                yield self._kept(whole)
        yield self._kept(rest) + self._end_record()

    def _kept(self, text: bytes) -> bytes:
        if self._header is not None and not self._parts and not self._lines.may_be_in(text):
            self.removed.has_others = self.removed.has_others or any(map(self._counts, text.splitlines()))
            return text
        return b"".join(map(self._judged, text.splitlines(keepends=True)))

    def _judged(self, line: bytes) -> bytes:
        """The line, or nothing; of a record of several lines all of them when it ends."""
        bare = line.rstrip(b"\r\n")
        if self._header is None and bare.strip(BLANK):
            self._header = bare.removeprefix(BOM)
            self._lines = UserLines(self._dataset, self._users, self._header.decode(errors="replace"))
            if self._lines.has_place:
                return self._end_record() + line
            self._header = b""
        if not self._counts(bare):
            return self._end_record() + line
        if self._parts and hashlib.md5(bare, usedforsecurity=False).hexdigest() in self._parts:
            self._record.append(line)
            closes = bare.count(b'"') % 2 == 1 and len(self._record) > 1
            return self._end_record() if closes else b""
        return self._end_record() + self._decided([line], self._lines.holds(bare))

    def _end_record(self) -> bytes:
        lines, self._record = self._record, []
        if not lines:
            return b""
        bare = [line.rstrip(b"\r\n") for line in lines]
        is_users = self._lines.holds_record(bare)
        if is_users:
            self.removed.parts += [hashlib.md5(line, usedforsecurity=False).hexdigest() for line in bare]
        return self._decided(lines, is_users)

    def _decided(self, lines: list[bytes], is_users: bool) -> bytes:
        if is_users:
            self.removed.lines += len(lines)
            return b""
        self.removed.has_others = True
        return b"".join(lines)

    def _counts(self, bare: bytes) -> bool:
        """Whether the line is neither blank nor the header (again)."""
        return bool(bare.strip(BLANK)) and not (self._header and bare.removeprefix(BOM) == self._header)


@dataclass(frozen=True)
class Rewritten:
    """A file's new content: open at its beginning, with its SHA-256 (hex) and size in bytes."""

    body: IO[bytes]
    checksum: str
    bytes: int


def text_of(content: Iterable[bytes]) -> tuple[bool, Iterator[bytes]]:
    """Whether the content is gzip, and its text, in pieces."""
    pieces = iter(content)
    first = b""
    while len(first) < len(MAGIC) and (more := next(pieces, b"")):
        first += more
    whole = _chained(first, pieces)
    if first.startswith(MAGIC):
        return True, Gunzip().pieces(whole)
    if first.startswith(UTF_16):
        # Never a file that loads; without its zeros ASCII text can be searched.
        return False, (piece.replace(b"\0", b"") for piece in whole)
    return False, whole


def count(content: Iterable[bytes], filter_: Filter) -> Removed:
    """What the filter leaves out of the content (which may be gzip)."""
    for _ in filter_.pieces(text_of(content)[1]):
        pass
    return filter_.removed


def rewrite(content: Iterable[bytes], filter_: Filter) -> Rewritten:
    """The content without what the filter leaves out, packed again if it was gzip; the caller closes the body."""
    is_gzip, text = text_of(content)
    body = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the caller reads it)
    if is_gzip:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=body, mtime=0) as packed:
            _write(packed.write, filter_.pieces(text))
    else:
        _write(body.write, filter_.pieces(text))
    size = body.tell()
    body.seek(0)
    digest = hashlib.sha256()
    while chunk := body.read(1 << 20):
        digest.update(chunk)
    body.seek(0)
    return Rewritten(body, digest.hexdigest(), size)


def _write(write: Callable[[bytes], int], pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        write(piece)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _whole_lines(text: bytes) -> tuple[bytes, bytes]:
    """The text up to its last line end, and the rest; a \\r at the end may be half of one."""
    end = max(text.rfind(b"\n"), text.rfind(b"\r", 0, len(text) - 1)) + 1
    return text[:end], text[end:]
