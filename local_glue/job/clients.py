"""boto3 clients of the job process, one per service and endpoint."""

import os
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config


def client(service: str) -> Any:
    """A client on the current AWS_ENDPOINT_URL."""
    return _client(service, os.environ.get("AWS_ENDPOINT_URL"))


@lru_cache(maxsize=32)
def _client(service: str, endpoint: str | None) -> Any:
    config = Config(max_pool_connections=32, retries={"max_attempts": 3}, connect_timeout=5, read_timeout=120)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    return boto3.session.Session().client(service, endpoint_url=endpoint, region_name=region, config=config)
