"""The file that keeps an endpoint's state: SQLite, because a transaction replaces what changed, and nothing else."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHUNK_BYTES = 64 << 20
_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS objects (id INTEGER PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS bodies (
    id INTEGER NOT NULL, chunk INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (id, chunk));
"""


@dataclass
class Change:
    """What differs from what the file has."""

    parts: dict[str, bytes] = field(default_factory=dict)
    gone_parts: set[str] = field(default_factory=set)
    objects: dict[int, bytes] = field(default_factory=dict)
    bodies: dict[int, bytes] = field(default_factory=dict)
    gone_objects: set[int] = field(default_factory=set)


class Store:
    """The file; one thread at a time may use it. It holds secrets, so only its owner may read it."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        # With FULL a transaction that has ended outlives the machine as well as the process.
        self._database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        self._database.executescript(_TABLES)

    def facts(self) -> dict[str, str]:
        """What is said of the whole, such as when it was written and by which versions."""
        return dict(self._database.execute("SELECT name, value FROM facts"))

    def parts(self) -> dict[str, bytes]:
        """The state of each service."""
        return dict(self._database.execute("SELECT name, content FROM parts ORDER BY name"))

    def objects(self) -> Iterator[tuple[int, bytes]]:
        """The state of each object, without its body."""
        return iter(self._database.execute("SELECT id, content FROM objects").fetchall())

    def body(self, number: int) -> bytes:
        """The body of an object."""
        rows = self._database.execute("SELECT content FROM bodies WHERE id = ? ORDER BY chunk", [number])
        return b"".join(content for (content,) in rows)

    def write(self, change: Change, facts: Mapping[str, str]) -> None:
        """Makes a change, all of it or nothing."""
        run, many = self._database.execute, self._database.executemany
        run("BEGIN IMMEDIATE")
        try:
            many("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())
            many("DELETE FROM parts WHERE name = ?", _rows(change.gone_parts))
            many("INSERT OR REPLACE INTO parts VALUES (?, ?)", change.parts.items())
            for table in ("objects", "bodies"):
                many(f"DELETE FROM {table} WHERE id = ?", _rows(change.gone_objects))
            many("INSERT OR REPLACE INTO objects VALUES (?, ?)", change.objects.items())
            many("INSERT OR REPLACE INTO bodies VALUES (?, ?, ?)", _chunks(change.bodies))
            run("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                run("ROLLBACK")
            raise

    def close(self) -> None:
        """Closes the file, with all that it has in one place."""
        self._database.close()


def _rows(keys: Iterable[int | str]) -> Iterator[tuple[int | str]]:
    return ((key,) for key in keys)


def _chunks(bodies: Mapping[int, bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Rows of a length that SQLite takes."""
    for number, body in bodies.items():
        for chunk, start in enumerate(range(0, len(body), CHUNK_BYTES)):
            yield number, chunk, body[start : start + CHUNK_BYTES]
