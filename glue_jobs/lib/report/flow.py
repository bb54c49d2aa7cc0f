"""The flow of a run's lines: from the files that were read to what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.report import drawing, text
from glue_jobs.lib.report.elements import Chart, Grid
from glue_jobs.lib.report.facts import Facts
from glue_jobs.lib.report.palette import light
from glue_jobs.lib.report.run_charts import OUTCOME_NAMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FILES_NAMED, REASONS_NAMED = 9, 7
WIDE, NARROW = 840, 340
LINES, ROW, LEAST = 250, 20, 1.0
"""Pixels that all lines together take, that a label needs, and of the thinnest band."""

DIGIT, LETTER = 0.62, 0.55
"""Parts of the size of a text that a digit and a letter take, in wide fonts."""

GAP = 6
OTHERS = "other reasons"


@dataclass(frozen=True)
class Node:
    """An end of bands."""

    name: str
    colour: str


@dataclass(frozen=True)
class Band:
    """Lines that went from a source to an outcome."""

    source: Node
    outcome: Node
    lines: float


def flow(facts: Facts) -> Chart | None:
    """The run's lines by file, outcome and reason."""
    counts = facts.run.counts if facts.run else {}
    if not (counts.get(Count.READ) or counts.get(Count.LOADED)):
        return None
    told = [
        f"{text.count(counts[count])} {name.lower()}" for count, (name, _) in OUTCOME_NAMES.items() if counts[count]
    ]
    came = text.plural(counts[Count.READ], "line read", "lines read")
    if waiting := counts[Count.PENDING_BEFORE]:
        came += f" and {text.count(waiting)} that had waited"
    summary = f"{came}: {text.joined(told)}."
    rows = [
        (band.source.name, band.outcome.name, text.count(band.lines))
        for band in bands(facts, FILES_NAMED, REASONS_NAMED)
    ]
    label = text.escaped(f"From read to loaded. {summary}")
    detailed, plain = bands(facts, FILES_NAMED, REASONS_NAMED), bands(facts, 0, 0)
    wide = drawing.drawn(
        WIDE, _height(detailed), lambda f: _draw(f, detailed, 290, 232, drawing.TEXT_SIZE), label=label, kind="wide"
    )
    narrow = drawing.drawn(NARROW, _height(plain), lambda f: _draw(f, plain, 118, 146, 11), label=label, kind="narrow")
    unit = "lines, from file to outcome; in red what was quarantined, by reason; a line with several is shared"
    return Chart("From read to loaded", unit, summary, Grid(("from", "to", "lines"), rows, texts=2), wide, narrow)


def bands(facts: Facts, files_named: int, reasons_named: int) -> list[Band]:
    """The bands of a flow.

    Args:
        files_named: How many files have a node of their own; the others share one for each dataset.
        reasons_named: How many reasons have one; 0 leaves quarantined lines together.
    """
    sources = _sources(facts, files_named)
    rules = facts.run.rules if facts.run and reasons_named else {}
    names = list(rules)[:reasons_named]
    found = []
    for source, (counts, own_rules) in sources.items():
        node = Node(source, "accent")
        for count, (name, colour) in OUTCOME_NAMES.items():
            lines = counts.get(count, 0)
            if lines > 0 and (count != Count.QUARANTINED or not rules):
                found.append(Band(node, Node(name, colour), lines))
        if rules and counts.get(Count.QUARANTINED, 0) > 0:
            found += _reasons(node, counts[Count.QUARANTINED], own_rules or rules, names)
    return found


def _reasons(node: Node, lines: float, rules: Mapping[str, int], names: Sequence[str]) -> list[Band]:
    """Lines of a source by reason; a line that breaks several rules is shared between them."""
    whole = sum(rules.values())
    parts = {name: rules.get(name, 0) for name in names}
    parts[OTHERS] = whole - sum(parts.values())
    return [Band(node, Node(text.words(name), "bad"), lines * part / whole) for name, part in parts.items() if part > 0]


def _sources(facts: Facts, named: int) -> dict[str, tuple[dict[Count, int], Mapping[str, int]]]:
    """Counts and reasons by the name of a source: files, then the datasets' other files, then what had waited."""
    chosen = sorted(
        (file for file in facts.files if file.counts[Count.READ]), key=lambda file: -file.counts[Count.READ]
    )
    chosen = chosen[:named]
    found = {file.name: (dict(file.counts), file.rules) for file in chosen}
    rest: dict[str, dict[Count, int]] = {}
    files: dict[str, int] = {}
    for item in facts.file_sums:
        whole = rest.setdefault(item.dataset, dict.fromkeys(item.counts, 0))
        files[item.dataset] = files.get(item.dataset, 0) + item.files
        for count, lines in item.counts.items():
            whole[count] += lines
    for file in chosen:
        files[file.dataset] -= 1
        for count, lines in file.counts.items():
            rest[file.dataset][count] -= lines
    for dataset, counts in rest.items():
        if counts[Count.READ] > 0:
            name = f"{text.plural(files[dataset], 'other file')} of {dataset}" if named else dataset
            found[name] = (counts, {})
    if facts.run and facts.run.counts[Count.PENDING_BEFORE]:
        booked = {c: sum(item.counts.get(c, 0) for item in facts.file_sums) for c in OUTCOME_NAMES}
        waited = {c: facts.run.counts[c] - booked[c] for c in OUTCOME_NAMES}
        found["Waiting from before" if named else "waiting"] = (waited, {})
    return found


def _height(found: Sequence[Band]) -> int:
    """Pixels that the longer side takes."""
    unit = _unit(found)
    sides = [[band.source for band in found], [band.outcome for band in found]]
    return round(max(sum(_slots(found, list(dict.fromkeys(side)), unit)) + GAP * len(set(side)) for side in sides)) + 16


def _draw(figure: "Figure", found: Sequence[Band], left: int, right: int, size: float) -> None:
    width, height = (side * drawing.UNIT for side in figure.get_size_inches())
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    sources, outcomes = list(dict.fromkeys(band.source for band in found)), _outcomes(found)
    unit = _unit(found)
    starts, ends = _place(found, sources, unit, height - 16), _place(found, outcomes, unit, height - 16)
    for band in sorted(found, key=lambda band: (outcomes.index(band.outcome), sources.index(band.source))):
        start, end, thick = starts[band.source], ends[band.outcome], _thickness(band, unit)
        _ribbon(ax, (left + 8, start[0]), (width - right - 8, end[0]), thick, band.outcome.colour)
        start[0] += thick
        end[0] += thick
    _label(ax, left, starts, found, room=left, towards=-1, size=size)
    _label(ax, width - right, ends, found, room=right, towards=1, size=size)


def _outcomes(found: Sequence[Band]) -> list[Node]:
    """From best to worst, then the reasons, those of most lines first."""
    names = [name for name, _ in OUTCOME_NAMES.values()]
    lines = _lines(found)

    def order(node: Node) -> tuple[bool, float, float]:
        known = node.name in names
        return (node.name == OTHERS, names.index(node.name) if known else len(names), -lines[node])

    return sorted(dict.fromkeys(band.outcome for band in found), key=order)


def _lines(found: Sequence[Band]) -> dict[Node, float]:
    lines: dict[Node, float] = {}
    for band in found:
        for node in (band.source, band.outcome):
            lines[node] = lines.get(node, 0) + band.lines
    return lines


def _unit(found: Sequence[Band]) -> float:
    """Pixels a line."""
    return LINES / sum(band.lines for band in found)


def _thickness(band: Band, unit: float) -> float:
    return max(band.lines * unit, LEAST)


def _slots(found: Sequence[Band], nodes: Sequence[Node], unit: float) -> list[float]:
    """What each node takes with its label."""
    return [max(height, ROW) for height in _heights(found, nodes, unit)]


def _heights(found: Sequence[Band], nodes: Sequence[Node], unit: float) -> list[float]:
    return [sum(_thickness(band, unit) for band in found if node in (band.source, band.outcome)) for node in nodes]


def _place(found: Sequence[Band], nodes: Sequence[Node], unit: float, room: float) -> dict[Node, list[float]]:
    """Each node's top, which moves while bands are drawn, its first top and its height."""
    slots = _slots(found, nodes, unit)
    gap = min(max((room - sum(slots)) / max(len(nodes) - 1, 1), GAP), 3 * GAP)
    top, places = 8 + max(0, (room - sum(slots) - gap * (len(nodes) - 1)) / 2), {}
    for node, height, slot in zip(nodes, _heights(found, nodes, unit), slots, strict=True):
        begin = top + (slot - height) / 2
        places[node] = [begin, begin, height]
        top += slot + gap
    return places


def _ribbon(ax: "Axes", start: tuple[float, float], end: tuple[float, float], thick: float, colour: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    points = [
        *((x0, y0), (middle, y0), (middle, y1), (x1, y1), (x1, y1 + thick)),
        *((middle, y1 + thick), (middle, y0 + thick), (x0, y0 + thick), (x0, y0)),
    ]
    codes = [Path.MOVETO, *(Path.CURVE4,) * 3, Path.LINETO, *(Path.CURVE4,) * 3, Path.CLOSEPOLY]
    ax.add_patch(PathPatch(Path(points, codes), facecolor=light(colour), alpha=0.42, linewidth=0, clip_on=False))


def _label(
    ax: "Axes",
    x: float,
    places: Mapping[Node, Sequence[float]],
    found: Sequence[Band],
    *,
    room: float,
    towards: int,
    size: float,
) -> None:
    """Draws the nodes of a side, with numbers and names in two columns beside them."""
    lines = _lines(found)
    digits = max(len(text.count(lines[node])) for node in places) * DIGIT * size
    letters = int((room - digits - 17) / (LETTER * size))
    style = {"va": "center_baseline", "fontsize": size}
    for node, (_, top, height) in places.items():
        edge = x - 8 * (towards > 0)
        drawing.boxes(ax, [(edge, top, edge + 8, top + height)], node.colour)
        middle, name = top + height / 2, text.shortened(node.name, letters)
        numbers = x - 8 if towards < 0 else x + 8 + digits
        drawing.write(ax, numbers, middle, text.count(lines[node]), ha="right", **style)
        align = "right" if towards < 0 else "left"
        drawing.write(ax, x + towards * (digits + 16), middle, name, ha=align, colour="muted", **style)
