"""Judges whole files in plain Python: what is wrong with each, or its header and how many rows it has."""

import gzip
import re
import zlib
from dataclasses import dataclass
from typing import Any

from oracle.csv_text import column_names

MARK = b"\xef\xbb\xbf"
LONGEST_HEADER, LONGEST_LINE = 32 << 10, 16 << 20
BINARY = (b"\x89PNG", b"PK\x03\x04", b"PAR1", b"%PDF", b"\x1f\x8b", b"BZh", b"GIF8", b"\xff\xd8\xff")


@dataclass(frozen=True)
class Judged:
    """What a file is: everything that is wrong with it (each may be its reason), or its header and number of rows."""

    problems: frozenset[str]
    header: str = ""
    rows: int = 0


def judge(body: bytes, dataset: Any) -> Judged:
    """Judges a file of the dataset by its bytes."""
    try:
        data = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    except (EOFError, gzip.BadGzipFile, zlib.error):
        # A few bytes behind a whole member are the beginning of another, or rubbish.
        return _bad("truncated", "damaged", *_problems_of_beginning(body, dataset))
    if body.startswith(b"\x1f\x8b") and _has_zeros_within(body):
        return _bad("damaged", *_problems_of_text(data, dataset))
    problems = _problems_of_text(data, dataset)
    lines = _filled(data, dataset)
    if problems or not lines:
        return _bad(*problems, *([] if lines else ["empty"]))
    header = lines[0].removeprefix(MARK) if dataset.file_format == "csv" else b""
    rows = [line for line in lines if not header or line not in (header, MARK + header)]
    return Judged(frozenset(), header.decode(), len(rows)) if rows else _bad("empty")


def _bad(*problems: str) -> Judged:
    return Judged(frozenset(problems))


def _problems_of_beginning(body: bytes, dataset: Any) -> set[str]:
    """What is wrong with that which can be unpacked of a broken file."""
    unpacked, rest = b"", body
    while rest:
        stream = zlib.decompressobj(31)
        try:
            # Byte by byte, for what comes before the fault counts.
            for at in range(len(rest)):
                unpacked += stream.decompress(rest[at : at + 1])
                if stream.eof:
                    break
        except zlib.error:
            break
        rest = rest[at + 1 :]
    return _problems_of_text(unpacked, dataset, is_whole=False) if unpacked else set()


def _problems_of_text(data: bytes, dataset: Any, *, is_whole: bool = True) -> set[str]:
    lines, problems = _filled(data, dataset), set()
    if data.startswith(BINARY):
        problems.add(f"not_{dataset.file_format}")
    try:
        data.decode()
    except UnicodeDecodeError:
        problems.add("not_utf8")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_wide(data[:4096]):
        problems.add("not_utf8")
    if any(len(line) > LONGEST_LINE for line in re.split(b"[\r\n]", data)):
        problems.add("line_too_long")
    if lines and dataset.file_format == "json" and is_whole and not any(map(_begins_object, lines)):
        problems.add("not_json")
    if lines and dataset.file_format == "csv":
        problems |= _problems_of_header(lines[0].removeprefix(MARK), dataset)
        problems |= {"empty"} if is_whole and set(lines) <= {lines[0], lines[0].removeprefix(MARK)} else set()
    return problems


def _problems_of_header(line: bytes, dataset: Any) -> set[str]:
    if len(line) > LONGEST_HEADER or line.startswith(MARK):
        return {"not_csv"}
    try:
        names = column_names(line.decode(errors="replace"))
    except ValueError:
        names = []
    present = [next((n for n in (f.name, *f.also_named) if n in names), None) for f in dataset.fields if not f.optional]
    if None in present:
        return {"missing_columns", "not_csv"}
    return {"duplicate_columns"} if any(names.count(field.name) > 1 for field in dataset.fields) else set()


def _filled(data: bytes, dataset: Any) -> list[bytes]:
    """The lines that are more than spaces, control characters and, in JSON, byte order marks before all."""
    lines = re.split(b"\r\n|\r|\n", data.removeprefix(MARK))
    marks = rb"(?:\xef\xbb\xbf)*" if dataset.file_format == "json" else b""
    return [line for line in lines if not re.fullmatch(marks + rb"[\x00-\x20]*", line)]


def _begins_object(line: bytes) -> bool:
    text = line.removeprefix(MARK).strip(bytes(range(0x21)))
    return text.startswith(b"{") and len(text) > 1


def _is_wide(head: bytes) -> bool:
    """Whether most of every second byte is NUL, as in UTF-16."""
    even, odd, half = head[0::2].count(0), head[1::2].count(0), len(head) // 2
    return half >= 2 and max(even, odd) > 0.6 * half and min(even, odd) < 0.1 * half


def _has_zeros_within(body: bytes) -> bool:
    """Whether zeros stand between two gzip members: Python passes over them, Hadoop and gzip do not."""
    rest = body
    while rest:
        stream = zlib.decompressobj(31)
        stream.decompress(rest)
        rest = stream.unused_data
        if rest.startswith(b"\0"):
            return bool(rest.strip(b"\0"))
    return False
