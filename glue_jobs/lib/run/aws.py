"""boto3 clients, and the few S3 operations that the jobs need."""

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from glue_jobs.lib.run.errors import MissingResourceError, PipelineError
from glue_jobs.lib.run.parallel import batches

DELETE_BATCH = 1000
DELETE_ATTEMPTS = 5
PASSING = ("InternalError", "SlowDown", "ServiceUnavailable", "OperationAborted")
"""What S3 answers for one key of many, and may not answer the next time."""
SHOWN = 5
NOT_IN_XML = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
POOL_SIZE = 32


def client(service: str, *, patient: bool = True) -> Any:
    """A boto3 client, kept for the life of the process (one per endpoint, so that tests can change it).

    Args:
        service: The name that boto3 has for it.
        patient: If False, a service that does not answer delays the job for seconds, not for minutes.
    """
    return _client(service, os.environ.get("AWS_ENDPOINT_URL"), patient)


@lru_cache
def _client(service: str, endpoint: str | None, patient: bool) -> Any:
    retries: Any = {"total_max_attempts": 6 if patient else 2, "mode": "standard"}
    timeouts = {} if patient else {"connect_timeout": 3, "read_timeout": 5}
    config = Config(retries=retries, max_pool_connections=POOL_SIZE, **timeouts)
    return boto3.client(service, endpoint_url=endpoint, config=config)


def list_objects(bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    """Every object below `prefix`: Key, Size, LastModified, ETag.

    Raises:
        MissingResourceError: The bucket does not exist.
    """
    try:
        for page in client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from page.get("Contents", [])
    except ClientError as cause:
        raise_if_missing_bucket(cause, bucket)
        raise


def object_exists(bucket: str, key: str) -> bool:
    """Whether the object is there."""
    try:
        client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as cause:
        if cause.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return False
        raise
    return True


def delete_objects(bucket: str, keys: Iterable[str]) -> int:
    """Deletes `keys`; returns how many.

    Raises:
        PipelineError: See `delete_locations`.
    """
    return delete_locations(bucket, [{"Key": key} for key in keys])


def delete_locations(bucket: str, locations: Sequence[Mapping[str, str]]) -> int:
    """Deletes objects or versions of objects (Key, VersionId), a thousand per call; returns how many.

    Raises:
        PipelineError: S3 did not delete some of them, several times; the message names them.
    """
    plain = [location for location in locations if not NOT_IN_XML.search(location["Key"])]
    for batch in batches(plain, DELETE_BATCH):
        _delete_batch(bucket, batch)
    # The list of a thousand keys is XML, which cannot hold every character that a key can.
    for location in locations:
        if NOT_IN_XML.search(location["Key"]):
            client("s3").delete_object(Bucket=bucket, **location)
    return len(locations)


def _delete_batch(bucket: str, batch: Sequence[Mapping[str, str]]) -> None:
    """Deletes up to a thousand locations. S3 answers 200 also when it did not delete some: those are tried again."""
    left = list(batch)
    for attempt in range(DELETE_ATTEMPTS):
        errors = client("s3").delete_objects(Bucket=bucket, Delete={"Objects": left, "Quiet": True}).get("Errors", [])
        left = [
            {name: error[name] for name in ("Key", "VersionId") if error.get(name)}
            for error in errors
            if error["Code"] in PASSING
        ]
        if len(left) < len(errors) or (left and attempt == DELETE_ATTEMPTS - 1):
            raise _not_deleted(bucket, errors)
        if not left:
            return
        time.sleep(0.1 * 2**attempt)


def _not_deleted(bucket: str, errors: Sequence[Mapping[str, str]]) -> PipelineError:
    names = ", ".join(f"'{error['Key']}'" for error in errors[:SHOWN])
    others = f" and {len(errors) - SHOWN} more" if len(errors) > SHOWN else ""
    codes = ", ".join(sorted({error["Code"] for error in errors}))
    return PipelineError(
        f"{names}{others} cannot be deleted from bucket '{bucket}' ({codes}); allow s3:DeleteObject and "
        "s3:DeleteObjectVersion if S3 denied it, run the job again"
    )


def delete_prefix(bucket: str, prefix: str) -> int:
    """Deletes every object below `prefix`; returns how many there were."""
    return delete_objects(bucket, (item["Key"] for item in list_objects(bucket, prefix)))


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key of an s3:// URI."""
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


def raise_if_missing_bucket(cause: ClientError, bucket: str) -> None:
    """Raises MissingResourceError, with the remedy, for S3's NoSuchBucket; returns for any other error."""
    if cause.response["Error"]["Code"] in ("NoSuchBucket", "404"):
        raise MissingResourceError(
            f"bucket '{bucket}' does not exist; create it, or correct the job argument that names it"
        ) from cause
