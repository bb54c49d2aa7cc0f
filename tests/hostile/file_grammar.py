"""Whole files as they should be, and each way in which they are mangled on their way."""

import gzip
import random
import zlib
from collections.abc import Callable
from typing import Any

from oracle.csv_text import column_names

from tests.hostile import csv_grammar, json_grammar
from tests.hostile.texts import MARK

BOM = MARK.encode()
BINARY = (
    *(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\x14\0", b"PAR1\x15\x04", b"%PDF-1.7\n%\xe2\xe3", b"BZh91AY&SY"),
    *(b"GIF89a", b"\xff\xd8\xff\xe0", bytes(300), b"\x7fELF\x02\x01", b"SQLite format 3\0", bytes(range(256))),
)
OTHER_TEXTS = (
    *(b"", b" ", b"\n", b"\r\n\r\n", BOM, BOM + b"\n", b"\0", b"\x1a", b"<!DOCTYPE html>\n<p>503</p>", b"[]", b"{}",
    b"{", b"[{}]"),
    *(b"null\n", b"{}\n", b"sep=,\n", b"Error: timeout\n", b"a,b,c\n1,2,3\n", b"{\n}\n", b"\xef\xbb", b"\xc3",
    b"\xed\xa0\x80\n"),
)  # fmt: skip
WRONG_BYTES = (b"\xe9", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf0\x9f", b"\x80")
ENDS = (b"\n", b"\r\n", b"\r", b"\n\n", b"\n \t\n", b"\r\n\n\r")


def odd_file(rng: random.Random, dataset: Any) -> bytes:
    """The bytes of a file; about every third is sound, however it is packed and encoded."""
    share = rng.random()
    if share < 0.04:
        return _packed(rng, rng.choice((*BINARY, *OTHER_TEXTS)))
    text = _text(rng, dataset)
    if share < 0.35:
        text = rng.choice(TEXT_FAULTS)(rng, text)
    body = _packed(rng, text)
    return rng.choice(BYTE_FAULTS)(rng, body) if share > 0.85 else body


def _text(rng: random.Random, dataset: Any) -> bytes:
    rows = rng.choice((0, 1, 2, 5, 20, 60))
    if dataset.file_format == "json":
        lines = list(json_grammar.lines(rng, dataset, rows))
    else:
        header = csv_grammar.header(rng, dataset)
        lines = [header, *csv_grammar.lines(rng, dataset, column_names(header), header, rows)]
    end = rng.choice(ENDS)
    begin = rng.choice((b"", b"", b"", BOM, b"\n", b" \r\n"))
    return begin + end.join(line.encode() for line in lines) + rng.choice((end, b""))


def _packed(rng: random.Random, text: bytes) -> bytes:
    """The text as it is, or in gzip of one, two or many members, with zeros behind it, or packed twice."""
    share, half = rng.random(), len(text) // 2
    if share < 0.5:
        return text
    once = gzip.compress(text, rng.choice((0, 1, 9)), mtime=0)
    two = gzip.compress(text[:half], mtime=0) + gzip.compress(text[half:], mtime=0)
    return rng.choice(
        (once, two, two + gzip.compress(b"", mtime=0), once + bytes(rng.choice((1, 3, 512, 5000))), two + bytes(7))
        if share < 0.95
        else (gzip.compress(once, mtime=0), once + bytes(2) + once)
    )


def _header_fault(rng: random.Random, text: bytes) -> bytes:
    first, end, rest = text.partition(b"\n")
    names = first.split(b",")
    at = rng.randrange(len(names))
    changed = rng.choice(
        (
            *(b",".join(names[:at] + names[at + 1 :]), b",".join((*names, names[at])), b",".join(reversed(names)), b""),
            *(first.upper(), first.replace(b",", b";"), first.replace(b",", b"\t"), first.replace(b"_", b" "),
            b"#" + first),
            *(first + b",", first[:at], b'"' + first, first.replace(b",", b" , "), first + b"\x00", b"x" * 40_000,
            first * 2),
            *(BOM + BOM + first, first + b"\n" + first, b"\xa0".join(names), b"'" + b"','".join(names) + b"'"),
        )
    )  # fmt: skip
    return changed + end + rest


def _insert(rng: random.Random, text: bytes) -> bytes:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice((*WRONG_BYTES, b"\0", b'"', b"\n", b"\r", BOM, b"\x1a", b"x" * 100_000)) + text[at:]


def _other_encoding(rng: random.Random, text: bytes) -> bytes:
    name = rng.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "utf-7", "cp037", "utf-8-sig")
    )
    return text.decode().encode(name, errors="replace")


def _cut(rng: random.Random, body: bytes) -> bytes:
    return body[: rng.randrange(len(body) + 1)]


def _flip(rng: random.Random, body: bytes) -> bytes:
    if not body:
        return body
    at = rng.randrange(len(body))
    return body[:at] + bytes([body[at] ^ 1 << rng.randrange(8)]) + body[at + 1 :]


def _appended(rng: random.Random, body: bytes) -> bytes:
    return body + rng.choice(
        (b"rubbish", b"\x1f\x8b", b"\x1f\x8b\x08\0", bytes(100) + b"x", b"\n", zlib.compress(b"x"))
    )


Fault = Callable[[random.Random, bytes], bytes]
TEXT_FAULTS: tuple[Fault, ...] = (_header_fault, _header_fault, _insert, _other_encoding, _cut)
BYTE_FAULTS: tuple[Fault, ...] = (_cut, _flip, _appended)
