"""boto3 clients on a stack's endpoint, for the stack itself (jobs make their own from their environment)."""

import threading
from typing import Any

from local_glue.home import ACCESS_KEY, SECRET_KEY

_lock = threading.Lock()
_clients: dict[tuple[str, str, str], Any] = {}


def make_client(service: str, endpoint_url: str, region: str) -> Any:
    """A boto3 client for the endpoint; made once, for making one takes longer than most calls.

    Args:
        service: AWS name of the service, such as `s3` or `glue`.
        endpoint_url: the stack's endpoint.
        region: AWS region.
    """
    key = (service, endpoint_url, region)
    with _lock:
        if key not in _clients:
            import boto3
            from botocore.config import Config

            # A session of its own: the default one reads the user's profile and may be half-made by another thread.
            session = boto3.session.Session(
                aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=region
            )
            config = Config(
                retries={"max_attempts": 2}, s3={"addressing_style": "path"}, max_pool_connections=32,
                connect_timeout=5, read_timeout=120, proxies={},
            )  # fmt: skip
            _clients[key] = session.client(service, endpoint_url=endpoint_url, config=config)
        return _clients[key]
