"""Numbers, times and words as people read them, and text that is safe in HTML."""

import html
import re
from collections.abc import Iterable
from datetime import date, datetime

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
DIRECTIONS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Marks that would turn the direction of what follows them."""

DASH = "–"


def clean(text: str) -> str:
    """`text` without characters that HTML has not, or that would change the text around it."""
    return DIRECTIONS.sub("", CONTROLS.sub(" ", text))


def escaped(text: str) -> str:
    """`text` for an element or an attribute."""
    return html.escape(clean(text), quote=True)


def count(number: float) -> str:
    """A whole number: 12,345."""
    return f"{number:,.0f}"


def short(number: float) -> str:
    """A number for an axis: 950, 1.2k, 3M."""
    for unit, size in (("B", 1e9), ("M", 1e6), ("k", 1e3)):
        if abs(number) >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:.3g}"


def share(part: float, whole: float) -> str:
    """A percentage with as many decimals as tell something; a dash where there is no whole."""
    if not whole:
        return DASH
    percent = 100 * part / whole
    if part and percent < 0.1:
        return "< 0.1%"
    if part < whole and percent > 99.9:
        return "> 99.9%"
    return f"{percent:.1f}%"


def change(number: float) -> str:
    """A difference with its sign."""
    return "±0" if not round(number) else f"{'+' if number > 0 else '−'}{abs(number):,.0f}"


def duration(seconds: float) -> str:
    """850 ms, 4.2 s, 3 min 05 s, 2 h 10 min."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def size(number: float) -> str:
    """Bytes in decimal units: 12.3 MB."""
    for unit, one in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= one:
            return f"{number / one:.1f} {unit}"
    return f"{number:.0f} B"


def dollars(number: float) -> str:
    """$0.0123, $12.30."""
    return f"${number:,.2f}" if number >= 1 else f"${number:.4f}"


def moment(at: datetime) -> str:
    """27 Nov 2026, 09:40."""
    return f"{day(at.date())}, {at:%H:%M}"


def day(at: date) -> str:
    """27 Nov 2026."""
    return f"{at.day} {at:%b %Y}"


def words(name: str) -> str:
    """A name of the code as words: `track_id_empty`, track id empty."""
    return name.replace("_", " ")


def plural(number: float, one: str, many: str | None = None) -> str:
    """1 file, 12 files."""
    return f"{count(number)} {one if number == 1 else many or f'{one}s'}"


def joined(parts: Iterable[str]) -> str:
    """A, b and c."""
    listed = list(parts)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}" if listed else ""


def shortened(text: str, most: int) -> str:
    """`text` with its middle left out if it is longer than `most` characters."""
    if len(text) <= most:
        return text
    tail = (most - 1) * 2 // 3
    return f"{text[: most - 1 - tail]}…{text[-tail:]}"
