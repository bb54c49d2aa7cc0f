"""How RDS is reached: the connection's address and credentials, and TLS that verifies who answers."""

import json
import re
import socket
import ssl
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

import pg8000.native
from botocore.exceptions import ClientError

from glue_jobs.lib.run import aws, logs
from glue_jobs.lib.run.errors import ConfigError, MissingResourceError, reason
from glue_jobs.lib.run.session import GlueRun

CONNECT_SECONDS = 15
WRONG_USER = ("28P01", "28000")
NO_DATABASE = "3D000"
LOOPBACK = "127.0.0.1"
AWS_HOST = re.compile(r"\.rds\.amazonaws\.com(\.cn)?$")
AUTHORITIES = "rds_ca.pem"
"""The roots of RDS in all regions: https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem."""


@dataclass(frozen=True)
class Place:
    """A database and who logs in; the password is not shown."""

    connection: str
    url: str
    user: str
    password: str = field(repr=False)
    authority: str | None = None
    """S3 location of another root certificate (PEM): the connection's CUSTOM_JDBC_CERT."""

    @property
    def address(self) -> tuple[str, int, str]:
        """Host, port and database."""
        found = re.match(r"jdbc:postgresql://([^:/?]+)(?::(\d+))?/([^?;]+)", self.url)
        if not found:
            raise ConfigError(
                f"Glue connection '{self.connection}' leads to '{self.url}'; it takes "
                "jdbc:postgresql://host:port/database"
            )
        return found.group(1), int(found.group(2) or 5432), found.group(3)

    def __str__(self) -> str:
        host, port, database = self.address
        return f"database '{database}' at {host}:{port} (connection '{self.connection}')"


def find(run: GlueRun, connection: str) -> Place:
    """The database of a Glue connection.

    What Glue's `extract_jdbc_conf` gives for a connection whose credentials are in a secret is not documented; without
    a user or a password the secret is read here.

    Raises:
        MissingResourceError: The connection or its secret is not there.
    """
    try:
        conf = dict(run.glue_context.extract_jdbc_conf(connection))
        properties = aws.client("glue").get_connection(Name=connection)["Connection"]["ConnectionProperties"]
        user, password = conf.get("user"), conf.get("password")
        if not (user and password):
            user, password = _from_secret(properties["SECRET_ID"])
        url = conf.get("fullUrl") or conf.get("url") or properties["JDBC_CONNECTION_URL"]
        return Place(connection, url, user, password, properties.get("CUSTOM_JDBC_CERT"))
    except Exception as cause:
        raise MissingResourceError(
            f"Glue connection '{connection}' cannot be used: {_why(cause)}; create it with its secret, "
            "or correct --rds_connection"
        ) from cause


def connect(place: Place, application: str) -> pg8000.native.Connection:
    """A connection to the place: with TLS if the server has it, as every one of RDS does.

    Raises:
        MissingResourceError: It does not answer, is not the one whose name the address has, or refuses the user.
    """
    host, _, _ = place.address
    try:
        return _open(place, application, _context(place.authority))
    except pg8000.exceptions.InterfaceError as cause:
        if "refuses SSL" not in str(cause) or AWS_HOST.search(host):
            raise MissingResourceError(f"{place} does not answer: {reason(cause)}; correct the connection") from cause
        tell = logs.info if host == LOOPBACK else logs.warning
        tell("connection is not encrypted, for the server has no TLS", host=host)
        return _open(place, application, False)


def _open(place: Place, application: str, tls: ssl.SSLContext | bool) -> pg8000.native.Connection:
    host, port, database = place.address
    try:
        # The driver's own timeout would also end statements that take longer.
        sock = socket.create_connection((host, port), CONNECT_SECONDS)
        sock.settimeout(None)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return pg8000.native.Connection(
            place.user, host=host, port=port, database=database, password=place.password, sock=sock, ssl_context=tls,
            application_name=application,
        )  # fmt: skip
    except ssl.SSLError as cause:
        raise MissingResourceError(
            f"{place} has a certificate that cannot be trusted ({cause}); correct the host's name, or name the "
            "certificate of its authority in the connection's CUSTOM_JDBC_CERT"
        ) from cause
    except pg8000.exceptions.DatabaseError as cause:
        raise MissingResourceError(_refusal(place, cause)) from cause
    except OSError as cause:
        raise MissingResourceError(f"{place} does not answer; start it, or correct the connection's URL") from cause


def _refusal(place: Place, cause: pg8000.exceptions.DatabaseError) -> str:
    code = cause.args[0].get("C") if cause.args and isinstance(cause.args[0], dict) else None
    if code in WRONG_USER:
        return f"{place} refuses user '{place.user}'; correct its secret"
    if code == NO_DATABASE:
        return f"{place} does not exist; create it, or correct the URL of the connection"
    return f"{place} refuses the connection: {driver_reason(cause)}"


@lru_cache(maxsize=4)
def _context(authority: str | None) -> ssl.SSLContext:
    """TLS that trusts the machine's authorities, those of RDS, and the one at an s3:// address; it checks names too."""
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=files(__package__).joinpath(AUTHORITIES).read_text(encoding="ascii"))
    if authority:
        bucket, key = aws.split_uri(authority)
        pem = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode("ascii")
        context.load_verify_locations(cadata=pem)
    return context


def _from_secret(secret: str) -> tuple[str, str]:
    content = json.loads(aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])
    return content["username"], content["password"]


def _why(cause: Exception) -> str:
    if isinstance(cause, KeyError):
        return f"it or its secret has no {cause}"
    return str(cause) if isinstance(cause, ClientError) else reason(cause)


def driver_reason(cause: BaseException) -> str:
    """PostgreSQL's message, which pg8000 gives in a dictionary, or the reason of another error."""
    if cause.args and isinstance(cause.args[0], dict):
        return str(cause.args[0].get("M", cause.args[0]))
    return reason(cause)
