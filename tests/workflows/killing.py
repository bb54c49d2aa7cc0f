"""Kills a job run at its n-th visible write: to S3, DynamoDB, a database, a bookmark."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import botocore.client

from local_glue import faults

WRITES = {
    "s3": {"PutObject", "CopyObject", "DeleteObject", "DeleteObjects", "CompleteMultipartUpload"},
    "dynamodb": {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"},
}


class KilledError(BaseException):
    """Ends a script as SIGKILL would: no `except Exception` catches it."""


@dataclass
class Killer:
    """Counts side effects and dies before one: number `at` (from 1), or the first like `when` after one like `after`.

    Without `at` and `when` it only counts.
    """

    at: int | None = None
    when: str | None = None
    after: str = ""
    seen: list[str] = field(default_factory=list)
    dead: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def side_effect(self, name: str) -> None:
        """Called before a side effect; threads of a dead run cannot continue either."""
        with self._lock:
            if self.dead:
                raise KilledError(name)
            self.dead = self._is_time(name)
            self.seen.append(name)
            if self.dead:
                raise KilledError(f"before {name}")

    def _is_time(self, name: str) -> bool:
        if self.at is not None:
            return len(self.seen) + 1 >= self.at
        behind = any(re.search(self.after, seen) for seen in self.seen)
        return self.when is not None and behind and re.search(self.when, name) is not None


@contextmanager
def killing(killer: Killer, monkeypatch: Any) -> Iterator[Killer]:
    """Passes every side effect of job runs in this process to `killer` first, within the block."""
    call = botocore.client.BaseClient._make_api_call

    def guarded(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        if operation in WRITES.get(service, ()):
            killer.side_effect(f"{service}:{operation}")
        return call(client, operation, parameters)

    with monkeypatch.context() as patch, faults.hook(killer.side_effect):
        patch.setattr(botocore.client.BaseClient, "_make_api_call", guarded)
        _guard_rds(patch, killer)
        yield killer


def _guard_rds(patch: Any, killer: Killer) -> None:
    """Guards commits of pg8000, which changes RDS; the commit after an upsert is `rds:publish`."""
    import pg8000.core

    execute, upserting = pg8000.core.CoreConnection.execute_simple, set()

    def guarded(connection: Any, statement: str) -> Any:
        if statement.startswith("WITH changed AS"):
            upserting.add(id(connection))
        if statement == "COMMIT":
            killer.side_effect("rds:publish" if id(connection) in upserting else "rds:commit")
            upserting.discard(id(connection))
        return execute(connection, statement)

    patch.setattr(pg8000.core.CoreConnection, "execute_simple", guarded)
