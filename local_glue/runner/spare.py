"""Keeps Python ready for the next job run, with what most jobs import.

Each run has a process of its own, which nobody used before. What the run is comes by standard input, so that its keys
stand in no list of processes.
"""

import json
import os
import threading
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local_glue import environment
from local_glue.job import STANDIN
from local_glue.runner import nursery
from local_glue.runner.bootstrap import PACKAGE_VARIABLE
from local_glue.runner.nursery import Nursery, Process, Spare
from local_glue.runner.preload import PRELOADED

LOADED = {name.partition(".")[0] for name in PRELOADED}
"""What a library of a run may not bring itself: the process would have another already."""


class SparePython:
    """Processes of one interpreter, forked from one that has the imports; where that is impossible, one that waits.

    Args:
        cold: Keep none.
    """

    def __init__(self, *, cold: bool = False) -> None:
        self._cold = cold
        self._kept: Spare | None = None
        self._lock = threading.Lock()

    def prepare(self, python: Path) -> None:
        """Sees to it that later runs find a process; returns at once."""
        with self._lock:
            old = self._kept
            if self._cold or (old and old.python == python and old.is_alive):
                return
            self._kept = (Nursery if nursery.IS_POSSIBLE else Spare).start(python, variables_of_jobs())
        if old:
            old.close()

    def take(
        self, python: Path, argv: Sequence[str], variables: Mapping[str, str], *, paths: Sequence[Path], folder: Path
    ) -> Process | None:
        """A process that begins the run; None if there is none that suits the run.

        Args:
            argv: The script and its arguments.
            variables: The run's environment.
            paths: Its libraries, for the import path.
            folder: Where it works.
        """
        if any(map(_brings_what_is_loaded, paths)):
            return None
        with self._lock, suppress(OSError, ValueError):
            kept = self._kept
            if kept and kept.python == python and kept.is_alive:
                self._kept = kept if kept.serves_many else None
                process = kept.process()
                path = [*map(str, paths)]
                run = {"argv": list(argv), "environment": dict(variables), "folder": str(folder), "path": path}
                process.stdin.write(json.dumps(run).encode() + b"\n")  # type: ignore[union-attr]
                process.stdin.flush()  # type: ignore[union-attr]
                return process
        return None

    def close(self) -> None:
        """Keeps none any more."""
        with self._lock:
            self._cold, kept, self._kept = True, self._kept, None
        if kept:
            kept.close()


def variables_of_jobs(paths: Sequence[Path] = ()) -> dict[str, str]:
    """The environment of a job's process before it knows its stack and its run; `paths` are the run's libraries."""
    return {
        **environment.of_process(os.environ),
        "PYTHONPATH": os.pathsep.join([str(STANDIN), *map(str, paths)]),
        "PYTHONUNBUFFERED": "1",
        PACKAGE_VARIABLE: str(Path(__file__).parents[1]),
    }


def _brings_what_is_loaded(library: Path) -> bool:
    """Whether an entry of the import path has a module that the process has loaded from elsewhere."""
    if library.is_dir():
        found = {path.stem if path.is_file() else path.name for path in library.iterdir()}
    else:
        with zipfile.ZipFile(library) as archive:
            found = {name.partition("/")[0].removesuffix(".py") for name in archive.namelist()}
    return bool(found & LOADED)
