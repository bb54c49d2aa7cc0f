"""Writes a landing folder to load, always the same for the same numbers: `python -m demo.generate OUT [--seed N] …`.

Each workflow has a package that knows its files; the manifest of what was planted is written next to OUT, not into it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from demo.manifest import Manifest
from demo.sparkify import landing as sparkify
from demo.sparkify.world import World as SparkifyWorld
from demo.streams import landing as streams
from demo.streams.world import World as StreamsWorld

ALL = "all"
DEFAULTS = {
    "streams": {"seed": 7, "days": 5, "plays": 20_000, "users": 2_000, "tracks": 3_000},
    "sparkify": {"seed": 7, "days": 30, "events": 8_000, "users": 90, "songs": 110},
}
WORKFLOWS = tuple(DEFAULTS)


def generate(out: Path, workflow: str = "streams", **sizes: int) -> Manifest:
    """Writes the first delivery of a workflow below `out`.

    Args:
        out: The folder that stands for the landing bucket; created if needed.
        workflow: streams (users/, songs/, streams/) or sparkify (log_data/, song_data/).
        **sizes: Any of the workflow's DEFAULTS.

    Returns:
        What a load of the folder must book, file by file.
    """
    landing, world = _world(workflow, sizes)
    return landing.build(Path(out), world)


def more(out: Path, workflow: str = "streams", **sizes: int) -> Manifest:
    """Writes what comes later, for the same `sizes`: a small file of plays or events, and songs that arrive late.

    Returns:
        What loading it must book (streams: the plays, then the songs; sparkify: all at once); `resolved` is the number
        of earlier plays that the songs belong to.
    """
    landing, world = _world(workflow, sizes)
    return landing.build_more(Path(out), world)


def manifest_path(out: Path, workflow: str | None = None) -> Path:
    """The path of the manifest of `out`; if `workflow` is given, of that one among several."""
    return out.parent / ".".join(filter(None, (out.name, workflow, "manifest.json")))


def _world(workflow: str, sizes: dict[str, int]) -> tuple[ModuleType, StreamsWorld | SparkifyWorld]:
    sizes = {**DEFAULTS[workflow], **sizes}
    return (sparkify, SparkifyWorld(**sizes)) if workflow == "sparkify" else (streams, StreamsWorld(**sizes))


def _sizes_of(workflow: str, given: dict[str, int | None]) -> dict[str, int]:
    return {name: value for name in DEFAULTS[workflow] if (value := given[name]) is not None}


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.generate", description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path, help="the folder to write; the manifest goes beside it")
    parser.add_argument("--workflow", default="streams", choices=(*WORKFLOWS, ALL), help="streams when not given")
    parser.add_argument("--more", action="store_true", help="what comes later instead: new plays and late songs")
    for name in dict.fromkeys(name for sizes in DEFAULTS.values() for name in sizes):
        known = ", ".join(f"{sizes[name]} for {workflow}" for workflow, sizes in DEFAULTS.items() if name in sizes)
        parser.add_argument(f"--{name}", type=int, help=f"when not given: {known}")
    given = vars(parser.parse_args(argv))
    out, chosen, write = given.pop("out"), given.pop("workflow"), more if given.pop("more") else generate
    for workflow in WORKFLOWS if chosen == ALL else (chosen,):
        manifest = write(out, workflow, **_sizes_of(workflow, given))
        path = manifest_path(out, workflow if chosen == ALL else None)
        manifest.write(path)
        print(f"{len(manifest.files)} files of {workflow} in {out}, what they hold in {path}")


if __name__ == "__main__":
    main()
