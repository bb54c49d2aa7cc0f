"""Writes the endpoint's state to disk whenever it has changed, and brings it back."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from local_glue.endpoint.keeping import copying
from local_glue.endpoint.keeping.gate import Gate
from local_glue.endpoint.keeping.requests import changed_service
from local_glue.endpoint.keeping.store import Change, Store
from local_glue.endpoint.keeping.versions import check_version, facts_now
from local_glue.home import Home

if TYPE_CHECKING:
    from local_glue.endpoint.glue.service import GlueService

log = logging.getLogger(__name__)
INTERVAL_S, MAX_INTERVAL_S = 1.0, 10.0
SHARE = 20
"""The pause after a copy is this many times as long as requests had to wait for it, within the interval's bounds."""
GATE_S = 2.0
PATIENT_S = 20.0
ALONE = frozenset({"s3", "dynamodb", "secretsmanager", "glue"})
"""Services whose calls change their own state, and that of those in `TOLD`; for others, everything is copied."""
TOLD = frozenset({"events", "sns", "sqs"})
NOT_KEPT = frozenset({"redshift-data", "moto_api"})
GLUE = "local_glue"


class Keeper:
    """Copies the state of moto and of Glue while no request is answered, and then writes what differs.

    Args:
        home: The state folder.
        glue: The Glue service of this endpoint.
    """

    def __init__(self, home: Home, glue: "GlueService") -> None:
        copying.watch_objects()
        self.gate = Gate()
        self._home, self._glue = home, glue
        self._store = Store(home.kept)
        self._objects = copying.Objects()
        self._digests: dict[str, bytes] = {}
        self._broken: set[str] = set()
        self._changed: set[str] = set()
        self._everything, self._copy_s = False, 0.0
        self._keeping, self._noting = threading.Lock(), threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_now_and_then, daemon=True)

    def start(self) -> None:
        """Copies from now on whenever something has changed."""
        self._thread.start()

    def stop(self, *, keep: bool = True) -> None:
        """Ends the copies, with one of everything if `keep`."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        if keep:
            self.keep(everything=True)
        self._store.close()

    def answer(self, environ: Mapping[str, Any], application: Callable[[], Iterable[bytes]]) -> Iterable[bytes]:
        """Lets a request through, and notes what it changes."""
        service = changed_service(environ)
        with self.gate.passing():
            try:
                return application()
            finally:
                if service is not None:
                    self.note(service)

    def note(self, service: str | None = None) -> None:
        """Notes that a service has changed, None for many."""
        with self._noting:
            if not self._changed and not self._everything:
                self._home.changed.touch()
            if service in ALONE:
                self._changed.add(service)  # type: ignore[arg-type]
            elif service != "logs":
                self._everything = True
            else:
                self._changed.add("logs")

    def keep(self, *, everything: bool = False, patient: bool = True) -> bool:
        """Writes what has changed, unless nothing has; returns when it is on disk. Whether there was anything.

        Args:
            everything: Look at all services, whatever is known to have changed.
            patient: Wait for long requests, instead of trying again later.

        Raises:
            TimeoutError: a request went on for so long that the state could not be copied.
            OSError, sqlite3.Error: the disk did not take it.
        """
        with self._keeping:
            with self._noting:
                changed, everything = self._changed, everything or self._everything
                self._changed, self._everything = set(), False
                if not changed and not everything:
                    return False
            try:
                with self.gate.closed(PATIENT_S if patient else GATE_S):
                    started = time.monotonic()
                    change, digests = self._copy(None if everything else changed | TOLD)
                    self._copy_s = time.monotonic() - started
                self._store.write(change, facts_now())
            except BaseException:
                self._objects.failed()
                with self._noting:
                    self._changed, self._everything = self._changed | changed, self._everything or everything
                    self._home.changed.touch()
                raise
            self._digests = digests
            if self._copied_objects:
                self._objects.written()
            with self._noting:
                if not self._changed and not self._everything:
                    self._home.changed.unlink(missing_ok=True)
            return True

    def keep_after_run(self) -> None:
        """Writes everything after a job run; a failure is told in the log, and later copies try again."""
        self.note()
        try:
            self.keep()
        except Exception as error:
            log.warning("the state after a run could not be written: %s: %s", type(error).__name__, error)

    def restore(self) -> str | None:
        """Brings back what the store has. Returns when it was written, None if it never was.

        Raises:
            LocalGlueError: another version wrote it.
        """
        facts = self._store.facts()
        if not facts:
            return None
        check_version(facts)
        numbers = {}
        bodies = self._store.body
        loaded: dict[int, Any] = {}

        def find_object(number: int) -> Any:
            if number not in loaded:
                state = copying.load(numbers[number], find_object)
                loaded[number] = self._objects.load(number, state, bodies(number))
            return loaded[number]

        numbers.update(self._store.objects())
        for name, content in self._store.parts().items():
            state = copying.load(content, find_object)
            if name == GLUE:
                self._glue.resume(state)
            else:
                backend = copying.find_backend(*name.split("/"))
                backend.__dict__.clear()
                backend.__dict__.update(state)
            self._digests[name] = _digest(content)
        self._objects.resume(set(numbers))
        return facts["kept_at"]

    def _copy(self, services: set[str] | None) -> tuple[Change, dict[str, bytes]]:
        """What differs from the store in these services (None: in all), and the digests of what it then has."""
        for _ in range(3):
            try:
                return self._copy_once(services)
            except RuntimeError as error:  # a thread of moto's own changed a dictionary meanwhile
                self._objects.failed()
                again = error
        raise again

    def _copy_once(self, services: set[str] | None) -> tuple[Change, dict[str, bytes]]:
        self._objects.begin()
        self._copied_objects = services is None or "s3" in services
        parts: dict[str, bytes] = {}
        with self._glue.lock:
            parts[GLUE] = copying.dump(self._glue.state(), self._objects)
        there = {GLUE}
        for service, backend in _backends():
            name = copying.part_name(backend)
            there.add(name)
            if services is None or service in services:
                self._add(parts, name, backend)
        digests = {name: digest for name, digest in self._digests.items() if name in there}
        change = Change(objects=self._objects.states, bodies=self._objects.bodies)
        change.gone_parts = set(self._digests) - there
        if self._copied_objects:
            change.gone_objects = self._objects.kept - self._objects.alive
        for name, content in parts.items():
            if digests.get(name) != (digest := _digest(content)):
                change.parts[name], digests[name] = content, digest
        return change, digests

    def _add(self, parts: dict[str, bytes], name: str, backend: Any) -> None:
        try:
            parts[name] = copying.dump(backend.__dict__, self._objects)
        except RuntimeError:
            raise
        except Exception as error:  # what one service has must not cost the others
            if name not in self._broken:
                self._broken.add(name)
                log.warning("the state of %s is not kept: %s: %s", name, type(error).__name__, error)

    def _keep_now_and_then(self) -> None:
        said = ""
        while not self._ended.wait(min(MAX_INTERVAL_S, max(INTERVAL_S, SHARE * self._copy_s))):
            try:
                self.keep(patient=False)
                said = ""
            except Exception as error:
                if said != (said := f"{type(error).__name__}: {error}"):
                    log.warning("the state of the stack could not be written, it is tried again: %s", said)


def _backends() -> list[tuple[str, Any]]:
    from moto.core.base_backend import BackendDict

    return [
        (services.service_name, backend)
        for services in list(BackendDict._instances)
        if services.service_name not in NOT_KEPT
        for account in list(services.values())
        for backend in list(account.values())
    ]


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()
