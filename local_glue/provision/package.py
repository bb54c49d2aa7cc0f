"""Writes a project's library archives into a folder: `python -m local_glue.provision.package build`.

They are the ones that jobs get here, byte for byte the same for the same sources.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from local_glue.config import find_project, load_config
from local_glue.provision.resources import zip_library


def package(project: Path, folder: Path) -> list[Path]:
    """Writes every library of `[tool.local_glue]` below `folder`; returns the files."""
    config = load_config(project)
    written = []
    for library in config.libraries:
        file = folder / library.key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(zip_library(config.project, library))
        written.append(file)
    return written


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m local_glue.provision.package", description=__doc__)
    parser.add_argument("folder", type=Path)
    package(find_project(), parser.parse_args(argv).folder)


if __name__ == "__main__":
    main()
