"""The endpoint: a moto server whose Glue executes. `python -m local_glue.endpoint.server` runs it as a process."""

import argparse
import functools
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from local_glue.errors import LocalGlueError
from local_glue.home import Home, write_private

HOST = "127.0.0.1"
READY_FILE = "server.json"
RESET = "/moto-api/reset"
KEEP = "/local-glue/keep"
"""Path that answers once everything that happened before is on disk."""
WARM = ("s3", "logs")


class Endpoint:
    """A moto server on a free port, in a thread of this process, which can have only one."""

    _alive = False

    def __init__(
        self, home: Path, region: str, *, inline: bool = False, clock: bool = False,
        minute_seconds: float = 60.0, cold: bool = False, port: int = 0,
    ) -> None:  # fmt: skip
        from local_glue.access import Access
        from local_glue.endpoint import arrivals, eventbridge, patches
        from local_glue.endpoint.clock import Clock
        from local_glue.endpoint.glue import GlueService, install
        from local_glue.endpoint.http_server import HttpServer
        from local_glue.endpoint.redshift_data import calls as redshift_data
        from local_glue.endpoint.redshift_port import RedshiftPort
        from local_glue.endpoint.unsupported import dispatcher_class
        from local_glue.runner.inline import InlineExecutor
        from local_glue.runner.process import ProcessExecutor

        patches.install()

        if Endpoint._alive:
            raise LocalGlueError("an endpoint runs in this process already, and moto has one state a process: stop it")
        Endpoint._alive = True
        _empty_moto()
        self.kept_at: str | None = None
        self._console_app: Callable[..., Any] | None = None
        self._console_lock = threading.Lock()
        self._server = HttpServer(HOST, _free(port), self._application(dispatcher_class()))
        self.port = self._server.bind_addr[1]
        self.url = f"http://{HOST}:{self.port}"
        access = Access(Home(home), self.url, region)
        executor = (
            InlineExecutor(access) if inline else ProcessExecutor(access, cold=cold, has_much=arrivals.much_has_come)
        )
        self.access, self._executor = access, executor
        self.glue = GlueService(executor, home, minute_seconds=minute_seconds, clock=clock, region=region)
        install(self.glue)
        eventbridge.install(self.glue)
        redshift_data.install(access, self.glue.judge)
        self.keeper = None if inline else self._keeper()
        self.redshift_port = RedshiftPort(access.home)
        self.clock = Clock(self.glue.workflows) if clock else None
        self._thread = threading.Thread(target=self._server.serve, daemon=True)

    def start(self) -> "Endpoint":
        """Starts the server and returns at once."""
        self._thread.start()
        self.redshift_port.start()
        if self.keeper:
            self.keeper.start()
        if self.clock:
            self.clock.start()
        threading.Thread(target=self._warm_up, daemon=True).start()
        return self

    def stop(self, *, keep: bool = True) -> None:
        """Ends all job runs, then the server; the state stays on disk if `keep`, and never that of an inline stack."""
        self.redshift_port.stop()
        if self.clock:
            self.clock.stop()
        self.glue.stop_all()
        self._executor.close()
        self._server.stop()
        self._thread.join(5)
        if self.keeper:
            self.keeper.stop(keep=keep)
        Endpoint._alive = False

    def ready(self) -> dict[str, Any]:
        """What a stack notes of its endpoint: ports, process, and what it brought back."""
        return {"port": self.port, "redshift_port": self.redshift_port.port, "pid": os.getpid(),
                "kept_at": self.kept_at, "interrupted": self.glue.interrupted}  # fmt: skip

    def reset(self) -> None:
        """Ends all job runs and empties every service."""
        self.glue.clear()
        _empty_moto()
        if self.keeper:
            self.keeper.note()

    def _keeper(self) -> Any:
        """What keeps the state on disk, after it has brought back what is there."""
        from local_glue.endpoint.keeping.keeper import Keeper

        keeper = Keeper(self.access.home, self.glue)
        self.kept_at = keeper.restore()
        self.glue.jobs.when_attempt_ended.append(lambda _: keeper.keep_after_run())
        return keeper

    def _application(self, dispatcher: type) -> Callable[..., Any]:
        from moto.moto_server.werkzeug_app import create_backend_app
        from werkzeug.middleware.dispatcher import DispatcherMiddleware

        from local_glue.console import PREFIX
        from local_glue.endpoint.hosts import only_local
        from local_glue.endpoint.iam.guard import Guard
        from local_glue.endpoint.patches.kms_headers import without_key_ids

        moto = dispatcher(create_backend_app)

        def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            path = environ.get("PATH_INFO", "")
            if path not in (RESET, KEEP):
                guard = functools.partial(
                    Guard(self.glue.judge, moto), environ, without_key_ids(environ, start_response)
                )
                return self.keeper.answer(environ, guard) if self.keeper else guard()
            if path == RESET:
                self.reset()
            elif self.keeper:
                self.keeper.keep()
            start_response("200 OK", [("Content-Type", "application/json")])
            return [b'{"status": "ok"}']

        return only_local(DispatcherMiddleware(application, {PREFIX: self._console}))

    def _console(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """The web console, made when it is first asked for."""
        from local_glue.console.app import make_app

        with self._console_lock:
            self._console_app = self._console_app or make_app(self.access)
        return self._console_app(environ, start_response)

    def _warm_up(self) -> None:
        """Loads in advance what the first job run needs."""
        with suppress(Exception):
            from moto.backends import get_backend

            for service in WARM:
                get_backend(service)
                self.access.client(service)


def _free(port: int) -> int:
    """The port, or 0 for any if another process has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return 0
    return port


def _empty_moto() -> None:
    from moto.moto_api._internal.models import moto_api_backend

    moto_api_backend.reset()


def main(argv: list[str] | None = None) -> None:
    """Runs the endpoint until SIGTERM, or until the ready file with its port and pid is gone from the home folder."""
    parser = argparse.ArgumentParser(prog="python -m local_glue.endpoint.server", description=main.__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--clock", action="store_true", help="let SCHEDULED triggers fire by the clock")
    parser.add_argument("--minute-seconds", type=float, default=60.0, help="length of a minute of job timeouts")
    parser.add_argument("--cold", action="store_true", help="give each job run a JVM of its own")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on, if it is free")
    given = parser.parse_args(argv)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    endpoint = Endpoint(
        given.home, given.region, clock=given.clock, minute_seconds=given.minute_seconds, cold=given.cold,
        port=given.port,
    ).start()  # fmt: skip
    write_private(given.home / READY_FILE, json.dumps(endpoint.ready()))
    # A signal that another thread receives does not wake this one. Who removes the home folder has no use for the rest.
    while not ended.wait(0.2) and (given.home / READY_FILE).exists():
        pass
    endpoint.stop(keep=(given.home / READY_FILE).exists())


if __name__ == "__main__":
    sys.exit(main())
