"""Increments: a history is loaded once into a stack of its own, then a new day a round."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from bench import compare, measure
from bench.generate import generate
from bench.measure import MARK, Measured
from bench.rounds import Round
from bench.scenarios import Scenario
from local_glue.errors import NotRunningError
from local_glue.stack import Stack


def run_increments(
    scenario: Scenario, plays: int, out: Path, *, rounds: int, done: Callable[[int, str, Measured], None]
) -> Iterator[Round]:
    """Loads the history, then `rounds` increments; at the end DuckDB computes all of it from scratch.

    Raises:
        FailedError: A run failed.
        DifferenceError: The warehouse differs from the recomputation.
    """
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    sources = [generate(scenario.first_load(plays))]
    sources += [generate(scenario.increment(plays, number)) for number in range(1, rounds + 1)]
    home, found = (out / "home").resolve(), []
    try:
        for number, source in enumerate(sources):
            arguments = ["whole", "--home", str(home), "--keep"]
            measured = measure.run(arguments, source, out / f"{number}", mark=f"{os.getpid()}-{MARK}")
            done(number, "whole" if number else "whole (history)", measured)
            found.append({"whole": measured})
    finally:
        with suppress(NotRunningError):
            Stack.attach(home).stop()
    measure.run(["duckdb"], _together(sources, out / "all"), out / "reference")
    compare.require_same(out / f"{rounds}", out / "reference", counts=False)
    yield from found[1:]


def _together(sources: list[Path], folder: Path) -> Path:
    """A folder with the catalogue and the plays of all sources."""
    (folder / "landing" / "streams").mkdir(parents=True)
    (folder / "dims").symlink_to((sources[0] / "dims").resolve())
    for number, source in enumerate(sources):
        for path in (source / "landing" / "streams").glob("*.csv"):
            (folder / "landing" / "streams" / f"{number:03d}-{path.name}").symlink_to(path.resolve())
    return folder
