"""Charts by matplotlib, as SVG that takes its colours and its font from the page.

matplotlib is imported when something is drawn: a report without charts is still a report.
"""

import io
import re
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from glue_jobs.lib.report.palette import light, named
from glue_jobs.lib.report.text import clean, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEXT_SIZE = 12
UNIT = 72
"""Points and pixels of a drawing an inch."""

SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
    "font.family": "DejaVu Sans",
    "font.size": TEXT_SIZE,
    "text.parse_math": False,
    "path.simplify": True,
}
FEWEST = 5
"""Bars that there is room for at least, so that a single one is not as wide as the chart."""

Draw = Callable[["Figure"], None]


def svg(width: int, height: int, draw: Draw, *, label: str, kind: str) -> str:
    """What `draw` draws, as an SVG element of `width` to `height` that scales.

    Args:
        label: What the chart shows, for those who don't see it; safe in HTML.
        kind: The element's class.

    Raises:
        ImportError: matplotlib is not installed.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # letters that the font has not are the browser's to draw
        figure = Figure(figsize=(width / UNIT, height / UNIT), dpi=UNIT)
        FigureCanvasSVG(figure)
        draw(figure)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return _for_page(
        out.getvalue(), f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">'
    )


def _for_page(drawn: str, opening: str) -> str:
    """The drawing without what a file needs and a page has: headings, ids, fonts, a style for everything."""
    body = drawn[drawn.index(">", drawn.index("<svg")) + 1 : drawn.rindex("</svg>")]
    body = re.sub(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</defs>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r"""font: (?:bold |700 |600 )?([\d.]+)px [^;"]*""", r"font-size: \1px", body)
    body = re.sub(r"font-family: [^;]*; ?", "", body)
    body = re.sub(r' id="[^"]*"', "", body)
    body = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", body)
    body = re.sub(r"\.(\d\d)\d+", r".\1", body)
    body = re.sub(r"</?g ?/?>", "", body)
    body = re.sub(r"\s*\n\s*", " ", body)
    return f"{opening}{named(body)}</svg>"


def axes(figure: "Figure", left: float, top: float, right: float, bottom: float) -> "Axes":
    """Axes without a frame, with these margins in pixels."""
    width, height = figure.get_size_inches() * UNIT
    box = (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    ax = figure.add_axes(box)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0, labelcolor=light("muted"), labelsize=TEXT_SIZE, pad=5)
    ax.tick_params(axis="x", pad=9)
    ax.patch.set_visible(False)
    return ax


def scale_y(
    ax: "Axes", top: float, *, steps: int = 4, text: Callable[[float], str] = short, whole: bool = True
) -> None:
    """A vertical scale from 0 to at least `top`, at round numbers, with a line at each."""
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(steps, integer=whole, steps=[1, 2, 2.5, 5, 10]).tick_values(0, top or 1)
    ax.set_ylim(0, max(ticks[-1], top))
    ax.set_yticks(ticks, [text(tick) for tick in ticks])
    for tick in ticks:
        ax.axhline(tick, color=light("rule" if tick else "idle"), linewidth=1, zorder=0, clip_on=False)


def label_x(ax: "Axes", labels: Sequence[str], most: int) -> None:
    """Labels below as many of the places 0, 1, 2, … as there is room for."""
    every = max(1, -(-len(labels) // most))
    shown = [(at, label) for at, label in enumerate(labels) if at % every == 0]
    ax.set_xticks([at for at, _ in shown], [label for _, label in shown])
    ax.set_xlim(-0.6, max(len(labels), FEWEST) - 0.4)


def bars(
    ax: "Axes", heights: Sequence[float], colour: str, *, on: Sequence[float] | None = None, width: float = 0.78
) -> list[float]:
    """Bars at 0, 1, 2, … standing on `on`, as one shape; returns where they end."""
    bases = list(on or [0.0] * len(heights))
    ends = [base + height for base, height in zip(bases, heights, strict=True)]
    found = [
        (at - width / 2, low, at + width / 2, high)
        for at, (low, high) in enumerate(zip(bases, ends, strict=True))
        if high > low
    ]
    boxes(ax, found, colour)
    return ends


def boxes(ax: "Axes", found: Sequence[tuple[float, float, float, float]], colour: str, *, strength: float = 1) -> None:
    """Boxes of one colour (left, bottom, right, top), as one shape, which takes less room than one each."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if found:
        corners = [[(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)] for x0, y0, x1, y1 in found]
        shape = Path.make_compound_path(*(Path(box, closed=True) for box in corners))
        ax.add_patch(PathPatch(shape, facecolor=light(colour), alpha=strength, linewidth=0, clip_on=False))


def write(ax: Any, x: float, y: float, text: str, **style: Any) -> None:
    """Text in a colour of the palette."""
    colour = light(style.pop("colour", "ink"))
    ax.text(x, y, clean(text), color=colour, clip_on=False, **style)


def preload() -> None:
    """Imports matplotlib, if it is there, which takes a second: it may take it while the warehouse works."""
    with suppress(Exception):
        import matplotlib.backends.backend_svg
        import matplotlib.figure  # noqa: F401


def can_draw() -> bool:
    """Whether matplotlib is there."""
    return find_spec("matplotlib") is not None


def drawn(width: int, height: int, draw: Draw, *, label: str, kind: str) -> str:
    """As `svg`; an empty text where there is no matplotlib."""
    with suppress(ImportError):
        return svg(width, height, draw, label=label, kind=kind)
    return ""
