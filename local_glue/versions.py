"""The versions of Glue and the environment of each: `python -m local_glue.versions 6.0` prints its Python.

The version whose Spark is installed beside this interpreter needs no other environment; one is made for another version
when it is first needed.
"""
# ruff: noqa: S603 (all commands are built here, without input from outside)

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from local_glue.environment import own_folder
from local_glue.errors import LocalGlueError

VARIABLE = "LOCAL_GLUE_VERSION"
"""The variable that gives all jobs of a workflows file, and those that name no version, this one."""


@dataclass(frozen=True)
class GlueVersion:
    """What a version of Glue runs."""

    name: str
    spark: str
    python: str


VERSIONS = {
    version.name: version
    for version in (GlueVersion("5.0", "3.5.4", "3.11"), GlueVersion("5.1", "3.5.6", "3.11"),
                    GlueVersion("6.0", "4.1.1", "3.13"))
}  # fmt: skip


class GlueVersionError(LocalGlueError):
    """A version that is not known, or whose environment cannot be made here."""


def find_version(name: str) -> GlueVersion:
    """The version of this name.

    Raises:
        GlueVersionError: it does not run here; the message names those that do.
    """
    if name not in VERSIONS:
        raise GlueVersionError(f"Glue version {name!r} does not run here: choose one of {', '.join(VERSIONS)}")
    return VERSIONS[name]


def running() -> GlueVersion | None:
    """The version whose Spark is installed beside this interpreter."""
    installed = metadata.version("pyspark")
    return next((version for version in VERSIONS.values() if version.spark == installed), None)


def default_name(environ: Mapping[str, str] = os.environ) -> str:
    """The version of jobs that name none: that of the variable, else the one whose Spark is installed here."""
    here = running()
    return environ.get(VARIABLE) or (here.name if here else "5.1")


def interpreter(version: GlueVersion, locks: Mapping[str, Path]) -> Path:
    """The Python that runs jobs of a version, in an environment that is made or renewed if need be.

    Args:
        version: the version wanted.
        locks: the lock file of each version, by its name.

    Raises:
        GlueVersionError: there is no lock file or no such Python, or the packages cannot be installed.
    """
    if version == running():
        return Path(sys.executable)
    if version.name not in locks:
        raise GlueVersionError(
            f"Glue {version.name} needs its packages: give their lock file under [tool.local_glue.glue_versions]"
        )
    folder = Path(sys.prefix) / f"glue-{version.name}"
    python = folder / "bin" / "python"
    wanted = sha256(locks[version.name].read_bytes()).hexdigest()
    ready = folder / ".local-glue-ready"
    with _alone(version):
        if not ready.is_file() or ready.read_text(encoding="utf-8") != wanted:
            _make(version, folder, locks[version.name])
            ready.write_text(wanted, encoding="utf-8")
    return python


def _make(version: GlueVersion, folder: Path, lock: Path) -> None:
    what = f"the environment of Glue {version.name}"
    print(f"Setting up {what}: Spark {version.spark} (once, about two minutes)", file=sys.stderr)  # noqa: T201
    python = find_python(version.python)
    if not (folder / "bin" / "python").exists():
        _run(what, *_uv("venv", "-q", "--python", python, str(folder)))
    inside = str(folder / "bin" / "python")
    _run(what, *_uv("pip", "install", "-q", "--python", inside, "--require-hashes", "-r", str(lock)))
    _run(what, inside, "-m", "local_glue.job.jars")


def find_python(version: str) -> str:
    """A Python of this version: the machine's, else one that uv downloads.

    Raises:
        GlueVersionError: there is none, and none can be downloaded.
    """
    for path in (_said(*_uv("python", "find", "--no-project", version)), *_pyenv(version)):
        if path and _said(str(path), "-c", "import ssl, sys; print('%d.%d' % sys.version_info[:2])") == version:
            return str(path)
    done = subprocess.run(_uv("python", "install", version), capture_output=True, text=True, check=False)
    found = _said(*_uv("python", "find", "--no-project", version))
    if not found:
        reason = (done.stderr.strip().splitlines() or ["uv said nothing"])[-1].strip()
        raise GlueVersionError(
            f"Python {version} is not on this machine, and uv could not download it ({reason}): install it"
        )
    return found


def _pyenv(version: str) -> Iterator[Path]:
    """The Pythons that pyenv keeps, which are not on PATH unless they are chosen."""
    root = Path(os.environ.get("PYENV_ROOT") or own_folder() / ".pyenv")
    yield from sorted(root.glob(f"versions/{version}.*/bin/python{version}"), reverse=True)


def _uv(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "local_glue.uv", *arguments]


def _said(*command: str) -> str:
    """What a command prints, empty if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_variables())
    return done.stdout.strip() if done.returncode == 0 else ""


def _run(what: str, *command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_variables())
    if done.returncode:
        raise GlueVersionError(f"{what} could not be set up: {' '.join(done.stderr.split())[-600:]}")


def _variables() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}


@contextmanager
def _alone(version: GlueVersion) -> Iterator[None]:
    """Keeps others, in this process or another, from making the same environment."""
    with (Path(sys.prefix) / f".glue-{version.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(name: str) -> None:
    """Prints the Python of a version of Glue, for the project in the current folder."""
    from local_glue.config import find_project, load_config

    print(interpreter(find_version(name), load_config(find_project()).locks()))  # noqa: T201 (set-up scripts read it)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except LocalGlueError as failed:
        sys.exit(str(failed))
