"""Brings a stack back that was stopped, was killed, or ended with the machine."""

import secrets
import time
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

from local_glue.config import Config, load_config
from local_glue.errors import LocalGlueError, NotRunningError
from local_glue.home import Home
from local_glue.lifecycle import endpoint_answers, start_server, stop_server
from local_glue.postgres import again, cluster
from local_glue.stack import Stack


@dataclass(frozen=True)
class Resumed:
    """A stack that is up again."""

    stack: Stack
    lost: str | None
    """A sentence about a stack that was not stopped: what did not come back; None about one that was."""
    duration_s: float


def can_resume(home: Home) -> bool:
    """Whether a stack that is not up has left what it needs to come back."""
    try:
        state = home.read_state()
    except NotRunningError:
        return False
    has_data = (Path(state["postgres"]["data"]) / "PG_VERSION").exists()
    return home.marker.exists() and home.kept.exists() and has_data and not endpoint_answers(state)


def resume(home: Home, *, clock: bool = False, cold: bool = False) -> Resumed | None:
    """Starts endpoint and databases with what they held, on their ports; None if there is nothing to come back.

    What the project's configuration lists is provided again, unless the stack was started empty.

    Args:
        home: The state folder.
        clock: Let SCHEDULED triggers fire by the clock.
        cold: Give each job run a JVM of its own.

    Raises:
        LocalGlueError: something does not start; what the stack held stays on disk.
    """
    if not can_resume(home):
        return None
    started, state = time.monotonic(), home.read_state()
    config = load_config(Path(state["project"]))
    in_order, changed_at = state.pop("stopped", False), _time_of(home.changed)
    postgres = _with_users(again.restart(state["postgres"]), config)
    try:
        ready = start_server(home, config, clock=clock, cold=cold, port=urlsplit(state["endpoint_url"]).port or 0)
    except LocalGlueError as error:
        cluster.end(postgres.as_dict())
        raise LocalGlueError(f"{error}; what the stack held is still in {home.path}") from error
    state |= {
        "endpoint_url": f"http://127.0.0.1:{ready['port']}",
        "server_pid": ready["pid"],
        "redshift_port": ready["redshift_port"],
        "clock": clock,
        "postgres": postgres.as_dict(),
        "databases": {**state["databases"], **config.known_databases()},
    }
    home.write_state(state)
    stack = Stack(home, state)
    try:
        if not state.get("empty"):
            stack.provision()
    except BaseException:
        pause(home)
        raise
    lost = None if in_order else what_is_lost(changed_at, ready["interrupted"])
    return Resumed(stack, lost, time.monotonic() - started)


def pause(home: Home) -> None:
    """Stops endpoint and databases; what they hold stays.

    Raises:
        NotRunningError: there is no stack.
        LocalGlueError: the endpoint's state could not be written.
    """
    state = home.read_state()
    was_up = endpoint_answers(state)
    stop_server(state.get("server_pid"))
    cluster.end(state["postgres"])
    home.write_state({**state, "stopped": not home.changed.exists()})
    if was_up and home.changed.exists():
        raise LocalGlueError(
            f"stopped, but what changed after {_time_of(home.changed):%H:%M:%S} UTC could not be written "
            f"(see {home.server_log})"
        )


def what_is_lost(changed_at: datetime | None, interrupted: list[str]) -> str:
    """The sentence about a stack that did not end by `local-glue stop`."""
    lost = "nothing is lost"
    if changed_at:
        lost = f"lost is what changed in buckets, tables and definitions after {changed_at:%Y-%m-%d %H:%M:%S} UTC"
    if interrupted:
        jobs = ", ".join(sorted(set(interrupted)))
        lost += f", and runs that were going on are FAILED now ({jobs})"
    return f"the stack had ended without 'local-glue stop': {lost}; databases and bookmarks have all that was committed"


def _with_users(server: cluster.Server, config: Config) -> cluster.Server:
    """The server with passwords for users that the configuration has gained."""
    new = {database.user: secrets.token_urlsafe(18) for database in config.databases.values()}
    return replace(server, passwords={**new, **server.passwords})


def _time_of(file: Path) -> datetime | None:
    return datetime.fromtimestamp(file.stat().st_mtime, timezone.utc) if file.exists() else None
