import types

import pytest
from moto.s3 import models
from moto.s3.models import FakeKey, S3Backend

from local_glue.endpoint.patches import version_listings


@pytest.fixture
def backend():
    """A bucket with several versions of keys, and a key that was deleted."""
    version_listings.install()
    backend = S3Backend("us-east-1", "123456789012")
    backend.create_bucket("a-bucket", "us-east-1")
    backend.put_bucket_versioning("a-bucket", "Enabled")
    for key in ("plays/1.csv", "plays/2.csv", "users/1.csv", "plays/1.csv"):
        backend.put_object("a-bucket", key, f"content of {key}".encode())
    backend.delete_object("a-bucket", "plays/2.csv")
    yield backend
    models.s3_backends.bucket_accounts.pop("a-bucket")


def moto_listing():
    """moto's own listing, whoever has changed it in this process."""
    changed = S3Backend.list_object_versions
    return types.FunctionType(changed.__code__, vars(models), changed.__name__, changed.__defaults__)


def pages(listing, backend, **wanted):
    """All pages of two versions: what each has of its versions, folders and delete markers."""
    key = version = None
    while True:
        versions, folders, markers, key, version = listing(
            backend, "a-bucket", max_keys=2, key_marker=key, version_id_marker=version, **wanted
        )
        yield [(v.name, v.version_id, v.is_latest) for v in (*versions, *markers)], folders
        if key is None:
            return


def describe_listings_of_versions():
    def they_are_motos(backend):
        for wanted in ({}, {"prefix": "plays/"}, {"delimiter": "/"}):
            found = list(pages(S3Backend.list_object_versions, backend, **wanted))
            assert found == list(pages(moto_listing(), backend, **wanted))
            assert len(found) > 1 or "delimiter" in wanted

    def they_copy_no_content(backend, monkeypatch):
        read = []
        monkeypatch.setattr(FakeKey, "value", property(lambda key: read.append(key.name)))
        versions, *_ = backend.list_object_versions("a-bucket")
        stored = [version for _, kept in backend.get_bucket("a-bucket").keys.lists() for version in kept]
        assert all(any(version is kept for kept in stored) for version in versions)
        assert read == []
        assert models.copy.deepcopy is not list  # only the listing has another
