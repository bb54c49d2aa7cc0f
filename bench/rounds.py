"""Runs contenders in turn, several rounds, and makes medians and ratios of what they took."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from bench import compare, measure
from bench.measure import Measured

CONTENDERS: Mapping[str, list[str]] = {
    "engine": ["engine"],
    "pandas": ["pandas"],
    "duckdb": ["duckdb"],
    "duckdb_plain": ["duckdb", "--plain"],
    "plain_spark": ["plain_spark"],
    "whole": ["whole"],
    "whole_sparkify": ["whole_sparkify"],
}
"""By name, the module in `bench.contenders` and its options."""

REFERENCE = "reference"
MEASURES = ("wall_s", "cpu_s", "peak_mb")

Round = dict[str, Measured]


def run_rounds(
    names: Sequence[str],
    source: Path,
    out: Path,
    *,
    rounds: int,
    done: Callable[[int, str, Measured], None],
    compared: bool = True,
) -> Iterator[Round]:
    """Each contender once a round, with the results of the first one to end.

    Args:
        compared: False if the contenders check their results themselves.

    Raises:
        FailedError: A contender failed.
        DifferenceError: A contender's results differ from the first's; its time does not count.
    """
    shutil.rmtree(out, ignore_errors=True)
    for number in range(1, rounds + 1):
        # Each begins once: what the one before leaves in the machine's caches helps nobody more than others.
        turn = (number - 1) % len(names)
        found = {}
        for name in (*names[turn:], *names[:turn]):
            found[name] = measure.run(CONTENDERS[name], source, out / name)
            _check(out / name, out / REFERENCE if compared else None)
            done(number, name, found[name])
        yield {name: found[name] for name in names}


def _check(folder: Path, reference: Path | None) -> None:
    """Compares the results with the reference, if there is one, and deletes them; the first ones become it."""
    if reference and not reference.exists():
        folder.rename(reference)
        return
    if reference:
        compare.require_same(folder, reference)
    shutil.rmtree(folder)


def medians(rounds: Sequence[Round]) -> Round:
    """The median of each measure over the rounds, by contender."""
    return {
        name: Measured(*(median(getattr(found[name], what) for found in rounds) for what in MEASURES))
        for name in rounds[0]
    }


def ratios(rounds: Sequence[Round], subject: str) -> dict[str, float]:
    """By other contender, the median of subject's wall time / its wall time, pair by pair within a round."""
    others = [name for name in rounds[0] if name != subject]
    return {name: median(found[subject].wall_s / found[name].wall_s for found in rounds) for name in sorted(others)}
