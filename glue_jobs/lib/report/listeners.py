"""Listeners by country and age: a bar a country made of its age bands, and the table of every cell."""

from collections import Counter
from collections.abc import Mapping, Sequence

from glue_jobs.lib.report import text
from glue_jobs.lib.report.elements import Grid, Ranked, card, folded, legend, ranking, table_of
from glue_jobs.lib.report.music_queries import AGE_BANDS, COUNTRIES
from glue_jobs.lib.report.palette import REST, STEPS
from glue_jobs.lib.report.rows import FactRow

TITLE, EVER = "Listeners by country and age", "users who have ever played; ages in years"
COLOURS = (*STEPS, REST)

Bands = Mapping[int, float]
"""Listeners by the number of their age band."""


def listeners(rows: Sequence[FactRow]) -> str:
    """A card with the countries of most listeners first, the others together last."""
    found: dict[str, Counter[int]] = {}
    plays: Counter[str] = Counter()
    for row in sorted(rows, key=lambda row: row.numbers[0]):
        country = _country(row)
        found.setdefault(country, Counter())[int(row.numbers[1])] += row.numbers[2]
        plays[country] += row.numbers[3]
    shown = sorted({band for bands in found.values() for band in bands})
    names = [(AGE_BANDS[band], COLOURS[band]) for band in shown]
    chart = ranking(("country", "listeners"), _bars(found))
    table = table_of(_grid(found, plays, shown), TITLE)
    return card(TITLE, f"{legend(names)}{chart}{folded('Show each age as a table', table)}", span=6, unit=EVER)


def _bars(found: Mapping[str, Bands]) -> list[Ranked]:
    sums = {country: sum(bands.values()) for country, bands in found.items()}
    most = max(sums.values(), default=1)
    return [
        Ranked(
            country,
            "",
            sums[country] / most,
            (text.count(sums[country]),),
            [(bands[band] / most, COLOURS[band]) for band in sorted(bands)],
        )
        for country, bands in found.items()
    ]


def _grid(found: Mapping[str, Bands], plays: Mapping[str, float], shown: Sequence[int]) -> Grid:
    """A row a country, after one of all."""
    everywhere = {"all": sum(map(Counter, found.values()), Counter())} | found
    played = {"all": sum(plays.values())} | plays
    rows = []
    for country, bands in everywhere.items():
        numbers = (*(bands.get(band, 0) for band in shown), sum(bands.values()), played[country])
        rows.append((country, *map(text.count, numbers)))
    return Grid(("country", *(AGE_BANDS[band] for band in shown), "listeners", "plays"), rows)


def _country(row: FactRow) -> str:
    if row.numbers[0] > COUNTRIES:
        return text.plural(row.numbers[4] - COUNTRIES, "other country", "other countries")
    return row.texts[0] or "unknown"
