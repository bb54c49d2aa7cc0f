"""Methods that AWS documents and the stand-in does not support: they raise an error when called."""

from typing import Any


def unsupported(cls: type, *names: str) -> None:
    """Adds methods to a class that raise NotImplementedError with their name."""
    for name in names:
        setattr(cls, name, _method(cls.__name__, name))


def _method(owner: str, name: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"local_glue does not support {owner}.{name}")

    method.__name__ = name
    method.unsupported = True  # type: ignore[attr-defined]
    return method
