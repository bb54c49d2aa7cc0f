"""Glue calls that moto accepts without doing anything: refused, because a silent stub misleads."""

from collections.abc import Callable
from typing import Any

from local_glue.endpoint.glue.errors import unsupported

REFUSED = {
    "StartCrawler": "a crawl would find nothing",
    "CreateSession": "interactive sessions run nothing here",
    "CreateDevEndpoint": "development endpoints run nothing here",
    "CreateMLTransform": "ML transforms run nothing here",
}


def refuse(operation: str, why: str) -> Callable[[Any], dict[str, Any]]:
    """A handler that answers UnsupportedOperationException."""

    def handler(call: Any) -> dict[str, Any]:
        raise unsupported(f"glue:{operation}", why)

    return handler
