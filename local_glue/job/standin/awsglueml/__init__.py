"""`awsglueml` is not emulated: whoever imports something of it is told so."""

from typing import Any


def __getattr__(name: str) -> Any:
    """Raises NotImplementedError, but for what Python itself asks of a module."""
    if name.startswith("__"):
        raise AttributeError(name)
    raise NotImplementedError(f"local_glue does not support awsglueml.{name}: FindMatches and the like run on AWS only")
