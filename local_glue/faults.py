"""Where a run can be made to die: writers announce each step that others can see, before they take it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_hook: Callable[[str], None] | None = None


def side_effect(name: str) -> None:
    """Calls the installed hook, if any; whatever it raises ends the step before it happened."""
    if _hook is not None:
        _hook(name)


@contextmanager
def hook(callback: Callable[[str], None]) -> Iterator[None]:
    """Installs `callback` for the duration of the block; it gets every side effect's name."""
    global _hook
    previous, _hook = _hook, callback
    try:
        yield
    finally:
        _hook = previous
