"""Which service a request changes."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

READING = ("Get", "List", "Describe", "BatchGet", "Query", "Scan", "Filter", "Head", "TransactGet", "Search")
MANY = "many"


def changed_service(environ: Mapping[str, Any]) -> str | None:
    """The name of the service, as in the signature; None if the request only reads, "many" if no one can tell."""
    if environ.get("REQUEST_METHOD") in ("GET", "HEAD", "OPTIONS"):
        return None
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if operation.startswith(READING):
        return None
    header = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0]
    query = parse_qs(environ.get("QUERY_STRING", "")).get("X-Amz-Credential", [""])[0]
    parts = (header or query).split("/")
    return parts[3] if len(parts) > 3 else MANY
