"""Keeps what was measured: results.json has every run, results.md and the plots show it."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
from rich.table import Table

from bench.measure import Measured
from bench.rounds import Round, medians, ratios

HERE = Path(__file__).parent
RESULTS, PAGE, PLOTS = HERE / "results.json", HERE / "results.md", HERE / "plots"
PACKAGES = ("pyspark", "pandas", "duckdb", "numpy", "pyarrow")
PREFACE = """\
# Results of `make bench`

What is compared with what, and how: [README.md](README.md). Times are medians over the rounds. A ratio is the wall time
of the first contender over that of the other in the same round, and the median of these: below 1 the first is faster.
CPU and memory are those of the whole tree of processes.
"""


def entry(name: str, about: str, plays: int, rounds: Sequence[Round], *, commit: str) -> dict[str, Any]:
    """One scenario's result, with where and when it was measured."""
    return {
        "scenario": name,
        "about": about,
        "plays": plays,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit,
        "machine": _machine(),
        "load": round(os.getloadavg()[0], 1),
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES},
        "rounds": [{name: asdict(measured) for name, measured in found.items()} for found in rounds],
    }


def commit() -> str:
    """What is checked out now; asked before a run, as the work may go on meanwhile."""
    git = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(git, cwd=HERE, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def save(found: dict[str, Any]) -> None:
    """Puts the result in the place of an earlier one of the same scenario and size, and writes the page again."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    others = [item for item in known if (item["scenario"], item["plays"]) != (found["scenario"], found["plays"])]
    results = sorted([*others, found], key=lambda item: (item["scenario"], item["plays"]))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    PAGE.write_text("\n".join([PREFACE, *map(_section, results)]))


def rounds_of(item: dict[str, Any]) -> list[Round]:
    """The rounds of a kept result."""
    return [{name: Measured(**measured) for name, measured in found.items()} for found in item["rounds"]]


def rows(rounds: Sequence[Round]) -> list[list[str]]:
    """A line of texts a contender: name, wall, CPU, memory, and the first contender's ratio to it."""
    first = next(iter(rounds[0]))
    shares = ratios(rounds, first)
    return [
        [
            name,
            f"{found.wall_s:.1f}",
            f"{found.cpu_s:.1f}",
            f"{found.peak_mb:,.0f}",
            f"{shares[name]:.2f}" if name in shares else "",
        ]
        for name, found in medians(rounds).items()
    ]


def columns(rounds: Sequence[Round]) -> list[str]:
    """The headings of `rows`."""
    return ["contender", "wall s", "CPU s", "peak MB", f"{next(iter(rounds[0]))} / it"]


def table(title: str, rounds: Sequence[Round]) -> Table:
    """The result for a terminal."""
    made = Table(title=title)
    for number, heading in enumerate(columns(rounds)):
        made.add_column(heading, justify="right" if number else "left")
    for row in rows(rounds):
        made.add_row(*row)
    return made


def plot_name(item: dict[str, Any]) -> str:
    """The file of a result's plot, in `PLOTS`."""
    return f"{item['scenario']}-{item['plays']}.svg"


def _section(item: dict[str, Any]) -> str:
    rounds = rounds_of(item)
    heads = columns(rounds)
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows(rounds)]
    versions = ", ".join(f"{name} {version}" for name, version in item["versions"].items())
    times = {name: ", ".join(f"{found[name].wall_s:g}" for found in rounds) for name in rounds[0]}
    every = "; ".join(f"{name} {seconds}" for name, seconds in times.items())
    plot = f"\n![wall and CPU time](plots/{plot_name(item)})\n" if (PLOTS / plot_name(item)).exists() else ""
    about = f"{item['about'][0].upper()}{item['about'][1:]}"
    return (
        f"## {item['scenario']}, {item['plays']:,} plays\n\n"
        f"{about}; {len(rounds)} round{'s' * (len(rounds) > 1)} on {item['date']} at {item['commit']}.\n"
        f"{item['machine']}, load average {item['load']} at the end; {versions}.\n\n"
        + "\n".join(lines)
        + f"\n{plot}\nWall seconds of each round: {every}.\n"
    )


def _machine() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores ({model or platform.machine()}), {memory:.0f} GB, {platform.system()}"
