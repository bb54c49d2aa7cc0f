"""Keeps moto's S3 listings working while other requests delete objects, as Spark does when it commits.

moto (5.2.5) copies a bucket's keys and then looks up each of them, which fails for a key deleted in between. It also
fails if the last version of an object to be deleted is a delete marker, as when Terraform empties a bucket.
"""

from collections.abc import Iterator
from typing import Any


def install() -> None:
    """Makes every listing in this process iterate over a copy of the bucket. Can be repeated."""
    from moto.s3.models import FakeDeleteMarker
    from moto.s3.utils import _VersionedKeyStore

    def items(store: Any) -> Iterator[tuple[str, Any]]:
        for key, versions in dict(store).items():
            if versions:
                yield key, versions[-1]

    def values(store: Any) -> Iterator[Any]:
        return (value for _, value in items(store))

    def lists(store: Any) -> Iterator[tuple[str, list[Any]]]:
        yield from dict(store).items()

    _VersionedKeyStore.items = _VersionedKeyStore.iteritems = _VersionedKeyStore._iteritems = items
    _VersionedKeyStore.values = _VersionedKeyStore.itervalues = _VersionedKeyStore._itervalues = values
    _VersionedKeyStore.lists = _VersionedKeyStore.iterlists = _VersionedKeyStore._iterlists = lists
    FakeDeleteMarker.dispose = lambda marker: None  # a delete marker holds no data
