"""The figures of a report about users, songs and plays."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from glue_jobs.lib.report import drawing, text
from glue_jobs.lib.report.elements import Chart, Grid, Ranked, card, chart_card, ranking
from glue_jobs.lib.report.facts import Facts
from glue_jobs.lib.report.listeners import listeners
from glue_jobs.lib.report.music_queries import WEEKS_OF_HOURS
from glue_jobs.lib.report.palette import REST, SERIES
from glue_jobs.lib.report.play_charts import label, plays_by_day, plays_by_hour
from glue_jobs.lib.report.rows import FactRow
from glue_jobs.lib.report.run_charts import Stack

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HOURS_UNIT = f"average plays an hour (UTC), last {WEEKS_OF_HOURS} weeks of plays"
WIDE, NARROW = (640, 480), (340, 230)
OTHERS = "other genres"


def music_cards(facts: Facts) -> list[str]:
    """The cards about plays, genres and listeners; none before the first play."""
    days = {date.fromisoformat(row.texts[0]): row.numbers[0] for row in facts.of("days")}
    if not days:
        return []
    charts = [
        plays_by_day(days),
        plays_by_hour(facts.of("hours"), unit=HOURS_UNIT),
        genres_over_time(facts.of("genres_over_time")),
    ]
    cards = [chart_card(chart, span=6) for chart in charts if chart]
    return [*cards, listeners(facts.of("listeners")), top_genres(facts), top_tracks(facts), top_artists(facts)]


def genres_over_time(rows: Sequence[FactRow]) -> Chart | None:
    """Each genre's share of the plays, by day, week or month."""
    if not rows:
        return None
    plays: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for row in sorted(rows, key=lambda row: (not row.texts[1], row.numbers[1])):
        plays[row.texts[1] or OTHERS][date.fromisoformat(row.texts[0])] += row.numbers[0]
    days = sorted({day for found in plays.values() for day in found})
    totals = [sum(found[day] for found in plays.values()) for day in days]
    shares = {
        name: [found[day] / total * 100 for day, total in zip(days, totals, strict=True)]
        for name, found in plays.items()
    }
    each = _each(days)
    colours = [*SERIES[: len(shares) - (OTHERS in shares)], *([REST] if OTHERS in shares else [])]
    stacks = [Stack(name, colour, shares[name]) for name, colour in zip(shares, colours, strict=False)]
    first = stacks[0]
    summary = (
        f"The most played genre, {first.name}, had {first.values[-1]:.1f}% of the plays of the last {each}, "
        f"after {first.values[0]:.1f}% of the first."
    )
    grid = Grid(
        (f"{each} (UTC)", *shares),
        [(day.isoformat(), *(f"{values[at]:.1f}%" for values in shares.values())) for at, day in enumerate(days)][::-1],
    )
    labels = [label(day, each, days) for day in days]
    alt = text.escaped(f"Genres over time. {summary}")
    wide = drawing.drawn(*WIDE, lambda figure: _draw_shares(figure, stacks, labels, 8), label=alt, kind="wide")
    narrow = drawing.drawn(*NARROW, lambda figure: _draw_shares(figure, stacks, labels, 4), label=alt, kind="narrow")
    legend = [(stack.name, stack.colour) for stack in stacks]
    return Chart("Genres over time", f"share of the plays of a {each} (UTC)", summary, grid, wide, narrow, legend)


def _draw_shares(figure: "Figure", stacks: Sequence[Stack], labels: Sequence[str], most: int) -> None:
    ax = drawing.axes(figure, 46, 12, 8, 30)
    ends: list[float] | None = None
    for stack in stacks:
        ends = drawing.bars(ax, stack.values, stack.colour, on=ends, width=0.86)
    drawing.scale_y(ax, 100, text=lambda tick: f"{tick:.0f}%")
    drawing.label_x(ax, labels, most)


def _each(days: Sequence[date]) -> str:
    steps = {(later - earlier).days for earlier, later in pairwise(days)}
    if steps and min(steps) >= 28 and all(day.day == 1 for day in days):
        return "month"
    return "week" if steps and min(steps) >= 7 and all(day.weekday() == 0 for day in days) else "day"


def top_genres(facts: Facts) -> str:
    """The genres with the most plays of all time, with what is played most of each."""
    rows = _placed(facts.of("top_genres"))
    lines = [
        Ranked(
            row.texts[0],
            f"most played: {row.texts[1]}" if row.texts[1] else "",
            _part(row, rows, 1),
            (text.count(row.numbers[1]), f"{100 * row.numbers[2]:.1f}%"),
        )
        for row in rows
    ]
    return card("Top genres", ranking(("genre", "plays", "share"), lines), span=4, unit="plays of all time")


def top_tracks(facts: Facts) -> str:
    """The tracks with the most plays of all time."""
    rows = _placed(facts.of("top_tracks"))
    lines = [
        Ranked(
            row.texts[0] or "without a name",
            " · ".join(part for part in (row.texts[1].replace(";", ", "), row.texts[2]) if part),
            _part(row, rows, 1),
            (text.count(row.numbers[1]),),
        )
        for row in rows
    ]
    return card("Top tracks", ranking(("track", "plays"), lines), span=4, unit="plays of all time")


def top_artists(facts: Facts) -> str:
    """The artists with the most plays of all time."""
    rows = _placed(facts.of("top_artists"))
    lines = [
        Ranked(
            row.texts[0],
            text.plural(row.numbers[2], "track played", "tracks played"),
            _part(row, rows, 1),
            (text.count(row.numbers[1]),),
        )
        for row in rows
    ]
    return card(
        "Top artists",
        ranking(("artist", "plays"), lines),
        span=4,
        unit="plays of all time; each artist of a track counts",
    )


def _placed(rows: Sequence[FactRow]) -> list[FactRow]:
    return sorted(rows, key=lambda row: row.numbers[0])


def _part(row: FactRow, rows: Sequence[FactRow], at: int) -> float:
    return row.numbers[at] / max(max(other.numbers[at] for other in rows), 1)
