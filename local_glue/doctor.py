"""What on this machine may keep a stack or its jobs from running, each with its remedy: `local-glue doctor`."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local_glue.environment import LOOPBACK
from local_glue.errors import LocalGlueError
from local_glue.machine import lacking, this_machine

GB = 1_000_000_000
MEMORY_BYTES, DISK_BYTES = 3 * GB, 2 * GB
"""Spark has a heap of 2 GB; endpoint, databases and a job's Python come beside it."""

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
MEMORY = Path("/proc/meminfo")


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and the remedy if it is wrong."""

    what: str
    found: str
    remedy: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether something has to be done."""
        return bool(self.remedy)


def examine(home: Path) -> list[Finding]:
    """Looks at all that a stack with this state folder needs."""
    checks: list[Callable[[], Finding]] = [
        _machine, _python, _java, _jars, _memory, lambda: _disk("disk for the state", home),
        lambda: _disk("disk for temporary files", Path(tempfile.gettempdir())), _ports, _proxy,
    ]  # fmt: skip
    return [check() for check in checks]


def _machine() -> Finding:
    machine = this_machine()
    return Finding("machine", str(machine), lacking(machine) or "")


def _python() -> Finding:
    from local_glue.versions import VERSIONS, running

    version, here = running(), "{}.{}".format(*sys.version_info)
    if version is None:
        return Finding(
            "Python", here, f"no Spark of Glue {', '.join(VERSIONS)} is installed here: run make setup again"
        )
    remedy = "" if version.python == here else f"Glue {version.name} runs Python {version.python}: set up with that"
    return Finding("Python", f"{here}, Spark {version.spark} of Glue {version.name}", remedy)


def _java() -> Finding:
    from local_glue.java import WANTED, JavaNotFoundError, java_home

    try:
        return Finding("Java", f"{WANTED} in {java_home()}")
    except JavaNotFoundError as error:
        return Finding("Java", "none that Spark can use", str(error))


def _jars() -> Finding:
    """Fetches what is missing, as the first job would: this tries the network, its proxy and its certificates."""
    from local_glue.job.jars import fetch_jars

    try:
        paths = fetch_jars()
    except LocalGlueError as error:
        return Finding("jars for S3 and PostgreSQL", "not all are here", str(error))
    return Finding("jars for S3 and PostgreSQL", f"{len(paths)} in {paths[0].parent}")


def _memory() -> Finding:
    free = _free_memory()
    if free is None:
        return Finding("free memory", "this system does not say")
    few = f"jobs need about {MEMORY_BYTES / GB:.0f} GB: end other programs, or give a virtual machine more"
    return Finding("free memory", f"{free / GB:.1f} GB", "" if free >= MEMORY_BYTES else few)


def _free_memory() -> int | None:
    if not MEMORY.is_file():
        return None
    lines = dict(line.split(":", 1) for line in MEMORY.read_text(encoding="utf-8").splitlines() if ":" in line)
    return int(lines["MemAvailable"].split()[0]) * 1024


def _disk(what: str, folder: Path) -> Finding:
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    found = f"{free / GB:.1f} GB free in {place}"
    if not os.access(place, os.W_OK | os.X_OK):
        return Finding(
            what, found, f"{place} cannot be written to: set LOCAL_GLUE_HOME, or TMPDIR, to a folder that can"
        )
    return Finding(
        what, found, "" if free >= DISK_BYTES else f"a stack needs about {DISK_BYTES / GB:.0f} GB: make room"
    )


def _ports() -> Finding:
    try:
        with socket.create_server((LOOPBACK[0], 0)) as server, socket.create_connection(server.getsockname(), 5):
            return Finding("ports", f"free ones on {LOOPBACK[0]}")
    except OSError as error:
        return Finding(
            "ports", f"none on {LOOPBACK[0]}: {error}", "let programs of this machine talk to each other there"
        )


def _proxy() -> Finding:
    """A proxy is for other places only; the stack's own addresses are added to NO_PROXY."""
    named = {name: os.environ[name] for name in PROXIES if os.environ.get(name)}
    socks = [name for name, value in named.items() if value.startswith("socks")]
    remedy = f"downloads cannot use a SOCKS proxy: set HTTPS_PROXY beside {socks[0]}" if socks == [*named] != [] else ""
    return Finding("proxy", ", ".join(named) or "none", remedy)
