"""Asks the endpoint whether a role may do what Glue and Redshift do by themselves, without a call of the script."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

PATH = "/local-glue/permissions"  # as in local_glue.endpoint.iam.guard
SESSION_KEYS = "ASIA"


def need(action: str, resource: str = "*", **context: str) -> dict[str, Any]:
    """An action on a resource; "*" for actions that AWS judges without one."""
    return {"action": action, "resource": resource, "context": {f"s3:{key}": [value] for key, value in context.items()}}


def require(*needs: dict[str, Any], role: str | None = None) -> None:
    """Checks that the run's role, or the `role` that Redshift takes on, may do all of this.

    Raises:
        ClientError: it may not; the message is AWS's.
    """
    endpoint, key = os.environ.get("AWS_ENDPOINT_URL"), os.environ.get("AWS_ACCESS_KEY_ID", "")
    if not endpoint or not key.startswith(SESSION_KEYS):
        return  # whoever signs with another key is not judged
    request = urllib.request.Request(  # noqa: S310 (the stack's own)
        f"{endpoint}{PATH}",
        data=json.dumps({"needs": needs, "role": role}).encode(),
        headers={"Authorization": f"AWS4-HMAC-SHA256 Credential={key}/local/local/local/aws4_request"},
    )
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()
    except urllib.error.HTTPError as error:
        said = json.loads(error.read())["message"]
        operation = needs[0]["action"].partition(":")[2]
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": said}}, operation) from None


def objects(action: str, uris: Sequence[str]) -> list[dict[str, Any]]:
    """The action on each object."""
    return [need(action, f"arn:aws:s3:::{uri.partition('://')[2]}") for uri in uris]


def copying(uris: Sequence[str]) -> list[dict[str, Any]]:
    """What COPY needs: to find the bucket, to list the folder, and to read its manifest and files."""
    return [*_of_folder(uris[0]), *objects("s3:GetObject", uris)]


def unloading(folder: str) -> list[dict[str, Any]]:
    """What UNLOAD needs: to find the bucket, to see that the folder is empty, and to write files and their manifest."""
    return [*_of_folder(folder), *objects("s3:PutObject", [f"{folder.rstrip('/')}/0000_part_00.parquet"])]


def _of_folder(uri: str) -> list[dict[str, Any]]:
    bucket, _, key = uri.partition("://")[2].partition("/")
    arn = f"arn:aws:s3:::{bucket}"
    return [need("s3:GetBucketLocation", arn), need("s3:ListBucket", arn, prefix=f"{key.rpartition('/')[0]}/")]
