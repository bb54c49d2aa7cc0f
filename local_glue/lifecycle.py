"""Starts and stops the endpoint's process, and cleans up after a stack that crashed."""
# ruff: noqa: S603 (all commands are built here, without input from outside)

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local_glue import environment
from local_glue.config import Config
from local_glue.errors import LocalGlueError, NotRunningError
from local_glue.home import Home, command_line, process_alive
from local_glue.postgres import again, cluster

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 10
OWNED = ("state.json", "server.json", "server.log", "bookmarks", "logs", "runs", "pg", "kept", ".local-glue-home")


def start_server(home: Home, config: Config, *, clock: bool, cold: bool = False, port: int = 0) -> dict[str, Any]:
    """Starts `python -m local_glue.endpoint.server`, detached, on a port if it is free.

    Returns:
        Its `port` and `pid`, when the state was written that it brought back (`kept_at`), and the jobs whose runs
        ended with the endpoint before (`interrupted`).

    Raises:
        LocalGlueError: the process ended or was not ready in time; its log has the reason.
    """
    ready = home.path / "server.json"
    ready.unlink(missing_ok=True)
    switches = [name for name, is_on in (("--clock", clock), ("--cold", cold)) if is_on]
    command = [sys.executable, "-m", "local_glue.endpoint.server", "--home", str(home.path), "--region", config.region,
               "--minute-seconds", str(config.minute_seconds), "--port", str(port), *switches]  # fmt: skip
    variables = environment.of_process(os.environ) | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    with home.server_log.open("ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=variables, start_new_session=True
        )
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise LocalGlueError(f"the endpoint did not start: {_last_line(home.server_log)} (see {home.server_log})")
        time.sleep(0.01)
    return json.loads(ready.read_text(encoding="utf-8"))


def stop_server(pid: int | None) -> None:
    """Ends the endpoint's process and waits for it; does nothing if the process is gone or is not an endpoint."""
    if not is_server(pid):
        return
    for number, wait_s in ((signal.SIGTERM, STOP_TIMEOUT_S), (signal.SIGKILL, STOP_TIMEOUT_S)):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            if not process_alive(pid):
                return
            time.sleep(0.02)


def is_server(pid: int | None) -> bool:
    """Whether this process is an endpoint, since process ids are reused."""
    return process_alive(pid) and "local_glue.endpoint.server" in command_line(pid)


def server_alive(home: Home) -> bool:
    """Whether the stack of this home answers."""
    try:
        state = json.loads(home.state_file.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return False
    return endpoint_answers(state) and cluster.is_running(state["postgres"])


def endpoint_answers(state: dict[str, Any]) -> bool:
    """Whether the endpoint of a state answers."""
    if not process_alive(state.get("server_pid")):
        return False
    where = urlsplit(state["endpoint_url"])
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((where.hostname, where.port)) == 0


def restart_databases(home: Home) -> bool:
    """Starts the databases of this home's stack again, with what they hold, if they alone have ended; whether it did.

    Raises:
        LocalGlueError: the databases do not start.
    """
    try:
        state = home.read_state()
    except NotRunningError:
        return False
    if not endpoint_answers(state) or cluster.is_running(state["postgres"]):
        return False
    home.write_state({**state, "postgres": again.restart(state["postgres"]).as_dict()})
    return True


def what_is_lost(home: Home) -> str | None:
    """A sentence about a stack that has ended and cannot come back (`resume`); None if there is none.

    Without its buckets, tables and runs, databases and bookmarks are no stack, nor the other way round: a load would
    go on after files that are not there.
    """
    try:
        state = home.read_state()
    except NotRunningError:
        return None
    if not home.marker.exists() or endpoint_answers(state):
        return None
    since = datetime.fromtimestamp(home.marker.stat().st_mtime, timezone.utc)
    databases = ", ".join(state["databases"]) or "none"
    jobs = len(list(home.bookmarks.glob("*.json")))
    missing = home.kept if not home.kept.exists() else Path(state["postgres"]["data"])
    return (
        f"the stack that was up here since {since:%Y-%m-%d %H:%M} UTC cannot come back, since {missing} is gone: lost "
        f"are its buckets, tables and runs, its databases ({databases}) and the bookmarks of {jobs} "
        f"job{'' if jobs == 1 else 's'}"
    )


def check_not_inline(home: Home) -> None:
    """Raises LocalGlueError if the stack of this home is alive within another process."""
    try:
        inline = home.read_state().get("inline")
    except NotRunningError:
        inline = False
    if inline and server_alive(home):
        raise LocalGlueError(f"the stack in {home.path} lives inside a running test process: end that instead")


def claim(home: Home) -> None:
    """Prepares the home folder for a new stack; removes what a stack that crashed has left.

    Raises:
        LocalGlueError: the folder holds other files under names that a stack would use.
    """
    clean_up(home)
    foreign = [name for name in OWNED if (home.path / name).exists()]
    if foreign:
        raise LocalGlueError(
            f"{home.path} holds {', '.join(foreign)} of something else: choose another LOCAL_GLUE_HOME"
        )
    home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.marker.touch()


def clean_up(home: Home) -> None:
    """Stops what still runs of a stack and removes its state; other files in the folder stay."""
    if not home.marker.exists():
        return
    state = {}
    with suppress(OSError, json.JSONDecodeError):
        state = json.loads(home.state_file.read_text(encoding="utf-8"))
    if not state.get("inline"):
        (home.path / "server.json").unlink(missing_ok=True)  # so that the endpoint does not write what it holds
        stop_server(state.get("server_pid"))
    if state.get("postgres"):
        cluster.stop(state["postgres"])
    for name in OWNED:
        target = home.path / name
        if target.is_dir():
            shutil.rmtree(target, ignore_errors=True)
        else:
            target.unlink(missing_ok=True)
    with suppress(OSError):
        home.path.rmdir()


def _last_line(file: Path) -> str:
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n") if file.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
