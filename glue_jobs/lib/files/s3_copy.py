"""Copying objects inside S3."""

from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from botocore.exceptions import ClientError

from glue_jobs.lib.run import aws
from glue_jobs.lib.run.errors import PipelineError

MAX_KEY_BYTES = 1024
LARGEST_SINGLE_COPY = 4 * 1024**3
FILE_KEY_METADATA = "file-key"


def copy(
    source: dict[str, str],
    bucket: str,
    key: str,
    *,
    size: int,
    etag: str | None = None,
    file_key: str | None = None,
    sha256: str | None = None,
    length: int | None = None,
) -> None:
    """Copies one object inside S3.

    Args:
        source: Bucket, Key and, for a bucket with versions, VersionId.
        size: In bytes; large objects are copied in parts.
        etag: Copy only if the source still has this ETag.
        file_key: Written into the copy's metadata, where `file_key_of` finds it.
        sha256: Hex; S3 computes the copy's, except of objects copied in parts, and the two are compared.
        length: Only so many bytes, which are read and written, as S3 has no call for it; the hash is of them all.

    Raises:
        PipelineError: The source was changed or deleted in the meantime, or the copy differs.
    """
    arguments: dict[str, Any] = {}
    if etag:
        arguments["CopySourceIfMatch"] = etag
    if file_key:
        encoded = urlsafe_b64encode(file_key.encode()).decode()
        arguments |= {"MetadataDirective": "REPLACE", "Metadata": {FILE_KEY_METADATA: encoded}}
    if sha256:
        arguments["ChecksumAlgorithm"] = "SHA256"
    s3 = aws.client("s3")
    try:
        if length is not None:
            beginning = s3.get_object(Range=f"bytes=0-{length - 1}", **source, **({"IfMatch": etag} if etag else {}))
            s3.upload_fileobj(beginning["Body"], bucket, key, ExtraArgs={"Metadata": arguments.get("Metadata", {})})
        elif size <= LARGEST_SINGLE_COPY:
            answer = s3.copy_object(CopySource=source, Bucket=bucket, Key=key, **arguments)
            _compare(answer["CopyObjectResult"], sha256, key)
        else:
            s3.copy(source, bucket, key, ExtraArgs=arguments)
    except ClientError as cause:
        if cause.response["Error"]["Code"] in ("PreconditionFailed", "NoSuchKey", "NoSuchVersion", "404"):
            raise PipelineError(
                f"'{source['Key']}' in bucket '{source['Bucket']}' changed or went while it was copied; run again"
            ) from cause
        aws.raise_if_missing_bucket(cause, bucket)
        raise


def _compare(result: dict[str, Any], sha256: str | None, key: str) -> None:
    found = result.get("ChecksumSHA256")
    if sha256 and found and b64decode(found).hex() != sha256:
        raise PipelineError(f"'{key}' differs from the file it was copied from; nothing was deleted: run the job again")


def file_key_of(bucket: str, key: str) -> str | None:
    """The file key that `copy` wrote into an object's metadata; None also if the object is gone."""
    try:
        head = aws.client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as cause:
        if cause.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return None
        raise
    encoded = head["Metadata"].get(FILE_KEY_METADATA)
    return urlsafe_b64decode(encoded).decode() if encoded else None


def fit_key(prefix: str, key: str, *, room_for: str = "") -> str:
    """`prefix` + `key`; a key too long for S3 (with `room_for` after it) loses its beginning, as its end says more."""
    room = MAX_KEY_BYTES - len(prefix.encode()) - len(room_for.encode())
    data = key.encode()
    return prefix + (key if len(data) <= room else data[-room:].decode(errors="ignore"))
