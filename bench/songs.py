"""The input of the scenario `sparkify`: as many song files and logs as the public data set has, in its shape."""

import shutil
from pathlib import Path

from bench.shape import BUILD
from demo.generate import generate as generate_demo
from demo.generate import manifest_path
from demo.manifest import Manifest

PUBLIC = {"songs": 14_896, "events": 8_056, "users": 97, "days": 30}
"""Files of one song each, lines of logs, people and days: the bucket udacity-dend, which is gone."""


def generate(songs: int = PUBLIC["songs"]) -> Path:
    """The folder with `landing/` and its manifest; written only if it is not there."""
    folder = BUILD / f"{songs}-songs"
    if not manifest_path(folder / "landing").exists():
        shutil.rmtree(folder, ignore_errors=True)
        manifest = generate_demo(folder / "landing", "sparkify", **PUBLIC | {"songs": songs})
        manifest.write(manifest_path(folder / "landing"))
    return folder


def read_manifest(folder: Path) -> Manifest:
    """What a load of the folder must leave."""
    return Manifest.read(manifest_path(folder / "landing"))
