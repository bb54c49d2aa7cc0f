from datetime import timedelta

import boto3
import pytest
from moto import mock_aws
from moto.s3.models import s3_backends

from local_glue.endpoint import arrivals


@pytest.fixture
def s3(monkeypatch):
    monkeypatch.setattr(arrivals, "MUCH", 100)
    with mock_aws():
        client = boto3.client("s3", "us-east-1", aws_access_key_id="local", aws_secret_access_key="local")
        for bucket in ("landing", "lake"):
            client.create_bucket(Bucket=bucket)
        yield client


def describe_much_has_come():
    def it_counts_what_is_new_in_all_buckets(s3):
        assert not arrivals.much_has_come()
        s3.put_object(Bucket="landing", Key="a", Body=bytes(60))
        assert not arrivals.much_has_come()
        s3.put_object(Bucket="lake", Key="b", Body=bytes(40))
        assert arrivals.much_has_come()

    def it_counts_neither_what_is_old_nor_what_was_deleted(s3):
        s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
        for key in ("a", "b"):
            s3.put_object(Bucket="lake", Key=key, Body=bytes(99))
        s3.delete_object(Bucket="lake", Key="a")
        assert not arrivals.much_has_come()
        s3.put_object(Bucket="lake", Key="c", Body=bytes(1))
        assert arrivals.much_has_come()
        (backend,) = [backend for backends in s3_backends.values() for backend in backends.values() if backend.buckets]
        backend.buckets["lake"].keys["b"].last_modified -= timedelta(hours=2)
        assert not arrivals.much_has_come()
