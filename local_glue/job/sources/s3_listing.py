"""Lists the objects of an S3 source."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from local_glue.job.clients import client


class S3SourceError(Exception):
    """An S3 source cannot be read."""


@dataclass(frozen=True)
class S3Object:
    """One object of a listing; `modified` has the endpoint's resolution, which is whole seconds."""

    bucket: str
    key: str
    size: int
    etag: str
    modified: datetime

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key of an s3:// (s3a://, s3n://) address.

    Raises:
        S3SourceError: the address has another form.
    """
    found = re.fullmatch(r"s3[an]?://([^/]+)/?(.*)", uri, re.DOTALL)
    if not found:
        raise S3SourceError(f"'{uri}' is no S3 path: write s3://bucket/prefix")
    return found.group(1), found.group(2)


def list_objects(paths: Iterable[str], *, recurse: bool, exclusions: Any = None) -> list[S3Object]:
    """All objects under the paths, sorted by address, without hidden ones (`_…`, `.…`), as in Hadoop.

    Raises:
        S3SourceError: a bucket does not exist, or a path is not an S3 path or has a wildcard.
    """
    excluded = [re.compile(_glob_to_regex(pattern), re.DOTALL) for pattern in _exclusions(exclusions)]
    found: dict[str, S3Object] = {}
    for path in paths:
        bucket, prefix = split_uri(path)
        matched = 0
        for item in _list(bucket, prefix):
            if not _below(item.key, prefix, recurse):
                continue
            matched += 1
            if not any(pattern.fullmatch(item.uri) for pattern in excluded):
                found[item.uri] = item
        if not matched and "*" in prefix:
            raise S3SourceError(f"'{path}' holds a wildcard, which Glue's S3 source does not expand: use exclusions")
    return [found[uri] for uri in sorted(found)]


def _list(bucket: str, prefix: str) -> Iterable[S3Object]:
    try:
        for page in client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                yield S3Object(bucket, item["Key"], item["Size"], item["ETag"].strip('"'), item["LastModified"])
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchBucket", "404"):
            raise S3SourceError(f"bucket '{bucket}' does not exist: create it or correct the path") from None
        raise


def _below(key: str, prefix: str, recurse: bool) -> bool:
    if key == prefix:
        return not key.endswith("/")
    folder = prefix if prefix.endswith("/") or not prefix else prefix + "/"
    if not key.startswith(folder) or key.endswith("/"):
        return False
    parts = key[len(folder) :].split("/")
    hidden = any(part.startswith(("_", ".")) for part in parts)
    return not hidden and (recurse or len(parts) == 1)


def _exclusions(value: Any) -> list[str]:
    if not value:
        return []
    patterns = json.loads(value) if isinstance(value, str) else list(value)
    if not isinstance(patterns, list):
        raise S3SourceError(f"exclusions must be a JSON list of patterns, not {value!r}")
    return patterns


def _glob_to_regex(pattern: str) -> str:
    """A glob with Glue's meaning as a regular expression: `*` within a folder, `**` across folders, {a,b}."""
    pieces = re.split(r"(\*\*|\*|\?|\{|\}|,|\[[^\]]+\])", pattern)
    plain = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", "": ""}
    depth, result = 0, []
    for piece in pieces:
        depth += {"{": 1, "}": -1}.get(piece, 0)
        if piece == "," and depth:
            result.append("|")
        elif re.fullmatch(r"\[[^\]]+\]", piece):
            result.append(piece.replace("[!", "[^", 1))
        else:
            result.append(plain.get(piece, re.escape(piece)))
    return "".join(result)
