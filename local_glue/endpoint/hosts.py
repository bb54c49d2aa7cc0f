"""Refuses what a foreign web page asks of the endpoint: moto answers all pages, and its jobs can run any code."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

LOCAL = ("localhost", "127.0.0.1", "::1")


def only_local(application: Application) -> Application:
    """The application for requests of this machine.

    A page whose name was made to lead to 127.0.0.1 (DNS rebinding) sends its own name as Host, a page that just asks
    for 127.0.0.1 its own as Origin.
    """

    def checked(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked, asks = environ.get("HTTP_HOST"), environ.get("HTTP_ORIGIN")
        if asked is not None and not _is_local(f"//{asked}"):
            return _refuse(f"The header 'Host: {asked}' is not this machine", start_response)
        if asks is not None and not _is_local(asks):
            return _refuse(f"The header 'Origin: {asks}' is not this machine", start_response)
        return application(environ, start_response)

    return checked


def _is_local(url: str) -> bool:
    """Whether the address is this machine's; names below `localhost` are those of S3's buckets."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host in LOCAL or host.endswith(".localhost")


def _refuse(what: str, start_response: Callable[..., Any]) -> list[bytes]:
    start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{what}: ask for localhost, 127.0.0.1 or [::1], and not from another site's page.\n".encode()]
