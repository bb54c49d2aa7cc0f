"""Encodes keys in listings of versions when asked to, as S3 does, and makes these listings without copying objects.

moto (5.2.5) ignores `encoding-type=url` there, so a key with a control character breaks the XML of the answer, and one
with a carriage return comes back as another key. For each page it copies all objects of the bucket with their contents,
only to note which versions are the latest, which nothing else reads: 15 pages of 15,000 objects took 20 seconds.
"""

import types
from typing import Any
from urllib.parse import quote

NAMES = ("Prefix", "Delimiter", "KeyMarker", "NextKeyMarker")
LISTS = {"Versions": "Key", "DeleteMarkers": "Key", "CommonPrefixes": "Prefix"}


def install() -> None:
    """Changes listings of versions in this process. Can be repeated."""
    from moto.s3.models import S3Backend
    from moto.s3.responses import S3Response

    S3Backend.list_object_versions = _without_copies(S3Backend.list_object_versions)
    serialized = getattr(S3Response, "_serialized_plain", S3Response.serialized)

    def serialize(response: Any, answer: Any) -> Any:
        wanted = response.querystring.get("encoding-type", [None])[0] if response.querystring else None
        if response.data.get("Action") == "ListObjectVersions" and wanted == "url":
            answer.result.update(_encoded(answer.result), EncodingType="url")
        return serialized(response, answer)

    S3Response._serialized_plain = serialized
    S3Response.serialized = serialize


def _without_copies(listing: Any) -> Any:
    """The function, with a `deepcopy` that takes a list's items as they are."""
    names = {**listing.__globals__, "copy": types.SimpleNamespace(deepcopy=list)}
    return types.FunctionType(listing.__code__, names, listing.__name__, listing.__defaults__, listing.__closure__)


def _encoded(result: dict[str, Any]) -> dict[str, Any]:
    names = {name: quote(result[name]) for name in NAMES if result.get(name)}
    lists = {
        name: [{**item, key: quote(item[key])} for item in result[name]]
        for name, key in LISTS.items()
        if name in result
    }
    return names | lists
