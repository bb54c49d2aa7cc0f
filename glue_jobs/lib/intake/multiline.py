"""Finds records of several lines in CSV: quoted values with line breaks inside, which loads cannot read."""

import csv
import hashlib
import io

MOST_LINES = 1000
"""More lines of such records are not remembered: the file is rejected as a whole."""

LONGEST_RECORD = 1 << 20


class MultilineRecords:
    """Fed with the lines of a file in their order.

    A quote that is left open by mistake opens no record: the lines up to the closing quote must be one well-formed
    record with as many fields as the header.

    Attributes:
        parts: MD5 (hex) of each line of such a record; loads put these lines into the quarantine, even those that look
            like rows of their own.
        too_many: There are more than MOST_LINES.
    """

    def __init__(self) -> None:
        self.width = 0
        self.parts: list[str] = []
        self.too_many = False
        self._open: list[bytes] = []

    @property
    def is_open(self) -> bool:
        """Whether the last line left a quote open."""
        return bool(self._open)

    def feed(self, lines: list[bytes]) -> None:
        """Takes the next lines, without line ends."""
        if not self._open and b'"' not in b"".join(lines):
            return
        for line in lines:
            if self._open:
                self._continue(line)
            elif line.count(b'"') % 2:
                self._open = [line]

    def _continue(self, line: bytes) -> None:
        self._open.append(line)
        if line.count(b'"') % 2:
            if self._is_record():
                self._remember()
                self._open = []
            else:
                self._open = [line]
        elif sum(map(len, self._open)) > LONGEST_RECORD:
            self._open = []

    def _is_record(self) -> bool:
        text = b"\n".join(self._open).decode(errors="replace")
        try:
            return [len(row) for row in csv.reader(io.StringIO(text), strict=True)] == [self.width]
        except csv.Error:
            return False

    def _remember(self) -> None:
        self.too_many = self.too_many or len(self.parts) + len(self._open) > MOST_LINES
        if not self.too_many:
            self.parts += [hashlib.md5(line, usedforsecurity=False).hexdigest() for line in self._open]
