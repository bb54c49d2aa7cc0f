"""How to reach a stack's endpoint: boto3 clients, and the environment variables that AWS tools need."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from local_glue.home import Home
from local_glue.java import JavaNotFoundError, java_home

ACCESS_KEY = SECRET_KEY = "local"  # noqa: S105 (the endpoint accepts any value)

_lock = threading.Lock()
_clients: dict[tuple[str, str, str], Any] = {}


@dataclass(frozen=True)
class Access:
    """Where a stack's endpoint is, and the state folder that belongs to it."""

    home: Home
    endpoint_url: str
    region: str

    def client(self, service: str) -> Any:
        """A boto3 client on the endpoint; made once, because making one takes longer than most calls."""
        key = (service, self.endpoint_url, self.region)
        with _lock:
            if key not in _clients:
                _clients[key] = _make_client(*key)
            return _clients[key]

    def environment(self) -> dict[str, str]:
        """The environment variables that lead AWS tools and job scripts to this stack."""
        variables = {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "LOCAL_GLUE_HOME": str(self.home.path),
            "TZ": "UTC",
        }
        with suppress(JavaNotFoundError):  # a job without Spark needs no Java; one with Spark reports it missing
            variables["JAVA_HOME"] = str(java_home())
        return variables


def _make_client(service: str, endpoint_url: str, region: str) -> Any:
    import boto3
    from botocore.config import Config

    # Not the default session: it reads the user's profile, and another thread may still be setting it up.
    session = boto3.session.Session(aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=region)
    config = Config(
        retries={"max_attempts": 2}, s3={"addressing_style": "path"}, max_pool_connections=32,
        connect_timeout=5, read_timeout=120, proxies={},
    )  # fmt: skip
    return session.client(service, endpoint_url=endpoint_url, config=config)
