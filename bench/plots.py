"""Draws a result: a pair of bars a contender, wall and CPU seconds."""

from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.report import PLOTS, plot_name, rounds_of
from bench.rounds import medians

# The same figures give the same file.
mpl.rcParams["svg.hashsalt"] = "bench"
HEIGHT = 0.38


def draw(item: dict[str, Any]) -> None:
    """Writes the plot of an entry of results.json."""
    found = medians(rounds_of(item))
    figure = Figure(figsize=(7, 0.6 + 0.55 * len(found)), layout="constrained")
    axes = figure.subplots()
    for shift, measure, label, colour in ((0, "wall_s", "wall", "#3b6ea5"), (HEIGHT, "cpu_s", "CPU", "#c9d7e6")):
        values = [getattr(measured, measure) for measured in found.values()]
        bars = axes.barh([place + shift for place in range(len(found))], values, HEIGHT, label=label, color=colour)
        axes.bar_label(bars, fmt="%.0f", padding=3, fontsize=8)
    axes.set_yticks([place + HEIGHT / 2 for place in range(len(found))], list(found))
    axes.invert_yaxis()
    axes.set_xlabel("seconds")
    axes.set_title(f"{item['scenario']}, {item['plays']:,} plays", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    PLOTS.mkdir(exist_ok=True)
    figure.savefig(PLOTS / plot_name(item), metadata={"Date": None})
