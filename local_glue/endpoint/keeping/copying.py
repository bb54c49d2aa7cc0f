"""Turns moto's state into bytes and back; objects of S3 are apart from it, each copied only when it has changed.

A service's part has all of its state but references to other services, which are looked up when it is read, and locks
and threads, which begin anew.
"""

import functools
import importlib
import io
import itertools
import pickle
import threading
from collections import defaultdict
from collections.abc import Callable
from types import FunctionType
from typing import Any

from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend
from moto.s3.models import FakeKey
from moto.s3.utils import _VersionedKeyStore

_NUMBER, _CLEAN, _INNER = "_kept_number", "_kept_clean", "_kept_inner"
_OF_PROCESS = {"lock", "_value_buffer", "disposed", _NUMBER, _CLEAN, _INNER}
"""Attributes of an object that belong to this process."""
_WITHOUT_MEANING = {"_etag", *_OF_PROCESS}
"""Those, and what is derived from others."""
_LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}


class Objects:
    """The numbers of S3's objects in the store, and which objects have changed since they were written."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.kept: set[int] = set()
        self.begin()

    def begin(self) -> None:
        """Begins a copy."""
        self.alive: set[int] = set()
        self.states: dict[int, bytes] = {}
        self.bodies: dict[int, bytes] = {}
        self._seen: set[int] = set()
        self._inner: set[int] = set()
        self._changed: list[FakeKey] = []

    def number(self, key: FakeKey) -> int:
        """The object's number; what has changed in it is noted, and that it and its parts are still there."""
        own = key.__dict__
        if _NUMBER not in own:
            own[_NUMBER] = next(self._numbers)
        number: int = own[_NUMBER]
        if number not in self._seen:
            self._seen.add(number)
            if number not in self.kept:
                self.bodies[number] = b"" if key.disposed else key.value
            if not own.get(_CLEAN) or number not in self.kept:
                self._changed.append(key)
                own[_CLEAN] = True
                outer, self._inner = self._inner, set()
                self.states[number] = dump({k: v for k, v in own.items() if k not in _OF_PROCESS}, self)
                own[_INNER], self._inner = self._inner, outer
        found = {number, *own[_INNER]}
        self.alive |= found
        self._inner |= found
        return number

    def written(self) -> None:
        """The copy is in the store."""
        self.kept = set(self.alive)

    def failed(self) -> None:
        """The copy is not in the store: what changed is still to be written."""
        for key in self._changed:
            key.__dict__.pop(_CLEAN, None)

    def load(self, number: int, state: dict[str, Any], body: bytes) -> FakeKey:
        """An object from the store."""
        key: FakeKey = FakeKey.__new__(FakeKey)
        key.__setstate__({**state, "disposed": False, "value": body})
        # The parts of an upload are not looked for here, but in the next copy.
        key.__dict__ |= {_NUMBER: number, _CLEAN: key.multipart is None, _INNER: set()}
        return key

    def resume(self, numbers: set[int]) -> None:
        """Goes on after a store that has these objects."""
        self.kept = set(numbers)
        self._numbers = itertools.count(max(numbers, default=0) + 1)


def watch_objects() -> None:
    """Lets objects of S3 note that they have changed. Can be repeated."""
    if hasattr(FakeKey, "_kept_watched"):
        return
    set_metadata = FakeKey.set_metadata

    def set_attribute(key: FakeKey, name: str, value: Any) -> None:
        if name not in _WITHOUT_MEANING:
            key.__dict__.pop(_CLEAN, None)
            if name == "value":
                key.__dict__.pop(_NUMBER, None)
        object.__setattr__(key, name, value)

    @functools.wraps(set_metadata)
    def set_and_note(key: FakeKey, *given: Any, **named: Any) -> None:
        key.__dict__.pop(_CLEAN, None)
        set_metadata(key, *given, **named)

    FakeKey.__setattr__, FakeKey.set_metadata = set_attribute, set_and_note
    FakeKey._kept_watched = True


def dump(value: Any, objects: Objects) -> bytes:
    """The bytes of a value."""
    out = io.BytesIO()
    _Pickler(out, objects).dump(value)
    return out.getvalue()


def load(content: bytes, find_object: Callable[[int], FakeKey]) -> Any:
    """The value of bytes that `dump` made; `find_object` gives objects by their numbers."""
    return _Unpickler(io.BytesIO(content), find_object).load()


def part_name(backend: BaseBackend) -> str:
    """The name of a backend's part: its module, account and region."""
    return "/".join((type(backend).__module__, backend.account_id, backend.region_name))


def find_backend(module: str, account: str, region: str) -> BaseBackend:
    """The backend of a part."""
    return _backends(module)[account][region]


@functools.cache
def _backends(module: str) -> BackendDict[Any]:
    found = vars(importlib.import_module(module)).values()
    return next(each for each in found if isinstance(each, BackendDict) and each.backend.__module__ == module)


def find_object(number: int) -> FakeKey:
    """Stands in pickles for the function that `load` is given."""
    raise LookupError(f"object {number} is not to be read like this")


def _nothing() -> None:
    """Stands in pickles for threads, which have ended."""


def _key_store(items: list[tuple[str, list[Any]]]) -> _VersionedKeyStore:
    store = _VersionedKeyStore()
    dict.update(store, items)
    return store


def _account(module: str, account: str) -> Any:
    return _backends(module)[account]


class _Pickler(pickle.Pickler):
    def __init__(self, out: io.BytesIO, objects: Objects) -> None:
        super().__init__(out, protocol=5)
        self._objects = objects

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if kind is FakeKey:
            return find_object, (self._objects.number(value),)
        if kind is _VersionedKeyStore:  # as a mapping it shows only the latest version of each object
            return _key_store, (list(dict.items(value)),)
        if kind in _LOCKS:
            return _LOCKS[kind], ()
        if isinstance(value, BaseBackend):
            return find_backend, tuple(part_name(value).split("/"))
        if isinstance(value, AccountSpecificBackend):
            return _account, (value.backend.__module__, value.account_id)
        if isinstance(value, BackendDict):
            return _backends, (value.backend.__module__,)
        if isinstance(value, threading.Thread):
            return _nothing, ()
        return _by_value(value)


def _by_value(value: Any) -> Any:
    """How to copy what pickle cannot: functions and classes that are defined within functions, private keys."""
    if isinstance(value, type | FunctionType) and "<" in value.__qualname__:
        from pyspark import cloudpickle

        return pickle.loads, (cloudpickle.dumps(value),)
    if hasattr(value, "private_bytes"):
        from cryptography.hazmat.primitives import serialization as form

        pem = value.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        return _private_key, (pem,)
    if isinstance(value, defaultdict) and type(value) is not defaultdict:  # whose constructor may take anything
        return _default_dict, (type(value), value.default_factory), value.__dict__ or None, None, iter(value.items())
    return NotImplemented


def _private_key(pem: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(pem, None)


def _default_dict(kind: type[defaultdict[Any, Any]], factory: Callable[[], Any] | None) -> defaultdict[Any, Any]:
    made = kind.__new__(kind)
    defaultdict.__init__(made, factory)
    return made


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: io.BytesIO, objects: Callable[[int], FakeKey]) -> None:
        super().__init__(content)
        self._objects = objects

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == (__name__, find_object.__name__):
            return self._objects
        return super().find_class(module, name)
