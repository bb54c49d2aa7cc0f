"""Runs contenders against each other and keeps the results: `make bench`, or `python -m bench.run --help`."""

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence

from rich.console import Console

from bench import report, songs
from bench.compare import DifferenceError
from bench.generate import generate
from bench.increments import run_increments
from bench.measure import FailedError, Measured
from bench.rounds import CONTENDERS, Round, run_rounds
from bench.scenarios import SCENARIOS
from bench.shape import BUILD

SIZES = {"quick": 1_000_000, "full": 10_000_000}
HISTORIES = {"quick": 1_000_000, "full": 20_000_000}
"""Plays of the history in the scenarios of increments."""


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns 0 when every contender ran and all agree, 130 when it was told to end before."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    given = _parser().parse_args(argv)
    console, rounds, commit = Console(), [], report.commit()
    about = SCENARIOS[given.scenario].about.format(plays=f"{_plays(given):,}")
    try:
        for found in _rounds(given, console):
            rounds.append(found)
            if given.keep:
                _keep(report.entry(given.scenario, about, _plays(given), rounds, commit=commit))
    except (DifferenceError, FailedError) as error:
        console.print(f"[red]{type(error).__name__}:[/] ", end="")
        console.print(str(error), markup=False, highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("stopped; what was up for it is down")
        return 130
    console.print(report.table(f"{about} ({len(rounds)} rounds)", rounds))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.run", description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--scenario", default="first", choices=list(SCENARIOS))
    parser.add_argument("--size", default="quick", choices=list(SIZES), help="1 or 10 million plays; history 1 or 20")
    parser.add_argument("--plays", type=int, help="another number of plays, of song files, or size of the history")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--contenders", help=f"some of {','.join(CONTENDERS)}; by default those of the scenario")
    parser.add_argument("--no-keep", dest="keep", action="store_false", help="do not write results.md, .json, plots")
    return parser


def _plays(given: argparse.Namespace) -> int:
    scenario = SCENARIOS[given.scenario]
    return given.plays or scenario.songs or (HISTORIES if scenario.share else SIZES)[given.size]


def _rounds(given: argparse.Namespace, console: Console) -> Iterator[Round]:
    scenario, out = SCENARIOS[given.scenario], BUILD / "runs" / given.scenario

    def done(number: int, name: str, measured: Measured) -> None:
        took = f"{measured.wall_s:8.1f} s  CPU {measured.cpu_s:8.1f} s  {measured.peak_mb:7,.0f} MB"
        console.print(f"round {number}  {name:16} {took}", highlight=False)

    if scenario.share:
        return run_increments(scenario, _plays(given), out, rounds=given.rounds, done=done)
    names = given.contenders.split(",") if given.contenders else scenario.contenders
    source = songs.generate(_plays(given)) if scenario.songs else generate(scenario.first_load(_plays(given)))
    return run_rounds(names, source, out, rounds=given.rounds, done=done, compared=not scenario.songs)


def _keep(found: dict) -> None:
    """After each round, so that a run that is stopped leaves what it measured."""
    from bench import plots

    plots.draw(found)
    report.save(found)


if __name__ == "__main__":
    sys.exit(main())
