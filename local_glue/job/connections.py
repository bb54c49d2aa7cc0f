"""Glue connections: the address of a database and, from Secrets Manager, its credentials."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from botocore.exceptions import ClientError

from local_glue.job.clients import client
from local_glue.job.options import flag

_URL = re.compile(r"jdbc:(redshift|postgresql)://([^:/]+)(?::(\d+))?/?([^?;]*)", re.IGNORECASE)
_PORTS = {"redshift": 5439, "postgresql": 5432}


class ConnectionFailedError(Exception):
    """A database does not answer or refuses the credentials."""


@dataclass(frozen=True)
class Jdbc:
    """A database and the user that logs in."""

    vendor: str
    host: str
    port: int
    database: str
    user: str
    password: str
    name: str

    @property
    def postgres_url(self) -> str:
        """The address for Spark; PostgreSQL stands in for Redshift, too."""
        return f"jdbc:postgresql://{self.host}:{self.port}/{self.database}"

    def connect(self, autocommit: bool = False) -> psycopg.Connection:
        """Opens a session in UTC.

        Raises:
            ConnectionFailedError: the database does not answer or refuses the credentials.
        """
        try:
            return psycopg.connect(
                host=self.host,
                port=self.port,
                dbname=self.database,
                user=self.user,
                password=self.password,
                autocommit=autocommit,
                connect_timeout=10,
                options="-c TimeZone=UTC",
                application_name="local_glue",
            )
        except psycopg.OperationalError as error:
            raise ConnectionFailedError(self._explain(str(error))) from None

    def _explain(self, text: str) -> str:
        place = f"database '{self.database}' at {self.host}:{self.port} ({self.name})"
        if "password authentication failed" in text or "no password" in text or "role " in text:
            return f"{place} refuses user '{self.user}' with this password: correct username and password in the secret"
        if "does not exist" in text:
            return f"{place} does not exist: create it or correct the URL of the connection"
        return f"{place} does not answer: start it or correct the URL of the connection"


def from_options(vendor: str, options: Mapping[str, Any]) -> Jdbc:
    """The database in connection options, given as a Glue connection or as url, user and password.

    Raises:
        ConnectionFailedError: a connection, secret or option is missing.
    """
    if flag(options.get("useConnectionProperties", False)):
        if not options.get("connectionName"):
            raise ConnectionFailedError(
                "useConnectionProperties is set but connectionName is missing: name a Glue connection"
            )
        return from_connection(options["connectionName"], vendor)
    missing = [name for name in ("url", "user", "password") if not options.get(name)]
    if missing:
        raise ConnectionFailedError(
            f"{vendor} needs {', '.join(missing)} in connection_options, or useConnectionProperties with connectionName"
        )
    return _jdbc(options["url"], options["user"], options["password"], f"url {options['url']}", vendor)


def from_connection(name: str, vendor: str | None = None, database: str | None = None) -> Jdbc:
    """The database of a Glue connection, with the credentials in its secret.

    Raises:
        ConnectionFailedError: the connection or secret does not exist or is incomplete.
    """
    properties = _properties(name)
    place = f"Glue connection '{name}'"
    url = properties.get("JDBC_CONNECTION_URL")
    if not url:
        raise ConnectionFailedError(f"{place} has no JDBC_CONNECTION_URL: add it to its connection properties")
    if properties.get("SECRET_ID"):
        user, password = _credentials(properties["SECRET_ID"], place)
    else:
        user, password = properties.get("USERNAME"), properties.get("PASSWORD")
    if not user or not password:
        raise ConnectionFailedError(f"{place} has neither SECRET_ID nor USERNAME and PASSWORD: add the secret's name")
    return _jdbc(url, user, password, place, vendor, database)


def _properties(name: str) -> dict[str, str]:
    try:
        return client("glue").get_connection(Name=name)["Connection"].get("ConnectionProperties", {})
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            raise ConnectionFailedError(
                f"Glue connection '{name}' does not exist: create it or correct connectionName"
            ) from None
        raise


def _credentials(secret: str, place: str) -> tuple[str, str]:
    try:
        content = json.loads(client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ResourceNotFoundException", "InvalidRequestException"):
            raise ConnectionFailedError(
                f"secret '{secret}' of {place} does not exist: create it in Secrets Manager"
            ) from None
        raise
    except (KeyError, ValueError):
        content = {}
    if not isinstance(content, dict) or not content.get("username") or not content.get("password"):
        raise ConnectionFailedError(f"secret '{secret}' of {place} must be JSON with username and password: correct it")
    return content["username"], content["password"]


def _jdbc(url: str, user: str, password: str, name: str, vendor: str | None, database: str | None = None) -> Jdbc:
    found = _URL.match(url)
    if not found:
        raise ConnectionFailedError(
            f"{name} has the URL '{url}', which is no jdbc:redshift:// or jdbc:postgresql:// address"
        )
    actual, host, port, path = found.groups()
    if vendor and actual.lower() != vendor:
        raise ConnectionFailedError(f"{name} leads to {actual}, but connection_type is '{vendor}': use that of the URL")
    return Jdbc(actual.lower(), host, int(port or _PORTS[actual.lower()]), database or path, user, password, name)
