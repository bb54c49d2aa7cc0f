"""Lets Spark work in buckets encrypted by KMS though the endpoint has no TLS.

S3A renames by copying, and takes the key's id over from the source's headers; its SDK then refuses to send any id of a
key without HTTPS. It is not told the id: the target bucket's own encryption applies, as it would without a word.
"""

from collections.abc import Callable
from typing import Any

KEY_ID = "x-amz-server-side-encryption-aws-kms-key-id"


def without_key_ids(environ: dict[str, Any], start_response: Callable[..., Any]) -> Callable[..., Any]:
    """`start_response`, or for Hadoop's S3 client one that leaves out the ids of keys."""
    if "Hadoop" not in environ.get("HTTP_USER_AGENT", ""):
        return start_response

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [header for header in headers if header[0].lower() != KEY_ID], *more)

    return start
