"""Writes JSON lines as the app and its helpers do; always the same bytes."""

import json
from dataclasses import dataclass, field

from demo.files import BOM
from demo.sparkify.sessions import FIELDS, Event


@dataclass(frozen=True)
class Style:
    """How a file is written.

    Attributes:
        spaced: Whether there are spaces after colons and commas.
        sparse: Whether fields that do not apply to an event are left out instead of null.
        with_device: Whether there is one more field, which is an object.
        final_newline: Whether the last line ends like the others.
    """

    bom: bool = False
    crlf: bool = False
    spaced: bool = False
    sparse: bool = False
    turned: bool = False
    with_device: bool = False
    final_newline: bool = False


PLAIN = Style()


@dataclass
class JsonLines:
    """The lines of a file that is being made."""

    style: Style = PLAIN
    lines: list[str] = field(default_factory=list)

    def event(self, event: Event) -> None:
        """Adds an event in the file's style."""
        self.lines.append(self.text(event))

    def raw(self, line: str) -> None:
        """Adds `line` as it is."""
        self.lines.append(line)

    def text(self, event: Event) -> str:
        """The line of an event."""
        names = [name for name in FIELDS if name in event]
        if self.style.sparse:
            names = [name for name in names if event[name] is not None]
        values = {name: event[name] for name in (reversed(names) if self.style.turned else names)}
        if self.style.with_device:
            values["device"] = {"kind": "speaker", "sizes": [5, 7]}
        return line_of(values, spaced=self.style.spaced)

    def to_bytes(self) -> bytes:
        """The file, uncompressed."""
        end = "\r\n" if self.style.crlf else "\n"
        text = end.join(self.lines) + (end if self.style.final_newline else "")
        return ((BOM if self.style.bom else "") + text).encode("utf-8")


def line_of(values: dict[str, object], *, spaced: bool = False) -> str:
    """One JSON object on one line, slashes escaped as the app does."""
    separators = (", ", ": ") if spaced else (",", ":")
    return json.dumps(values, ensure_ascii=False, separators=separators).replace("/", "\\/")


def song_file(*rows: dict[str, object], ascii_only: bool = False) -> bytes:
    """A song file: one object without a line end, or several, one per line."""
    return "\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in rows).encode("utf-8")
