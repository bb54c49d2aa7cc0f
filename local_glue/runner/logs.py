"""Sends what a job writes to CloudWatch Logs while it runs: standard output and errors each to a group of its own."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from local_glue.access import Access

OUTPUT, ERROR = "/aws-glue/jobs/output", "/aws-glue/jobs/error"
PAUSE_S = 0.5
# CloudWatch's limits: of an event, of a batch in bytes, which count 26 for each event, and in events.
EVENT_BYTES, BATCH_BYTES, OVERHEAD, BATCH_EVENTS = 256 * 1024 - 26, 1_048_576, 26, 10_000


class RunLogs:
    """The two log streams of a job run, named by its id; lines are sent every half second and at `close`.

    Errors of CloudWatch are ignored: they must not end the run.
    """

    def __init__(self, access: Access, run_id: str) -> None:
        self._client = access.client("logs")
        self._stream = run_id
        self._rest = {OUTPUT: b"", ERROR: b""}
        self._events: dict[str, list[dict[str, Any]]] = {OUTPUT: [], ERROR: []}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._create()
        self._thread = threading.Thread(target=self._send_often, daemon=True)
        self._thread.start()

    def write(self, group: str, data: bytes) -> None:
        """Takes a piece of output; the end of a line may come with a later piece."""
        with self._lock:
            *lines, self._rest[group] = (self._rest[group] + data).split(b"\n")
            self._take(group, lines)

    def close(self) -> None:
        """Sends what is left, also a last line without an end."""
        with self._lock:
            for group, rest in self._rest.items():
                self._take(group, [rest])
        self._closed.set()
        self._thread.join()
        self._send()

    def _take(self, group: str, lines: list[bytes]) -> None:
        stamp = int(time.time() * 1000)
        texts = (piece for line in lines for piece in pieces(line.rstrip(b"\r").decode("utf-8", "replace")))
        self._events[group] += [{"timestamp": stamp, "message": text} for text in texts]

    def _create(self) -> None:
        for group in (OUTPUT, ERROR):
            with suppress(Exception):
                with suppress(self._client.exceptions.ResourceAlreadyExistsException):
                    self._client.create_log_group(logGroupName=group)
                self._client.create_log_stream(logGroupName=group, logStreamName=self._stream)

    def _send_often(self) -> None:
        while not self._closed.wait(PAUSE_S):
            self._send()

    def _send(self) -> None:
        for group in (OUTPUT, ERROR):
            with self._lock:
                events, self._events[group] = self._events[group], []
            for batch in batches(events):
                with suppress(Exception):
                    self._client.put_log_events(logGroupName=group, logStreamName=self._stream, logEvents=batch)


def pieces(text: str) -> Iterator[str]:
    """The text in events that CloudWatch takes: none if it is empty, several if it is very long."""
    while len(text) > EVENT_BYTES // 4 and len(text.encode()) > EVENT_BYTES:
        head = text.encode()[:EVENT_BYTES].decode("utf-8", "ignore")
        yield head
        text = text[len(head) :]
    if text:
        yield text


def batches(events: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The events in batches that CloudWatch takes."""
    batch: list[dict[str, Any]] = []
    size = 0
    for event in events:
        cost = len(event["message"].encode()) + OVERHEAD
        if batch and (size + cost > BATCH_BYTES or len(batch) == BATCH_EVENTS):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += cost
    if batch:
        yield batch
