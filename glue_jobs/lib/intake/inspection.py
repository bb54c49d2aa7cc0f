"""Checks a delivered file while streaming it once: checksum, header, line count, or why it is unfit."""

import codecs
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files import csv_header
from glue_jobs.lib.files.rejected import Problem
from glue_jobs.lib.intake import gunzip
from glue_jobs.lib.intake.line_counter import BLANK, BOM, MAX_HEADER, MAX_LINE, LineCounter
from glue_jobs.lib.intake.multiline import MOST_LINES
from glue_jobs.lib.intake.other_formats import OTHER_SEPARATORS, SIGNATURES

HEAD = 4096
BOMB_BYTES, BOMB_TIMES = 256 << 20, 200
"""What unpacks to more than both is not read on: deflate packs a thousand equal bytes into one, but rows differ."""


@dataclass(frozen=True)
class Checked:
    """What was found; `header` has no BOM and line end, `lines` counts neither blank lines nor header lines.

    Attributes:
        padding: Zeros behind the end of gzip data; they are no part of what is archived.
    """

    checksum: str
    bytes: int
    header: str
    lines: int
    gzipped: bool
    problem: Problem | None
    record_parts: tuple[str, ...] = ()
    padding: int = 0


class _UnfitError(Exception):
    def __init__(self, reason: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.reason, self.message, self.remedy = reason, message, remedy


class _Inspection:
    def __init__(self, chunks: Iterable[bytes], dataset: Dataset) -> None:
        self.chunks, self.dataset = chunks, dataset
        self.digest, self.bytes, self.gzipped = hashlib.sha256(), 0, False
        self.counter = LineCounter(has_header=dataset.file_format == "csv")
        self.header: str | None = None
        self.packed = gunzip.Gunzip()

    def hashed(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.digest.update(chunk)
            self.bytes += len(chunk)
            yield chunk

    def read(self, source: Iterator[bytes]) -> None:
        raw = _with_full_head(source)
        first = next(raw, b"")
        self.gzipped = first.startswith(gunzip.MAGIC)
        whole = _chain(first, raw)
        try:
            self.read_text(_with_full_head(self.unpacked(whole)) if self.gzipped else whole)
        except gunzip.TruncatedError as cause:
            raise _UnfitError("truncated", "ends inside its gzip data", "deliver it again, whole") from cause
        except gunzip.DamagedError as cause:
            raise _UnfitError("damaged", f"holds broken gzip data ({cause})", "pack and deliver it again") from cause

    def unpacked(self, whole: Iterator[bytes]) -> Iterator[bytes]:
        for piece in self.packed.pieces(whole):
            if self.packed.unpacked > max(BOMB_BYTES, BOMB_TIMES * self.bytes):
                found = f"unpacks to more than {BOMB_BYTES >> 20} MiB and {BOMB_TIMES} times its size, as no rows do"
                raise _UnfitError("gzip_bomb", found, "look at what it holds; deliver such rows unpacked")
            yield piece

    def read_text(self, pieces: Iterator[bytes]) -> None:
        decoder, position = codecs.getincrementaldecoder("utf-8")(), 0
        for number, piece in enumerate(pieces):
            if number == 0:
                _refuse_binary(piece, self.dataset)
            _decode(decoder, piece, position)
            position += len(piece)
            self.counter.feed(piece.removeprefix(BOM) if number == 0 else piece)
            self.judge_first_line()
            self.judge_longest_line()
        _decode(decoder, b"", position, final=True)
        self.counter.finish()
        self.judge_first_line()
        self.judge_longest_line()
        if self.counter.first is None:
            raise _UnfitError("empty", "is empty", "deliver it with its rows")
        if self.dataset.file_format == "json" and not self.counter.has_object:
            _refuse_without_object(self.counter.first)
        if self.counter.multiline.too_many:
            found = f"has more than {MOST_LINES} lines in records with line breaks inside quotes"
            raise _UnfitError("multiline_records", found, "deliver it without line breaks in its values")
        if self.counter.lines == 0:
            raise _UnfitError("empty", "holds a header and no rows", "deliver it with its rows")

    def judge_first_line(self) -> None:
        if self.counter.first_is_long:
            limit = f"a first line of more than {MAX_HEADER} bytes"
            remedy = f"deliver CSV with a header line that names {', '.join(self.dataset.required_columns)}"
            raise _UnfitError("not_csv", f"has {limit}, which is no header", remedy)
        if self.header is None and self.counter.first is not None:
            text = self.counter.first.decode()
            self.header = text if self.dataset.file_format == "csv" else ""
            if self.dataset.file_format == "csv":
                _require_columns(text, self.dataset)

    def judge_longest_line(self) -> None:
        if self.counter.longest > MAX_LINE:
            limit = f"has a line of more than {MAX_LINE >> 20} MiB"
            raise _UnfitError("line_too_long", limit, "deliver it with a line end after each row")


def check(chunks: Iterable[bytes], dataset: Dataset, *, name: str) -> Checked:
    """Reads `chunks`, the bytes of the object `name`, once, in bounded memory.

    Returns:
        The findings; an unfit file has a `problem`, and is still read to its end for the checksum.
    """
    inspection = _Inspection(chunks, dataset)
    source = inspection.hashed()
    problem = None
    try:
        inspection.read(source)
    except _UnfitError as unfit:
        problem = Problem(unfit.reason, f"'{name}' {unfit.message}", unfit.remedy)
        for _ in source:
            pass
    header = inspection.header or ""
    counter = inspection.counter
    return Checked(
        checksum=inspection.digest.hexdigest(),
        bytes=inspection.bytes,
        header=header,
        lines=counter.lines,
        gzipped=inspection.gzipped,
        problem=problem,
        record_parts=tuple(counter.multiline.parts),
        padding=inspection.packed.padding,
    )


def _with_full_head(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes with HEAD of them in the first piece, so no verdict depends on where the chunks are split."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= HEAD:
            break
    if head:
        yield head
    yield from pieces


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _refuse_binary(piece: bytes, dataset: Dataset) -> None:
    head = piece[:HEAD]
    expected = "CSV" if dataset.file_format == "csv" else "JSON lines"
    remedy = f"deliver {expected} in UTF-8"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _alternates_with_nul(head):
        raise _UnfitError("not_utf8", "is UTF-16, not UTF-8", "save it as UTF-8 and deliver it again")
    for signature, kind in SIGNATURES.items():
        # Text begins with none of these except ORC, which might be the name of a column.
        if head.startswith(signature) and (signature != b"ORC" or b"\0" in head):
            raise _UnfitError(f"not_{dataset.file_format}", f"is {kind}, not {expected}", remedy)


def _alternates_with_nul(head: bytes) -> bool:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    return half >= 2 and max(even, odd) > 0.6 * half and min(even, odd) < 0.1 * half


def _decode(decoder: codecs.IncrementalDecoder, piece: bytes, position: int, *, final: bool = False) -> None:
    held = len(decoder.getstate()[0])
    if not held and piece.isascii():
        return
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError as cause:
        at, byte = position - held + cause.start, cause.object[cause.start]
        raise _UnfitError(
            "not_utf8", f"is not UTF-8: byte 0x{byte:02x} at offset {at}", "save it as UTF-8 and deliver it again"
        ) from cause


def _require_columns(header: str, dataset: Dataset) -> None:
    columns = csv_header.columns_of(header)
    missing = csv_header.missing_columns(header, dataset)
    remedy = f"deliver CSV with a header line that names {', '.join(dataset.required_columns)}"
    if header.startswith(csv_header.BOM):
        raise _UnfitError("not_csv", "begins with more than two byte order marks", "deliver it with one or none")
    if not missing:
        twice = [name for name in dataset.field_names if columns.count(name) > 1]
        if twice:
            raise _UnfitError("duplicate_columns", f"has column '{twice[0]}' twice", "deliver it with one of the two")
        return
    kind = _what_it_is_instead(header, dataset)
    if kind:
        raise _UnfitError("not_csv", f"is {kind}, not CSV", remedy)
    names = ", ".join(f"'{name}'" for name in missing)
    shown = header if len(header) <= 200 else f"{header[:200]}…"
    raise _UnfitError("missing_columns", f"lacks column {names}; its header is: {shown}", remedy)


def _what_it_is_instead(header: str, dataset: Dataset) -> str | None:
    start = header.lstrip()
    if start.startswith(("{", "[")):
        return "JSON"
    if start.startswith("<"):
        return "HTML or XML"
    if start.lower().startswith("sep="):
        return f"text that begins with Excel's line '{start[:8]}' instead of its header"
    if start.startswith("#"):
        return "text that begins with a comment line instead of its header"
    if any(character.encode() in BLANK and character not in "\t " for character in header):
        return "binary data"
    for separator, name in OTHER_SEPARATORS.items():
        if set(dataset.required_columns) <= set(csv_header.columns_of(header.replace(separator, ","))):
            return f"text separated by {name}"
    return None


def _refuse_without_object(first: bytes) -> NoReturn:
    """Raises: no line begins a JSON object. An object that breaks later is a row in error, which Spark finds."""
    line = first[:200].decode(errors="replace")
    what = "is a JSON array" if line.startswith("[") else "holds no line with a JSON object"
    shown = line if len(first) <= 200 else f"{line}…"
    raise _UnfitError(
        "not_json", f"{what}; it begins: {shown}", "deliver one JSON object a line, each on a line of its own"
    )
