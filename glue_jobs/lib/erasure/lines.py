"""Which lines are a user's. Imports no Spark.

A line is a user's if its user field, found by the file's header or the object's key, holds the user's id: `42`, also as
` 042 `, `"42"` or `42.0`. A line that cannot be trusted to have its fields where the header says (ragged, quotes open,
part of a record of several lines, no header, no id in the field, no JSON) is also a user's if any of its cells is the
id or, in JSON, if the field's name is followed by it. It is erased then although it might be another's, whose row it
could not become: no rule lets such a line pass.
"""

import csv
import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files import csv_header

WHOLE = re.compile(r"[+-]?([0-9]+)(?:\.0*)?")
ESCAPE = b"\\u"
"""JSON may write digits as escapes."""

UNRELIABLE = frozenset({"nul_byte", "unbalanced_quotes", "multiline_record", "ragged_row", "not_json", "not_an_object"})
"""Rules about lines whose fields may not be where the header says."""


def mention(users: Collection[int]) -> str:
    """A pattern, for Python and Java, that each line of one of `users` matches, and few others."""
    return f"(?<![0-9])0*(?:{'|'.join(map(str, sorted(users)))})(?![0-9])"


def whole(text: str | None) -> int | None:
    """The whole number that is the text, apart from spaces, leading zeros and a fraction of zeros."""
    found = WHOLE.fullmatch((text or "").strip())
    return int(found.group(1)) if found and len(found.group(1)) < 40 else None


class UserLines:
    """Tells which lines of one file are about one of `users`.

    Args:
        dataset: With a user field.
        header: The file's header line; None for a file that has none, or one without the field.
    """

    def __init__(self, dataset: Dataset, users: Collection[int], header: str | None = None) -> None:
        self._users, self._field = frozenset(users), dataset.user_field or ""
        self._is_json = dataset.file_format == "json"
        self._mentions = re.compile(mention(users).encode())
        ids = "|".join(map(str, sorted(users)))
        self._after_key = re.compile(
            rf"[\"']?{self._field}[\"']?\s*[:=]\s*[\"']?\s*\+?0*(?:{ids})(?:\.0*)?(?![0-9.])", re.IGNORECASE
        )
        columns = csv_header.contract_columns(header or "", dataset)
        self._width = len(columns)
        self._place = columns.index(self._field) if self._field in columns else None

    @property
    def has_place(self) -> bool:
        """Whether the header has the user field."""
        return self._place is not None

    def may_be_in(self, piece: bytes) -> bool:
        """Whether a user's line can be in the piece of text: quick, and right about most pieces that hold none."""
        return self._mentions.search(piece) is not None or (self._is_json and ESCAPE in piece)

    def holds(self, line: bytes) -> bool:
        """Whether the line is about one of the users."""
        if not self.may_be_in(line):
            return False
        text = line.decode(errors="replace").lstrip(csv_header.BOM)
        return self._in_json(text) if self._is_json else self._in_csv(text)

    def holds_record(self, lines: Sequence[bytes]) -> bool:
        """Whether the lines, which are one CSV record with line breaks in its values, are about one of the users."""
        if not any(map(self.may_be_in, lines)):
            return False
        try:
            (cells,) = csv.reader([b"\n".join(lines).decode(errors="replace")], strict=True)
        except (csv.Error, ValueError):
            return any(map(self.holds, lines))
        if self._place is not None and len(cells) == self._width and (found := whole(cells[self._place])) is not None:
            return found in self._users
        return self._among(cells)

    def holds_row(self, raw: str, text: str | None, rules: Collection[str]) -> bool:
        """Whether a row of the quarantine is: its line, the text of its user field, and the rules that it breaks."""
        found = whole(text)
        if found in self._users:
            return True
        if found is not None and not UNRELIABLE.intersection(rules):
            return False
        return self.mentioned_in(raw)

    def mentioned_in(self, text: str) -> bool:
        """Whether a text that may hold a part of a line mentions one of the users, as lines without structure do."""
        if self._is_json:
            return self._after_key.search(text) is not None
        return self._among(_cells(text)) or ('"' in text and self._among(_cells(text.replace('"', ""))))

    def _in_csv(self, text: str) -> bool:
        cells = _cells(text)
        found = whole(cells[self._place]) if self._place is not None and self._place < len(cells) else None
        if found in self._users:
            return True
        is_reliable = found is not None and len(cells) == self._width and text.count('"') % 2 == 0
        return not is_reliable and self.mentioned_in(text)

    def _in_json(self, text: str) -> bool:
        found: list[Any] = []

        def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            found.extend(value for name, value in pairs if name.casefold() == self._field.casefold())
            return dict(pairs)

        try:
            value = json.loads(text, object_pairs_hook=keep)
        except (ValueError, RecursionError):
            return self.mentioned_in(text)
        if any(whole(str(each)) in self._users for each in found):
            return True
        return not isinstance(value, dict) and self.mentioned_in(text)

    def _among(self, cells: Sequence[str]) -> bool:
        return any(whole(cell) in self._users for cell in cells)


def checksums_of_quoted(
    rejected: Iterable[Sequence[Any]], datasets: Iterable[Dataset], users: Collection[int]
) -> list[str]:
    """Of rejected files (dataset, checksum, header), the checksums of those whose first line is one of the users'.

    The first line of a file without a header was taken for its header, and is in the ledger and in the books.
    """
    lines = {dataset.name: UserLines(dataset, users) for dataset in datasets}
    return sorted({sum_ for name, sum_, header in rejected if name in lines and lines[name].mentioned_in(header or "")})


def _cells(text: str) -> list[str]:
    """The cells of a CSV line without their quotes, as `rows.csv_lines` splits them."""
    if '"' not in text:
        return text.split(",")
    pieces = text.replace("\0", "\ufffd").split('"')
    pieces[::2] = [piece.replace(",", "\0") for piece in pieces[::2]]
    return [cell.strip().strip('"') for cell in '"'.join(pieces).split("\0")]
