"""The objects of a COPY, by prefix or manifest, and what is in them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from local_glue.endpoint.bulk.statement import Bulk
from local_glue.job.redshift.errors import RedshiftError

_ARROW_NAMES = {"GZIP": "gzip", "BZIP2": "bz2", "ZSTD": "zstd"}


@dataclass(frozen=True)
class Place:
    """An object's address."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @classmethod
    def of(cls, uri: str) -> "Place":
        """The address in the form s3://bucket/key."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return cls(bucket, key)


def files_of(bulk: Bulk, s3: Any) -> list[Place]:
    """The files of a COPY, in order.

    Raises:
        RedshiftError: There are none, or one that must be there is not.
    """
    if "MANIFEST" in bulk.options:
        return list(_of_manifest(bulk, s3))
    found = list(listed(Place.of(bulk.uri), s3))
    if not found:
        raise RedshiftError(f"The specified S3 prefix '{Place.of(bulk.uri).key}' does not exist")
    return found


def listed(prefix: Place, s3: Any) -> Iterator[Place]:
    """The objects whose keys begin so."""
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=prefix.bucket, Prefix=prefix.key):
            yield from (Place(prefix.bucket, entry["Key"]) for entry in page.get("Contents", ()))
    except s3.exceptions.NoSuchBucket:
        raise RedshiftError(f"S3ServiceException:The specified bucket {prefix.bucket} does not exist") from None


def content(place: Place, s3: Any) -> bytes:
    """The bytes of an object.

    Raises:
        RedshiftError: It is not there.
    """
    try:
        return bytes(s3.get_object(Bucket=place.bucket, Key=place.key)["Body"].read())
    except (s3.exceptions.NoSuchKey, s3.exceptions.NoSuchBucket):
        raise RedshiftError(f"S3ServiceException:The specified key {place.uri} does not exist.,Status 404") from None


def decompressed(data: bytes, compression: str | None, place: Place) -> bytes:
    """The bytes without their compression.

    Raises:
        RedshiftError: They are not compressed so.
    """
    if compression is None:
        return data
    try:
        with pa.input_stream(pa.BufferReader(data), compression=_ARROW_NAMES[compression]) as stream:
            return bytes(stream.read())
    except (OSError, pa.ArrowException) as error:
        raise RedshiftError(f"File {place.uri} is not compressed with {compression}: {error}") from None


def compressed(data: bytes, compression: str | None) -> bytes:
    """The bytes with this compression."""
    if compression is None:
        return data
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, _ARROW_NAMES[compression]) as stream:
        stream.write(data)
    return out.getvalue().to_pybytes()


def _of_manifest(bulk: Bulk, s3: Any) -> Iterator[Place]:
    place = Place.of(bulk.uri)
    try:
        entries = json.loads(content(place, s3))["entries"]
        wanted = [(Place.of(entry["url"]), entry.get("mandatory", False), entry.get("meta", {})) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RedshiftError(f"The manifest {place.uri} is not valid: it must hold entries, each with a url") from None
    for file, mandatory, meta in wanted:
        if not any(found == file for found in listed(file, s3)):
            if mandatory:
                raise RedshiftError(
                    f"Problem reading manifest file {place.uri}: {file.uri}, which is mandatory, is missing"
                )
            continue
        if bulk.format == "PARQUET" and "content_length" not in meta:
            raise RedshiftError(f"File {file.uri} has no meta.content_length in the manifest, which PARQUET needs")
        yield file
