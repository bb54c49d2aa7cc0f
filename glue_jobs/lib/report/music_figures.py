"""The figures of a report about users, songs and plays."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from glue_jobs.lib.report import drawing, text
from glue_jobs.lib.report.elements import Chart, Grid, Ranked, card, chart_card, ranking
from glue_jobs.lib.report.facts import Facts
from glue_jobs.lib.report.music_queries import AGE_BANDS, COUNTRIES, WEEKS_OF_HOURS
from glue_jobs.lib.report.palette import REST, SERIES
from glue_jobs.lib.report.play_charts import label, plays_by_day, plays_by_hour
from glue_jobs.lib.report.rows import FactRow
from glue_jobs.lib.report.run_charts import Stack

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HOURS_UNIT = f"average plays an hour (UTC), last {WEEKS_OF_HOURS} weeks of plays"
WIDE, NARROW = (860, 330), (340, 230)
OTHERS = "other genres"
LISTENERS = ("listeners", "share", "plays")
EVER = "users who have ever played"


def music_cards(facts: Facts) -> list[str]:
    """The cards about plays, genres and listeners; none before the first play."""
    days = {date.fromisoformat(row.texts[0]): row.numbers[0] for row in facts.of("days")}
    if not days:
        return []
    charts = [
        (plays_by_day(days), 6),
        (plays_by_hour(facts.of("hours"), unit=HOURS_UNIT), 6),
        (genres_over_time(facts.of("genres_over_time")), 8),
    ]
    cards = [chart_card(chart, span=span) for chart, span in charts if chart]
    return [*cards, by_age(facts), top_genres(facts), top_tracks(facts), top_artists(facts), by_country(facts)]


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
    wide = drawing.drawn(*WIDE, lambda figure: _draw_shares(figure, stacks, labels, 12), label=alt, kind="wide")
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
    return card("Top genres", ranking(("genre", "plays", "share"), lines), span=3, unit="plays of all time")


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
    return card("Top tracks", ranking(("track", "plays"), lines), span=3, unit="plays of all time")


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
        span=3,
        unit="plays of all time; each artist of a track counts",
    )


def by_country(facts: Facts) -> str:
    """Listeners by country, the countries with most first."""
    rows = _placed(facts.of("countries"))
    lines = _listeners([(_country(row), row.numbers[1], row.numbers[2]) for row in rows])
    return card("Listeners by country", ranking(("country", *LISTENERS), lines), span=3, unit=EVER)


def by_age(facts: Facts) -> str:
    """Listeners by age band, the youngest first."""
    rows = _placed(facts.of("ages"))
    lines = _listeners([(AGE_BANDS[int(row.numbers[0])], row.numbers[1], row.numbers[2]) for row in rows])
    return card("Listeners by age", ranking(("age in years", *LISTENERS), lines), span=4, unit=EVER)


def _listeners(rows: Sequence[tuple[str, float, float]]) -> list[Ranked]:
    whole = sum(listeners for _, listeners, _ in rows)
    return [
        Ranked(
            name,
            "",
            listeners / max(whole, 1),
            (text.count(listeners), text.share(listeners, whole), text.count(plays)),
        )
        for name, listeners, plays in rows
    ]


def _country(row: FactRow) -> str:
    if row.numbers[0] > COUNTRIES:
        return text.plural(row.numbers[3], "other country", "other countries")
    return row.texts[0] or "unknown"


def _placed(rows: Sequence[FactRow]) -> list[FactRow]:
    return sorted(rows, key=lambda row: row.numbers[0])


def _part(row: FactRow, rows: Sequence[FactRow], at: int) -> float:
    return row.numbers[at] / max(max(other.numbers[at] for other in rows), 1)
