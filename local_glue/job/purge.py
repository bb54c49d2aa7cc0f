"""purge_s3_path: deletes objects that are older than a number of hours."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from botocore.exceptions import ClientError

from local_glue.faults import side_effect
from local_glue.job import options as checks
from local_glue.job.clients import client
from local_glue.job.sources.s3_listing import S3SourceError, split_uri

DEFAULT_HOURS = 168
_KNOWN = ("retentionPeriod", "excludeStorageClasses")
_BATCH = 1000


def purge(path: str, options: Mapping[str, Any]) -> None:
    """Deletes the objects under an s3:// path, but not those younger than `retentionPeriod` hours (168).

    Raises:
        NotImplementedError: an option that the stand-in does not support, such as manifestFilePath.
        S3SourceError: the path is none of S3, or its bucket does not exist.
        RuntimeError: S3 could not delete an object.
    """
    checks.check("purge_s3_path", options, _KNOWN)
    bucket, prefix = split_uri(path)
    hours = float(options.get("retentionPeriod", DEFAULT_HOURS))
    newest = datetime.now(timezone.utc) - timedelta(hours=hours)
    kept = set(options.get("excludeStorageClasses") or ())
    keys = [
        item["Key"]
        for item in _objects(bucket, prefix)
        # S3 shows whole seconds, so that an object written in this second seems older than it is, never younger.
        if item["LastModified"] <= newest and item.get("StorageClass", "STANDARD") not in kept
    ]
    side_effect(f"s3:purge:{path}")
    for start in range(0, len(keys), _BATCH):
        _delete(bucket, keys[start : start + _BATCH])


def _objects(bucket: str, prefix: str) -> list[dict[str, Any]]:
    folder = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
    try:
        pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        found = [item for page in pages for item in page.get("Contents", [])]
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchBucket", "404"):
            raise S3SourceError(f"bucket '{bucket}' does not exist: create it or correct the path") from None
        raise
    return [item for item in found if item["Key"] == prefix or item["Key"].startswith(folder)]


def _delete(bucket: str, keys: list[str]) -> None:
    answer = client("s3").delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
    if answer.get("Errors"):
        first = answer["Errors"][0]
        raise RuntimeError(f"s3://{bucket}/{first['Key']} could not be deleted: {first.get('Message')}")
