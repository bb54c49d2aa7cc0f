"""Programs that tests use, each in an environment of its own: their requirements conflict with those of the jobs."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def installed(group: str) -> Path:
    """The folder with the programs of a group of pyproject.toml, which is installed from its lock file when needed.

    Raises:
        subprocess.CalledProcessError: It cannot be installed here.
    """
    home, lock = PROJECT / "build" / group, (PROJECT / "requirements" / f"{group}.lock").read_text()
    done = home / "installed.lock"
    if not done.exists() or done.read_text() != lock:
        uv = [sys.executable, "-m", "local_glue.uv"]
        subprocess.run([*uv, "venv", "-q", "--clear", "--python", "3.11", str(home)], check=True)
        install = [*uv, "pip", "install", "-q", "--python", str(home), "--require-hashes"]
        subprocess.run([*install, "-r", str(PROJECT / "requirements" / f"{group}.lock")], check=True)
        done.write_text(lock)
    return home / "bin"


if __name__ == "__main__":
    print(installed(sys.argv[1]))  # noqa: T201 (for the Makefile)
