"""A port at which Redshift's own drivers find the warehouse: they begin with settings that PostgreSQL does not know.

What follows the first message is passed on as it is, in both directions.
"""

import socket
import struct
import threading
from contextlib import suppress

from local_glue.home import Home

HOST = "127.0.0.1"
KEPT = frozenset({"user", "database", "options", "application_name", "client_encoding", "replication"})
"""Settings of the first message that PostgreSQL knows; drivers send, for example, client_protocol_version as well."""
VERSION, SSL, GSS, CANCEL = 196608, 80877103, 80877104, 80877102
MAX_BYTES = 10_000


class RedshiftPort:
    """Listens on a free port of this machine, and connects whoever comes to the database server.

    Args:
        home: The state folder, which says where the server is.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._listening = socket.create_server((HOST, 0))
        self.port: int = self._listening.getsockname()[1]

    def start(self) -> "RedshiftPort":
        """Accepts connections from now on."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self) -> None:
        """Accepts no more connections."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _target(self) -> tuple[str, int]:
        postgres = self._home.read_state()["postgres"]
        return postgres["host"], postgres["port"]

    def _accept(self) -> None:
        with suppress(OSError):  # closed by `stop`
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError, struct.error, ValueError):
            if not (message := _first_message(client)):
                return
            with socket.create_connection(self._target()) as server:
                for each in (client, server):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server.sendall(message)
                back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
                back.start()
                _pass_on(client, server)
                back.join()


def without_unknown(message: bytes) -> bytes:
    """The first message of a connection without settings that PostgreSQL does not know."""
    (code,) = struct.unpack_from("!I", message, 4)
    if code == CANCEL:
        return message
    parts = message[8:].split(b"\0")
    pairs = zip(parts[::2], parts[1::2], strict=False)
    kept = b"".join(name + b"\0" + value + b"\0" for name, value in pairs if name.decode() in KEPT)
    return struct.pack("!II", len(kept) + 9, VERSION) + kept + b"\0"


def _first_message(client: socket.socket) -> bytes | None:
    """The message that says who comes; encryption, which may be asked for before, is declined."""
    while True:
        head = _receive(client, 8)
        length, code = struct.unpack("!II", head) if len(head) == 8 else (0, 0)
        if code in (SSL, GSS):
            client.sendall(b"N")
            continue
        if not 8 <= length <= MAX_BYTES:
            return None
        rest = _receive(client, length - 8)
        return without_unknown(head + rest) if len(rest) == length - 8 else None


def _receive(client: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size and (piece := client.recv(size - len(found))):
        found += piece
    return found


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
