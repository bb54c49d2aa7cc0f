"""Counts a file's lines while it is streamed, as Hadoop's line reader and `lib.rows` will see them later.

Lines end at \\n, \\r\\n or \\r. A line of only spaces and control characters is blank (Spark's CSV reader drops those);
a line equal to the header, with or without a byte order mark, is a repeated header. Neither counts.
"""

from glue_jobs.lib.files.csv_header import columns_of
from glue_jobs.lib.intake.multiline import MultilineRecords

BOM = b"\xef\xbb\xbf"
BLANK = bytes(range(0x21))
MAX_HEADER = 32 * 1024
"""In bytes; a longer first line is not a header, and longer lines are not held in memory."""

MAX_LINE = 16 << 20
"""In bytes; far more than all columns take. Spark holds a line several times over; its JSON parser takes no more."""

_HELD = MAX_HEADER + len(BOM) + 1

_BLANK_TO_LINE_END = bytes(ord("\n") if byte in BLANK else byte for byte in range(256))


class LineCounter:
    """Counts the lines of a text that is fed in pieces, no matter where they are split.

    Attributes:
        first: The first line that is not blank, without line end; None until it is complete.
        lines: Lines so far; with a header, without it and its repeats.
        first_is_long: The header has more than MAX_HEADER bytes; the other attributes mean nothing then.
        multiline: Records of several lines so far, if there is a header.
        longest: Bytes of the longest line that goes over the end of a piece, so far.
        has_object: A line so far begins like a JSON object, and is more than the opening brace.
    """

    def __init__(self, *, has_header: bool) -> None:
        self.has_header = has_header
        self.first: bytes | None = None
        self.lines = 0
        self.first_is_long = False
        self.has_object = False
        self.multiline = MultilineRecords()
        self.longest = 0
        self._length = 0
        self._tail = b""
        self._after_cr = False

    def feed(self, piece: bytes) -> None:
        """Takes the next piece of the text (without the byte order mark at its start)."""
        if self._after_cr and piece:
            self._after_cr = False
            piece = piece.removeprefix(b"\n")
        if not piece:
            return
        self._after_cr = piece.endswith(b"\r")
        self._measure(piece)
        if self._is_ordinary(piece):
            self.lines += piece.count(b"\n")
            self._tail = piece[piece.rfind(b"\n") + 1 :]
        else:
            lines = (self._tail + piece).splitlines()
            self._tail = b"" if piece.endswith((b"\r", b"\n")) else lines.pop()
            self._count(lines)
        if len(self._tail) > _HELD:
            self._forget_long_tail()

    def finish(self) -> None:
        """Counts a last line that has no line end."""
        self._count([self._tail] if self._tail else [])
        self._tail = b""

    def _measure(self, piece: bytes) -> None:
        """Follows the length of the line that goes from piece to piece; others are shorter than a piece."""
        ends = [at for at in (piece.find(b"\n"), piece.find(b"\r")) if at >= 0]
        self.longest = max(self.longest, self._length + min(ends, default=len(piece)))
        last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        self._length = self._length + len(piece) if last < 0 else len(piece) - last - 1

    def _is_ordinary(self, piece: bytes) -> bool:
        """Whether every line that ends or begins in the piece just counts, so that its line ends can be counted.

        Most pieces of most files are: looking at their lines one by one would take ten times as long.
        """
        if self.first is None or b"\n" not in piece or (not self.has_header and not self.has_object):
            return False
        if b"\r" in piece or BOM[:1] in piece:
            return False
        if self.has_header and (b'"' in piece or self.multiline.is_open or self.first in piece):
            return False
        begin, _, rest = piece.partition(b"\n")
        begun = self._tail + begin
        if self._is_blank(begun) or (self.has_header and (b'"' in begun or begun.removeprefix(BOM) == self.first)):
            return False
        # Where no two bytes of BLANK follow each other no line is blank, or begins as if it were.
        return b"\n\n" not in b"\n" + rest.translate(_BLANK_TO_LINE_END)

    def _count(self, lines: list[bytes]) -> None:
        filled = [line for line in lines if not self._is_blank(line)]
        if not filled:
            return
        if self.first is None:
            self.first = filled[0].removeprefix(BOM)
            self.first_is_long = self.has_header and len(self.first) > MAX_HEADER
        self.has_object = self.has_object or any(map(_begins_object, filled))
        self.lines += len(filled)
        if self.has_header:
            self.lines -= filled.count(self.first) + filled.count(BOM + self.first)
            self.multiline.width = self.multiline.width or len(columns_of(self.first.decode(errors="replace")))
            self.multiline.feed(lines)

    def _is_blank(self, line: bytes) -> bool:
        """Whether the parser will drop the line; that of JSON lines takes byte order marks off their beginning."""
        if line.strip(BLANK):
            return not self.has_header and line.startswith(BOM) and not _without_marks(line).strip(BLANK)
        return True

    def _forget_long_tail(self) -> None:
        """Keeps what matters of the line so far: whether it is blank or begins an object, and that it is too long."""
        is_blank = self._is_blank(self._tail)
        if not is_blank and self.first is None and self.has_header:
            self.first_is_long = True
        begin = b"{" if _begins_object(self._tail) else b""
        self._tail = begin + (b" " if is_blank else b'"') * _HELD


def _begins_object(line: bytes) -> bool:
    text = line.removeprefix(BOM).strip(BLANK)
    return text.startswith(b"{") and len(text) > 1


def _without_marks(line: bytes) -> bytes:
    while line.startswith(BOM):
        line = line.removeprefix(BOM)
    return line
