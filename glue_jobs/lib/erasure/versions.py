"""Versions of objects: what S3 keeps of objects that were replaced or deleted. Imports no Spark."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from botocore.exceptions import ClientError

from glue_jobs.lib.run import aws

CHUNK = 1 << 20


@dataclass(frozen=True)
class Version:
    """One version of an object, or a delete marker; `id` is "null" in a bucket that keeps no versions."""

    key: str
    id: str
    is_latest: bool
    is_marker: bool


def list_versions(bucket: str, prefix: str) -> Iterator[Version]:
    """Every version and delete marker below `prefix`.

    Raises:
        MissingResourceError: The bucket does not exist.
    """
    try:
        for page in aws.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            for kind in ("Versions", "DeleteMarkers"):
                for item in page.get(kind, []):
                    yield Version(item["Key"], item["VersionId"], item["IsLatest"], kind == "DeleteMarkers")
    except ClientError as cause:
        aws.raise_if_missing_bucket(cause, bucket)
        raise


def read(bucket: str, key: str, version: str | None = None) -> Iterator[bytes]:
    """The content of an object, or of one version of it, in pieces."""
    which = {"VersionId": version} if version and version != "null" else {}
    with closing(aws.client("s3").get_object(Bucket=bucket, Key=key, **which)["Body"]) as body:
        yield from body.iter_chunks(CHUNK)


def delete(bucket: str, found: Iterable[Version]) -> int:
    """Deletes versions for good; returns how many.

    Delete markers go last: without one, a version that is left would be an object again.
    """
    found = list(found)
    for is_marker in (False, True):
        aws.delete_locations(
            bucket, [{"Key": each.key, "VersionId": each.id} for each in found if each.is_marker is is_marker]
        )
    return len(found)


def delete_with_markers(bucket: str, found: Sequence[Version]) -> int:
    """As `delete`, and the delete markers of objects of which nothing else is left; returns how many versions."""
    count = delete(bucket, found)
    for key in sorted({each.key for each in found}):
        left = [each for each in list_versions(bucket, key) if each.key == key]
        if all(each.is_marker for each in left):
            delete(bucket, left)
    return count


def delete_all_of(bucket: str, keys: Collection[str]) -> int:
    """Deletes objects with all their versions; returns how many versions there were."""
    return delete(bucket, [each for key in sorted(set(keys)) for each in list_versions(bucket, key) if each.key == key])


def delete_former(bucket: str, prefix: str) -> int:
    """Deletes what is no longer the object below `prefix`: noncurrent versions and delete markers; returns how many."""
    return delete(bucket, [each for each in list_versions(bucket, prefix) if each.is_marker or not each.is_latest])
