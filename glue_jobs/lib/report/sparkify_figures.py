"""The figures of a report about Sparkify."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from glue_jobs.lib.report import text
from glue_jobs.lib.report.elements import Chart, Grid, Ranked, card, chart_card, note, ranking
from glue_jobs.lib.report.facts import Facts
from glue_jobs.lib.report.palette import SERIES
from glue_jobs.lib.report.play_charts import cut, label, plays_by_hour
from glue_jobs.lib.report.rows import FactRow
from glue_jobs.lib.report.run_charts import Stack, stacked
from glue_jobs.lib.report.sparkify_queries import DAYS_SHOWN

RECENT = f"last {DAYS_SHOWN} days of plays"


def sparkify_cards(facts: Facts) -> list[str]:
    """The cards about songplays; none before the first."""
    if not facts.of("days"):
        return []
    charts = [
        by_level(facts.of("days")),
        plays_by_hour(facts.of("hours"), unit=f"average songplays an hour (UTC), {RECENT}"),
        matched(facts.of("days")),
    ]
    cards = [chart_card(chart, span=6) for chart in charts if chart]
    rankings = (
        (
            "Songs to ask for",
            "unknown",
            "song",
            "Plays of songs that no song file has: deliver these songs' files first.",
        ),
        ("Top songs", "songs", "song", ""),
        ("Top artists", "artists", "artist", ""),
        ("Locations", "locations", "location", ""),
    )
    return [*cards, levels(facts.of("levels")), *(_ranking(facts, *ranked) for ranked in rankings)]


def by_level(rows: Sequence[FactRow]) -> Chart:
    """Songplays by day and level."""
    found: dict[str, dict[date, float]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: row.texts[1]):
        found[row.texts[1] or "unknown"][date.fromisoformat(row.texts[0])] = row.numbers[0]
    days = _days(rows)
    stacks = [
        Stack(level, colour, [plays.get(day, 0) for day in days])
        for (level, plays), colour in zip(found.items(), (*SERIES, *SERIES), strict=False)
    ]
    totals = [sum(parts) for parts in zip(*(stack.values for stack in stacks), strict=True)]
    best = max(range(len(days)), key=lambda at: totals[at])
    summary = f"{text.count(sum(totals))} songplays; most ({text.count(totals[best])}) on {text.day(days[best])}."
    grid = Grid(
        ("day (UTC)", *found, "together"),
        [
            (day.isoformat(), *(text.count(stack.values[at]) for stack in stacks), text.count(totals[at]))
            for at, day in enumerate(days)
        ][::-1],
    )
    unit = f"songplays a day (UTC), {RECENT}"
    return stacked("Songplays by level", unit, summary, stacks, [label(day, "day", days) for day in days], grid)


def matched(rows: Sequence[FactRow]) -> Chart:
    """The share of songplays whose song is known, by day."""
    days = _days(rows)
    plays, known = dict.fromkeys(days, 0.0), dict.fromkeys(days, 0.0)
    for row in rows:
        day = date.fromisoformat(row.texts[0])
        plays[day] += row.numbers[0]
        known[day] += row.numbers[1]
    shares = [100 * known[day] / plays[day] if plays[day] else 0 for day in days]
    whole, all_known = sum(plays.values()), sum(known.values())
    part = text.share(all_known, whole)
    summary = f"{text.count(all_known)} of {text.count(whole)} songplays ({part}) are of a known song."
    rows = [
        (day.isoformat(), text.count(plays[day]), text.count(known[day]), text.share(known[day], plays[day]))
        for day in reversed(days)
    ]
    grid = Grid(("day (UTC)", "songplays", "known song", "share"), rows)
    unit = f"percent of a day's songplays (UTC) whose song is known, {RECENT}"
    labels = [label(day, "day", days) for day in days]
    return stacked("Matched share", unit, summary, [Stack("known song", "s3", shares)], labels, grid)


def levels(rows: Sequence[FactRow]) -> str:
    """Plays and listeners by level."""
    whole = sum(row.numbers[0] for row in rows)
    lines = [
        Ranked(
            row.texts[0] or "unknown",
            "",
            row.numbers[0] / whole,
            (text.count(row.numbers[0]), text.share(row.numbers[0], whole), text.count(row.numbers[1])),
        )
        for row in sorted(rows, key=lambda row: -row.numbers[0])
    ]
    return card("Levels", ranking(("level", "plays", "share", "listeners"), lines), span=6, unit=RECENT)


def _ranking(facts: Facts, title: str, figure: str, what: str, remark: str) -> str:
    rows = sorted(facts.of(figure), key=lambda row: row.numbers[0])
    most = max((row.numbers[1] for row in rows), default=1)
    lines = [
        Ranked(
            row.texts[0] or "unknown",
            row.texts[1],
            row.numbers[1] / most,
            (text.count(row.numbers[1]), text.count(row.numbers[2])),
        )
        for row in rows
    ]
    body = ranking((what, "plays", "listeners"), lines) if lines else note("None.")
    return card(title, (note(remark) if remark else "") + body, span=3, unit=RECENT)


def _days(rows: Sequence[FactRow]) -> list[date]:
    found = [date.fromisoformat(row.texts[0]) for row in rows]
    return cut(min(found), max(found))[0]
