"""Allows Spark to use buckets encrypted by KMS although the endpoint has no TLS.

S3A renames by copying, with the key id from the headers of the source; its SDK refuses to send a key id without HTTPS.
So the endpoint does not send the id to Spark, and the default encryption of the target bucket applies.
"""

from collections.abc import Callable
from typing import Any

KEY_ID = "x-amz-server-side-encryption-aws-kms-key-id"


def without_key_ids(environ: dict[str, Any], start_response: Callable[..., Any]) -> Callable[..., Any]:
    """`start_response`, for Hadoop's S3 client without the headers of key ids."""
    if "Hadoop" not in environ.get("HTTP_USER_AGENT", ""):
        return start_response

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [header for header in headers if header[0].lower() != KEY_ID], *more)

    return start
