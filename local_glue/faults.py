"""Points at which tests can make a run fail: writers call `side_effect` before each step that others can see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_hook: Callable[[str], None] | None = None


def side_effect(name: str) -> None:
    """Calls the installed hook, if any; an exception from it prevents the step."""
    if _hook is not None:
        _hook(name)


@contextmanager
def hook(callback: Callable[[str], None]) -> Iterator[None]:
    """Installs `callback`, which gets the name of every side effect, for the duration of the block."""
    global _hook
    previous, _hook = _hook, callback
    try:
        yield
    finally:
        _hook = previous
