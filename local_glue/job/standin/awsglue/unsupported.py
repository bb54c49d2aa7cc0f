"""Names that AWS documents and the stand-in does not have: they say so when they are called."""

from typing import Any


def unsupported(cls: type, *names: str) -> None:
    """Gives a class methods that raise NotImplementedError naming themselves."""
    for name in names:
        setattr(cls, name, _method(cls.__name__, name))


def _method(owner: str, name: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"local_glue does not support {owner}.{name}")

    method.__name__ = name
    method.unsupported = True  # type: ignore[attr-defined]
    return method
