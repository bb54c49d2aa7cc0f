"""Starts a database server again that has ended, with its data, on its port."""

import os
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from local_glue.home import command_line, process_alive
from local_glue.postgres.account import account_for_postgres
from local_glue.postgres.cluster import Server, is_running, launch

STOP_TIMEOUT_S = 10


def restart(state: dict[str, Any]) -> Server:
    """Starts the server of a state, which has ended, unless it runs.

    Raises:
        LocalGlueError: PostgreSQL does not start; its log says why.
    """
    before = Server(**state)
    if is_running(state) and process_alive(before.pid):
        return before
    _forget_zombie(before)
    _forget_namesake(before)
    pid = launch(account_for_postgres(), Path(before.binaries), Path(before.data), before.port)
    return replace(before, pid=pid)


def _forget_zombie(server: Server) -> None:
    """Lets PostgreSQL start where nothing collects dead processes, as in many containers: it takes one for a server.

    Its children, which write to the same files, end by themselves, but not at once.
    """
    if process_alive(server.pid) or not Path(f"/proc/{server.pid}").exists():
        return
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while time.monotonic() < deadline and _has_processes(server.data):
        time.sleep(0.05)
    (Path(server.data) / "postmaster.pid").unlink(missing_ok=True)


def _forget_namesake(server: Server) -> None:
    """Lets PostgreSQL start where another process has its number now, as after a restart of the machine."""
    file = Path(server.data) / "postmaster.pid"
    with suppress(OSError, ValueError, IndexError):
        pid = int(file.read_text(encoding="utf-8", errors="replace").split()[0])
        if process_alive(pid) and server.data not in command_line(pid):
            file.unlink()


def _has_processes(folder: str) -> bool:
    return any(_works_in(process, folder) for process in Path("/proc").glob("[0-9]*"))


def _works_in(process: Path, folder: str) -> bool:
    with suppress(OSError):
        return os.readlink(process / "cwd") == folder
    return False
