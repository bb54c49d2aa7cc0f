"""The charts about plays that both workflows have: by day, by hour of the week."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

from glue_jobs.lib.report import drawing, text
from glue_jobs.lib.report.elements import Chart, Grid
from glue_jobs.lib.report.palette import light
from glue_jobs.lib.report.rows import FactRow
from glue_jobs.lib.report.run_charts import NARROW, WIDE, Stack, stacked

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DAILY_UP_TO, WEEKLY_UP_TO = 62, 400
"""Days up to which a bar is a day, and a week; beyond, it is a month."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
GAP = 0.06
STEPS = (0.16, 0.34, 0.52, 0.74, 1.0)
"""How strong the colour is of each fifth of the range."""


def plays_by_day(days: dict[date, float], *, title: str = "Plays over time") -> Chart | None:
    """Plays by day, week or month, whichever is legible; days without plays count as 0."""
    if not days:
        return None
    starts, each = cut(min(days), max(days))
    values = [0.0] * len(starts)
    for day, plays in days.items():
        values[max(at for at, start in enumerate(starts) if start <= day)] += plays
    labels = [label(start, each, starts) for start in starts]
    best = max(range(len(values)), key=lambda at: values[at])
    span = (
        text.day(starts[0]) if each == "day" and len(starts) == 1 else f"{text.day(min(days))} to {text.day(max(days))}"
    )
    summary = (
        f"{text.count(sum(values))} plays from {span}; most ({text.count(values[best])}) in the {each} of "
        f"{text.day(starts[best])}."
    )
    rows = [(start.isoformat(), text.count(plays)) for start, plays in zip(starts, values, strict=True)]
    grid = Grid((f"{each} from" if each != "day" else "day (UTC)", "plays"), rows[::-1])
    return stacked(title, f"plays a {each} (UTC), {span}", summary, [Stack("plays", "accent", values)], labels, grid)


def cut(first: date, last: date) -> tuple[list[date], str]:
    """The starts of all days, weeks or months from `first` to `last`, and which of them they are."""
    days = (last - first).days
    if days <= DAILY_UP_TO:
        return [first + timedelta(at) for at in range(days + 1)], "day"
    if days <= WEEKLY_UP_TO:
        monday = first - timedelta(first.weekday())
        return [monday + timedelta(7 * at) for at in range((last - monday).days // 7 + 1)], "week"
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months], "month"


def label(start: date, each: str, starts: Sequence[date]) -> str:
    """What stands below a bar."""
    if each == "month":
        return f"{start:%b} ’{start:%y}"
    return f"{start.day} {start:%b}" if starts[0].year == starts[-1].year else f"{start.day} {start:%b} ’{start:%y}"


def plays_by_hour(rows: Sequence[FactRow], *, unit: str) -> Chart | None:
    """Plays of an average hour of each weekday, as a map of 7 by 24 cells."""
    if not rows:
        return None
    cells = {
        ((int(weekday) + 6) % 7, int(hour)): plays / max(hours, 1)
        for weekday, hour, plays, hours in (row.numbers[:4] for row in rows)
    }
    (day, hour), most = max(cells.items(), key=lambda item: item[1])
    summary = (
        f"Busiest is {WEEKDAYS[day]} from {hour:02d} to {hour + 1:02d} h, with {text.count(most)} plays on average."
    )
    grid = Grid(
        ("hour", *WEEKDAYS),
        [(f"{hour:02d}", *(_number(cells.get((day, hour))) for day in range(7))) for hour in range(24)],
    )
    alt = text.escaped(f"Plays by hour of the week. {summary}")

    def draw(figure: "Figure", every: int) -> None:
        _map(figure, cells, most, every)

    narrow = drawing.drawn(*NARROW, lambda figure: draw(figure, 6), label=alt, kind="narrow")
    wide = drawing.drawn(*WIDE, lambda figure: draw(figure, 3), label=alt, kind="wide")
    return Chart("Plays by hour of the week", unit, summary, grid, wide, narrow)


def _map(figure: "Figure", cells: dict[tuple[int, int], float], most: float, every: int) -> None:
    ax = drawing.axes(figure, 38, 6, 6, 54)
    ax.set_xlim(0, 24)
    ax.set_ylim(7, 0)
    found: list[list[tuple[float, float, float, float]]] = [[] for _ in STEPS]
    empty = []
    for day, hour in product(range(7), range(24)):
        plays = cells.get((day, hour), 0)
        box = (hour + GAP, day + GAP, hour + 1 - GAP, day + 1 - GAP)
        (found[min(int(plays / most * len(STEPS)), len(STEPS) - 1)] if plays else empty).append(box)
    drawing.boxes(ax, empty, "rule", strength=0.45)
    for boxes, strength in zip(found, STEPS, strict=True):
        drawing.boxes(ax, boxes, "accent", strength=strength)
    ax.set_yticks([day + 0.5 for day in range(7)], WEEKDAYS)
    ax.set_xticks([hour + 0.5 for hour in range(0, 24, every)], [f"{hour:02d}" for hour in range(0, 24, every)])
    _key(figure, most)


def _key(figure: "Figure", most: float) -> None:
    """The scale of the colour, below the map."""
    from matplotlib.patches import Rectangle

    width, height = (side * drawing.UNIT for side in figure.get_size_inches())
    for at, strength in enumerate(STEPS):
        box = Rectangle(
            ((width - 190 + 22 * at) / width, 8 / height), 20 / width, 10 / height, transform=figure.transFigure
        )
        box.set(facecolor=light("accent"), alpha=strength, linewidth=0)
        figure.add_artist(box)
    for x, words, align in ((width - 198, "0", "right"), (width - 74, f"{text.short(most)} plays", "left")):
        figure.text(x / width, 13 / height, words, color=light("muted"), ha=align, va="center_baseline")


def _number(plays: float | None) -> str:
    return text.DASH if plays is None else text.count(plays) if plays >= 10 else f"{plays:.1f}"
