"""Keeps a Python process ready for the next job run, which has imported what most jobs import.

Each run has a process of its own, which nobody used before; it only was started in advance, while the run before went
on. What the run is comes by standard input, so that its keys stand in no list of processes.
"""

import json
import os
import subprocess
import threading
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local_glue import environment
from local_glue.job import STANDIN
from local_glue.runner.bootstrap import PACKAGE_VARIABLE, PRELOADED, ROOM, WAIT
from local_glue.runner.groups import end_group, start_group

BOOTSTRAP = Path(__file__).parent / "bootstrap.py"
LOADED = {name.partition(".")[0] for name in PRELOADED}
"""What a library of a run may not bring itself: the process would have another already."""


class SparePython:
    """The one process that is kept ready, for one interpreter.

    Args:
        cold: Keep none.
    """

    def __init__(self, *, cold: bool = False) -> None:
        self._cold = cold
        self._ready: tuple[Path, subprocess.Popen[bytes]] | None = None
        self._lock = threading.Lock()

    def prepare(self, python: Path) -> None:
        """Starts a process for a later run, if none is ready; returns at once."""
        with self._lock:
            if self._cold or (self._ready and self._ready[0] == python and self._ready[1].poll() is None):
                return
            command = [str(python), str(BOOTSTRAP), WAIT, ROOM]
            old, self._ready = self._ready, (python, start_group(command, variables_of_jobs()))
        if old:
            end_group(old[1], grace_s=0)

    def take(
        self, python: Path, argv: Sequence[str], variables: Mapping[str, str], *, paths: Sequence[Path], folder: Path
    ) -> "subprocess.Popen[bytes] | None":
        """The process, which begins the run; None if there is none that suits the run.

        Args:
            argv: The script and its arguments.
            variables: The run's environment.
            paths: Its libraries, for the import path.
            folder: Where it works.
        """
        with self._lock:
            ready, self._ready = self._ready, None
        if not ready:
            return None
        process = ready[1]
        if ready[0] == python and process.poll() is None and not any(map(_brings_what_is_loaded, paths)):
            run = {
                "argv": list(argv), "environment": dict(variables), "folder": str(folder), "path": [*map(str, paths)]
            }  # fmt: skip
            with suppress(OSError):
                process.stdin.write(json.dumps(run).encode() + b"\n")  # type: ignore[union-attr]
                process.stdin.flush()  # type: ignore[union-attr]
                return process
        end_group(process, grace_s=0)
        return None

    def close(self) -> None:
        """Ends the process, and keeps none any more."""
        with self._lock:
            self._cold, ready, self._ready = True, self._ready, None
        if ready:
            end_group(ready[1], grace_s=0)


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
