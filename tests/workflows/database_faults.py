"""Faults of the warehouse while a job works on it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from local_glue import faults
from local_glue.stack import Stack

KINDS = ("lost_commit", "restart", "other_writer", "disk_full")
"""Committed, but no answer; all connections cut; somebody else has published since the run read the warehouse; no room
for anything from then on."""

STEPS = "^redshift:.*:(begin|commit)$"
WHERE = {"lost_commit": ":committed$", "restart": STEPS, "other_writer": "load_runs.*:begin$", "disk_full": STEPS}


@dataclass
class DatabaseFault:
    """Happens at the `number`-th step (from 1) of those where it can; once, but for a full disk."""

    stack: Stack
    kind: str
    number: int
    seen: int = 0
    at: str | None = None

    def side_effect(self, name: str) -> None:
        """Called before and after each transaction of the connector."""
        if not re.search(WHERE[self.kind], name):
            return
        self.seen += 1
        if self.seen < self.number or (self.seen > self.number and self.kind != "disk_full"):
            return
        self.at = name
        if self.kind == "disk_full":
            raise psycopg.errors.DiskFull('could not extend file "base/16384/16385": No space left on device')
        if self.kind == "lost_commit":
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        with self.stack.connect("warehouse") as connection:
            if self.kind == "restart":
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            else:
                connection.execute("UPDATE music.publication SET version = version + 1, run_id = 'another'")


@contextmanager
def failing_warehouse(fault: DatabaseFault) -> Iterator[DatabaseFault]:
    """Lets the warehouse fail within the block."""
    with faults.hook(fault.side_effect):
        yield fault
