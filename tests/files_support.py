"""Shared by the tests of files: a configuration, and an account in memory with the project's buckets and ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from moto import mock_aws

from glue_jobs.lib.run import aws
from glue_jobs.lib.run.arguments import JobConfig
from local_glue.endpoint.patches import version_listings

LANDING, LAKE, TABLE = "music-landing", "music-lake", "ProcessedFiles"
STREAMS_HEADER = "user_id,track_id,listen_time"
PLAYS = f"{STREAMS_HEADER}\n1,t1,2024-06-25 10:00:00\n2,t2,2024-06-25 11:00:00\n".encode()
USERS_HEADER = "user_id,user_name,user_age,user_country,created_at"


def make_config(**changes: Any) -> JobConfig:
    """A run's configuration; each test sets only what matters to it."""
    base = {
        "job_name": "streams_validate_files",
        "run_id": "jr_1",
        "workflow_name": None,
        "workflow_run_id": None,
        "started_at": datetime(2024, 7, 1, 4, 0, tzinfo=UTC),
        "temp_dir": f"s3://{LAKE}/temp/",
        "datasets": ("users", "songs", "streams"),
        "landing_bucket": LANDING,
        "lake_bucket": LAKE,
        "ledger_table": TABLE,
        "rds_connection": "music-rds",
        "redshift_connection": "music-redshift",
        "redshift_role": None,
        "reader_group": None,
        "from_date": None,
        "to_date": None,
        "recompute": False,
        "dry_run": False,
        "full": False,
        "replay": None,
        "max_reject_rate": 0.5,
        "pending_days": 30,
        "new_columns": {"": "warn"},
    }
    return JobConfig(**(base | changes))


_seen: list[bool] = []


@contextmanager
def account(monkeypatch: Any, *, versioning: bool = True) -> Iterator[None]:
    """An empty account in memory."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    version_listings.install()
    with mock_aws():
        if not _seen:
            # Clients made before may have no credentials; these are kept, because making them takes time.
            aws._client.cache_clear()
            _seen.append(True)
        create_resources(versioning=versioning)
        yield


def create_resources(*, versioning: bool = True) -> None:
    """The buckets and the ledger, as the environment provides them."""
    s3 = aws.client("s3")
    for bucket in (LANDING, LAKE):
        s3.create_bucket(Bucket=bucket)
    if versioning:
        s3.put_bucket_versioning(Bucket=LANDING, VersioningConfiguration={"Status": "Enabled"})
    names = ("file_key", "open_dataset")
    indexes = {"open_files": "open_dataset"}
    aws.client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": "file_key", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index, name in indexes.items()
        ],
    )


def deliver(key: str, body: bytes = PLAYS) -> str | None:
    """Puts a file into the landing bucket; returns its version."""
    return aws.client("s3").put_object(Bucket=LANDING, Key=key, Body=body).get("VersionId")


def keys(bucket: str, prefix: str = "") -> list[str]:
    """Keys of the bucket's current objects."""
    return [item["Key"] for item in aws.list_objects(bucket, prefix)]


def read(bucket: str, key: str) -> bytes:
    """An object's bytes."""
    return aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
