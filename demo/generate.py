"""Writes a landing folder to load, always the same for the same numbers: `python -m demo.generate OUT [--seed N] …`.

Each workflow has a module that knows its files; the manifest of what was planted is written beside OUT, not into it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from demo.manifest import Manifest
from demo.streams import landing
from demo.streams.world import World

WORKFLOWS = ("streams",)
DEFAULTS = {"seed": 7, "days": 5, "plays": 20_000, "users": 2_000, "tracks": 3_000}


def generate(out: Path, **sizes: int) -> Manifest:
    """Writes users/, songs/ and streams/ below `out`.

    Args:
        out: The folder that stands for the landing bucket; made if need be.
        **sizes: Any of seed, days, plays, users, tracks.

    Returns:
        What a load of the folder must book, file by file.
    """
    return landing.build(Path(out), World(**{**DEFAULTS, **sizes}))


def more(out: Path, **sizes: int) -> Manifest:
    """Writes one more small file of plays and the part of the catalogue that arrives late, for the same `sizes`.

    Returns:
        What loading the plays, then the catalogue, must book; `resolved` is how many pending plays the latter frees.
    """
    return landing.build_more(Path(out), World(**{**DEFAULTS, **sizes}))


def manifest_path(out: Path) -> Path:
    """Where the command writes the manifest of `out`."""
    return out.parent / f"{out.name}.manifest.json"


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.generate", description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path, help="the folder to write; the manifest goes beside it")
    parser.add_argument("--more", action="store_true", help="one more file of plays and the late catalogue instead")
    for name, value in DEFAULTS.items():
        parser.add_argument(f"--{name}", type=int, default=value, help=f"{value} when not given")
    given = vars(parser.parse_args(argv))
    out, write_more = given.pop("out"), given.pop("more")
    manifest = more(out, **given) if write_more else generate(out, **given)
    manifest.write(manifest_path(out))
    print(f"{len(manifest.files)} files in {out}, what they hold in {manifest_path(out)}")


if __name__ == "__main__":
    main()
