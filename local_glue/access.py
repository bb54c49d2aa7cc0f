"""How to reach a stack's endpoint: boto3 clients, and the environment variables that AWS tools need."""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from local_glue.environment import NO_AWS_FILES, SPARK, no_proxy
from local_glue.home import Home
from local_glue.java import JavaNotFoundError, java_home

ACCESS_KEY = SECRET_KEY = "local"  # noqa: S105 (the endpoint accepts any value)

_lock = threading.Lock()
_clients: dict[tuple[str, str, str, str], Any] = {}


@dataclass(frozen=True)
class Access:
    """Where a stack's endpoint is, and the state folder that belongs to it."""

    home: Home
    endpoint_url: str
    region: str
    access_key: str = ACCESS_KEY

    def signed_with(self, access_key: str | None) -> "Access":
        """The same for whoever signs with this key."""
        return replace(self, access_key=access_key or ACCESS_KEY)

    def client(self, service: str) -> Any:
        """A boto3 client on the endpoint; made once, because making one takes longer than most calls."""
        key = (service, self.endpoint_url, self.region, self.access_key)
        with _lock:
            if key not in _clients:
                _clients[key] = _make_client(*key)
            return _clients[key]

    def environment(self) -> dict[str, str]:
        """The environment variables that lead AWS tools and job scripts to this stack, whatever else is set."""
        variables = {
            **no_proxy(os.environ),
            **NO_AWS_FILES,
            **SPARK,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key,
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


def _make_client(service: str, endpoint_url: str, region: str, access_key: str) -> Any:
    import boto3
    from botocore.config import Config

    # Not the default session: another thread may still be setting it up.
    session = boto3.session.Session(
        aws_access_key_id=access_key,
        aws_secret_access_key=SECRET_KEY,
        botocore_session=_session_without_settings(),
    )
    config = Config(
        retries={"max_attempts": 2}, s3={"addressing_style": "path"}, max_pool_connections=32,
        connect_timeout=5, read_timeout=120, proxies={},
    )  # fmt: skip
    return session.client(service, region_name=region, endpoint_url=endpoint_url, config=config)


def _session_without_settings() -> Any:
    """A botocore session that reads neither AWS_… variables nor files: a profile may be missing, a file be broken."""
    import botocore.session
    from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, ConfigValueStore, ConstantProvider

    # Of each variable: its names in files and in the environment, its default, a conversion.
    values = {name: default for name, (_, _, default, _) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()}
    values |= {"config_file": os.devnull, "credentials_file": os.devnull}
    session = botocore.session.Session()
    constants = {name: ConstantProvider(value) for name, value in values.items()}
    session.register_component("config_store", ConfigValueStore(mapping=constants))
    return session
