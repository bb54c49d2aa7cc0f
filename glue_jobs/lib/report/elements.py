"""The parts that the page is made of, as HTML: cards, tables, charts with the table behind them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from glue_jobs.lib.report.text import escaped, shortened

LONGEST_NAME = 160


@dataclass(frozen=True)
class Grid:
    """The table of a chart; numbers are shown as they are, so format them first.

    Attributes:
        texts: How many of the first columns are texts; the others are numbers and stand to the right.
        stacks: Whether the cells of a row stand below each other where there is little room.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: int = 1
    stacks: bool = False


@dataclass(frozen=True)
class Chart:
    """A drawing, what it says, and the table behind it.

    Attributes:
        unit: What is counted, in which unit and zone.
        summary: What is seen, for those who do not see it.
        wide: SVG for wide cards; empty if nothing can be drawn here.
        narrow: SVG for narrow cards, and for all if there is no other.
        legend: Names of series with the names of their colours.
    """

    title: str
    unit: str
    summary: str
    grid: Grid
    wide: str = ""
    narrow: str = ""
    legend: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Ranked:
    """A line of a ranking: what, a remark on it, how much of the largest, and the numbers to show.

    Attributes:
        parts: What `part` is made of, each with its colour; one colour if empty.
    """

    name: str
    remark: str
    part: float
    numbers: Sequence[str]
    parts: Sequence[tuple[float, str]] = ()


def card(title: str, body: str, *, span: int = 12, unit: str = "", kind: str = "") -> str:
    """A box of the page, `span` of 12 columns wide where there is room."""
    below = f'<p class="unit">{escaped(unit)}</p>' if unit else ""
    return f'<article class="card w{span} {kind}"><h3>{escaped(title)}</h3>{below}{body}</article>'


def chart_card(chart: Chart, *, span: int) -> str:
    """A card with a drawing and, folded, its table; without a drawing the table is open."""
    has_drawing = bool(chart.wide or chart.narrow)
    table = folded("Show as a table", table_of(chart.grid, chart.title), is_open=not has_drawing)
    kinds = "chart both" if chart.wide and chart.narrow else "chart"
    drawing = f'<div class="{kinds}">{chart.narrow}{chart.wide}</div>' if has_drawing else ""
    return card(
        chart.title, f"{legend(chart.legend) if has_drawing else ''}{drawing}{table}", span=span, unit=chart.unit
    )


def legend(series: Sequence[tuple[str, str]]) -> str:
    """Names of series, each behind its colour."""
    items = "".join(f'<li><i style="background:var(--{colour})"></i>{escaped(name)}</li>' for name, colour in series)
    return f'<ul class="legend">{items}</ul>' if series else ""


def folded(summary: str, body: str, *, is_open: bool = False) -> str:
    """Something that is shown on demand."""
    return f"<details{' open' if is_open else ''}><summary>{escaped(summary)}</summary>{body}</details>"


def table_of(grid: Grid, name: str) -> str:
    """A table in a box that scrolls by itself, also by keyboard."""
    heads = "".join(
        f'<th scope="col"{_numeric(at, grid.texts)}>{escaped(head)}</th>' for at, head in enumerate(grid.heads)
    )
    rows = "".join(f"<tr>{_cells(row, grid.texts)}</tr>" for row in grid.rows)
    kind = ' class="stacks"' if grid.stacks else ""
    return scrolling(f"<table{kind}><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>", name)


def scrolling(body: str, name: str) -> str:
    """A box that scrolls by itself."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escaped(name)}, table">{body}</div>'


def ranking(heads: Sequence[str], lines: Iterable[Ranked]) -> str:
    """A table whose first column has a bar below each name: a chart that is its own table."""
    titles = "".join(f'<th scope="col"{_numeric(at, 1)}>{escaped(head)}</th>' for at, head in enumerate(heads))
    rows = "".join(
        f'<tr><th scope="row"><span class="name">{escaped(shortened(line.name, LONGEST_NAME))}</span>'
        f"{_remark(line.remark)}{_bar_of(line)}</th>{_numbers(line.numbers)}</tr>"
        for line in lines
    )
    return f'<table class="ranking"><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>'


def _bar_of(line: Ranked) -> str:
    return stacked_bar(line.parts) if line.parts else bar(line.part)


def bar(part: float, colour: str = "accent") -> str:
    """A bar, `part` (0 to 1) of the whole width."""
    inner = f'<i style="width:{100 * part:.1f}%;background:var(--{colour})"></i>'
    return f'<span class="bar" aria-hidden="true">{inner}</span>'


def stacked_bar(parts: Sequence[tuple[float, str]]) -> str:
    """A bar of parts of the whole width, each with its colour."""
    inner = "".join(
        f'<i style="width:{100 * part:.2f}%;background:var(--{colour})"></i>' for part, colour in parts if part
    )
    return f'<span class="bar stacked" aria-hidden="true">{inner}</span>'


def note(text: str) -> str:
    """A short remark."""
    return f'<p class="note">{escaped(text)}</p>'


def _remark(text: str) -> str:
    return f'<span class="remark">{escaped(shortened(text, LONGEST_NAME))}</span>' if text else ""


def _numbers(numbers: Sequence[str]) -> str:
    return "".join(f'<td class="n">{escaped(number)}</td>' for number in numbers)


def _cells(row: Sequence[str], texts: int) -> str:
    first, *others = row
    rest = "".join(f"<td{_numeric(at, texts)}>{escaped(text)}</td>" for at, text in enumerate(others, start=1))
    return f'<th scope="row"{_numeric(0, texts)}>{escaped(first)}</th>{rest}'


def _numeric(at: int, texts: int) -> str:
    return ' class="n"' if at >= texts else ""
