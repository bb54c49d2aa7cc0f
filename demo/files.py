"""Writes CSV as found in practice: RFC 4180 quoting, byte order marks, line ends, gzip; always the same bytes."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

BOM = "\ufeff"


@dataclass(frozen=True)
class Style:
    """How a file is written.

    Attributes:
        columns: Names in the order of the file.
        quote_all: Whether every value is in quotes, in the header too.
        final_newline: Whether the last line ends like the others.
    """

    columns: tuple[str, ...]
    bom: bool = False
    crlf: bool = False
    quote_all: bool = False
    final_newline: bool = True


@dataclass
class CsvFile:
    """The lines of a file that is being made; they come from values, or from the raw text of a broken line."""

    style: Style
    lines: list[str] = field(default_factory=list)

    def row(self, values: dict[str, object]) -> None:
        """Adds a well-formed line; None is written as an empty value."""
        self.lines.append(self._join(values[name] for name in self.style.columns))

    def raw(self, line: str) -> None:
        """Adds `line` as it is."""
        self.lines.append(line)

    def header(self) -> str:
        """The header line, without the byte order mark."""
        return self._join(self.style.columns)

    def to_bytes(self) -> bytes:
        """The file, header first, uncompressed."""
        end = "\r\n" if self.style.crlf else "\n"
        text = end.join((self.header(), *self.lines)) + (end if self.style.final_newline else "")
        return ((BOM if self.style.bom else "") + text).encode("utf-8")

    def _join(self, values: Iterable[object]) -> str:
        return ",".join(quoted(value, always=self.style.quote_all) for value in values)


def quoted(value: object, *, always: bool = False) -> str:
    """`value` as RFC 4180 writes it: in quotes when it needs them, quotes doubled."""
    text = "" if value is None else str(value)
    if always or any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def write(out: Path, key: str, content: bytes) -> Path:
    """Writes `content` below `out`, gzipped when `key` ends in .gz (without a time stamp: the same bytes each time)."""
    path = out / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, mtime=0) if key.endswith(".gz") else content)
    return path
