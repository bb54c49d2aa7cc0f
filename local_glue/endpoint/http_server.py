"""The HTTP server before the endpoint's application: connections stay open, as those to AWS do."""

import socket
from collections.abc import Callable
from typing import Any

from cheroot.workers.threadpool import ThreadPool, WorkerThread
from cheroot.wsgi import Gateway_10, Server
from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)

SOCKET = "local_glue.socket"
"""The key of an environment under which the connection's socket is."""
THREADS = 32
"""Requests that are answered at a time; a connection that waits for its next one needs no thread."""
TIMEOUT_S = 120
"""A connection that neither takes nor brings a byte for so long is closed."""

PIECE = 256 << 10
"""Bytes that are written at a time: cheroot copies what is left of them after each that the connection has taken."""


class _Gateway(Gateway_10):
    """Makes environments as moto expects them, and writes large bodies piece by piece."""

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        environ["RAW_URI"] = environ["REQUEST_URI"]
        environ[SOCKET] = self.req.conn.socket
        names = (name.decode("latin-1").lower() for name in self.req.inheaders)
        environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = {
            environ_key_for_header(name): name for name in names if should_preserve_original_header_name(name)
        }
        return environ

    def write(self, chunk: bytes) -> None:
        for start in range(0, len(chunk), PIECE):
            super().write(chunk[start : start + PIECE])


class _Workers(ThreadPool):
    """Threads that end with their process, whoever has forgotten to stop the server."""

    def _spawn_worker(self) -> WorkerThread:
        worker = WorkerThread(self.server)
        worker.daemon = True
        worker.start()
        return worker


class HttpServer(Server):
    """Listens from the moment it is made; port 0 is any free one.

    Raises:
        OSError: The port has another user.
    """

    expiration_interval = 0.05
    keep_alive_conn_limit = None

    def __init__(self, host: str, port: int, application: Callable[..., Any]) -> None:
        super().__init__((host, port), application, timeout=TIMEOUT_S, request_queue_size=socket.SOMAXCONN)
        self.gateway, self.requests = _Gateway, _Workers(self, min=THREADS)
        self.prepare()

    @classmethod
    def prepare_socket(cls, *arguments: Any, **named: Any) -> socket.socket:
        """Lets a stack come back on its port, which connections that ended hold for a minute otherwise."""
        made: socket.socket = super().prepare_socket(*arguments, **named)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return made
