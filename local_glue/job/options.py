"""Checks of options: an unknown option is refused, never silently ignored."""

from collections.abc import Collection, Mapping
from typing import Any

FALSE = {"false", "no", "0", "", "none"}


def check(what: str, given: Mapping[str, Any], known: Collection[str], without_effect: Collection[str] = ()) -> None:
    """Checks that the stand-in knows all options.

    Raises:
        NotImplementedError: names the first unknown option.
    """
    for name, value in given.items():
        if name not in known and name not in without_effect:
            raise NotImplementedError(f"local_glue does not support the option '{name}' ({value!r}) of {what}")


def refuse(what: str, **values: Any) -> None:
    """Checks that none of these parameters has a value.

    Raises:
        NotImplementedError: names the parameter.
    """
    for name, value in values.items():
        if value:
            raise NotImplementedError(f"local_glue does not support {name}={value!r} of {what}")


def flag(value: Any) -> bool:
    """The value as a boolean; Glue accepts booleans and strings."""
    return str(value).strip().lower() not in FALSE
