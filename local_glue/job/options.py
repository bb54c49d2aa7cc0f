"""Options are understood, knowingly without effect, or refused: never silently ignored."""

from collections.abc import Collection, Mapping
from typing import Any

FALSE = {"false", "no", "0", "", "none"}


def check(what: str, given: Mapping[str, Any], known: Collection[str], without_effect: Collection[str] = ()) -> None:
    """Refuses options that the stand-in does not know.

    Raises:
        NotImplementedError: naming the first such option.
    """
    for name, value in given.items():
        if name not in known and name not in without_effect:
            raise NotImplementedError(f"local_glue does not support the option '{name}' ({value!r}) of {what}")


def refuse(what: str, **values: Any) -> None:
    """Refuses parameters that have any value.

    Raises:
        NotImplementedError: naming the parameter.
    """
    for name, value in values.items():
        if value:
            raise NotImplementedError(f"local_glue does not support {name}={value!r} of {what}")


def flag(value: Any) -> bool:
    """Glue takes booleans as such and as strings."""
    return str(value).strip().lower() not in FALSE
