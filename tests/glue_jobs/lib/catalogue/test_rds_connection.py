"""How RDS is reached: credentials from Glue or from the secret, TLS with a verified certificate."""

import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from glue_jobs.lib.catalogue import rds_connection
from glue_jobs.lib.catalogue.rds_connection import Place
from glue_jobs.lib.run.errors import MissingResourceError
from local_glue.config import Database
from local_glue.postgres import cluster

RDS = Database("rds", "postgresql", "music", "loader")
HERE = "127.0.0.1"
SSL_REQUEST = bytes.fromhex("04d2162f")


def certificate(address):
    """A self-signed certificate for an IP address, and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test's authority")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return made.public_bytes(serialization.Encoding.PEM), key.private_bytes(*plain)


class TlsFront:
    """A server with TLS before the real one, whose build has none: answers PostgreSQL's SSLRequest, then passes on.

    Attributes:
        port: Where it listens.
        authority: The certificate, which signed itself.
    """

    def __init__(self, server, folder, address):
        pem, key = certificate(address)
        (folder / "both.pem").write_bytes(pem + key)
        self.authority = pem.decode()
        self.server = server
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "both.pem")
        self.listener = socket.create_server((HERE, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with suppress(OSError):
            while True:
                threading.Thread(target=self._pass_on, args=(self.listener.accept()[0],), daemon=True).start()

    def _pass_on(self, plain):
        with suppress(OSError), plain:
            assert plain.recv(8)[4:] == SSL_REQUEST
            plain.sendall(b"S")
            with (
                self.context.wrap_socket(plain, server_side=True) as inside,
                socket.create_connection((HERE, self.server.port)) as outside,
            ):
                threading.Thread(target=self._copy, args=(outside, inside), daemon=True).start()
                self._copy(inside, outside)

    @staticmethod
    def _copy(source, target):
        with suppress(OSError):
            while block := source.recv(65536):
                target.sendall(block)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    server = cluster.start(tmp_path_factory.mktemp("tls"), [RDS])
    yield server
    cluster.stop(server.as_dict())


@pytest.fixture
def place(server, monkeypatch):
    """The server; its certificate's authority is on S3, as CUSTOM_JDBC_CERT says."""
    url = cluster.jdbc_url(RDS, server)
    authorities = {}

    def make(authority=None, **changes):
        authorities["pem"] = authority
        given = {"connection": "music-rds", "url": url, "user": "loader", "password": server.passwords["loader"]}
        return Place(**{**given, "authority": authority and f"s3://lake/{abs(hash(authority))}.pem", **changes})

    class S3:
        def get_object(self, Bucket, Key):
            return {"Body": SimpleNamespace(read=lambda: authorities["pem"].encode())}

    monkeypatch.setattr(rds_connection.aws, "client", lambda service: S3())
    return make


@pytest.fixture
def front(server, tmp_path):
    """Starts a server with TLS whose certificate is for an address."""
    started = []

    def start(address):
        started.append(TlsFront(server, tmp_path, address))
        return started[-1]

    yield start
    for front in started:
        front.listener.close()


def ask(connection):
    rows = connection.run("SELECT current_user")
    connection.close()
    return rows


@pytest.mark.stack
def describe_tls():
    def it_is_not_used_where_the_server_has_none(place):
        assert ask(rds_connection.connect(place(), "test")) == [["loader"]]

    def it_is_used_where_the_certificate_is_that_of_the_host(place, front):
        server = front(HERE)
        there = place(server.authority, url=f"jdbc:postgresql://{HERE}:{server.port}/music")
        assert ask(rds_connection.connect(there, "test")) == [["loader"]]

    def it_refuses_a_certificate_of_an_unknown_authority(place, front):
        there = place(url=f"jdbc:postgresql://{HERE}:{front(HERE).port}/music")
        with pytest.raises(MissingResourceError, match=r"cannot be trusted .*CUSTOM_JDBC_CERT"):
            rds_connection.connect(there, "test")

    def it_refuses_a_certificate_of_another_host(place, front):
        server = front("10.1.2.3")
        there = place(server.authority, url=f"jdbc:postgresql://{HERE}:{server.port}/music")
        with pytest.raises(MissingResourceError, match="cannot be trusted"):
            rds_connection.connect(there, "test")

    def it_is_a_must_on_rds(place, server, monkeypatch):
        there = place(url=f"jdbc:postgresql://x.eu-west-1.rds.amazonaws.com:{server.port}/music")
        connect = rds_connection.socket.create_connection
        monkeypatch.setattr(
            rds_connection.socket, "create_connection", lambda address, wait: connect((HERE, address[1]), wait)
        )
        with pytest.raises(MissingResourceError, match="refuses SSL"):
            rds_connection.connect(there, "test")


def it_trusts_the_authorities_of_rds():
    names = {
        dict(part[0] for part in ca["subject"]).get("commonName") for ca in rds_connection._context(None).get_ca_certs()
    }
    assert {"Amazon RDS us-east-1 Root CA RSA2048 G1", "Amazon RDS eu-west-1 Root CA ECC384 G1"} <= names


def it_does_not_show_the_password():
    assert "hush" not in repr(Place("c", "jdbc:postgresql://h/d", "loader", "hush"))


def run_that_gives(**conf):
    return SimpleNamespace(glue_context=SimpleNamespace(extract_jdbc_conf=lambda name: conf))


@pytest.mark.stack
def describe_find():
    def it_takes_what_glue_gives(stack):
        place = rds_connection.find(
            run_that_gives(fullUrl="jdbc:postgresql://h:1/d", user="u", password="p"), "music-rds"
        )
        assert (place.url, place.user, place.password) == ("jdbc:postgresql://h:1/d", "u", "p")

    def it_reads_the_secret_where_glue_gives_no_credentials(stack):
        place = rds_connection.find(run_that_gives(url="jdbc:postgresql://h:1/d"), "music-rds")
        assert (place.user, place.password) == ("loader", stack.postgres.passwords["loader"])

    def it_says_what_is_missing(stack):
        stack.client("secretsmanager").delete_secret(SecretId="music/rds", ForceDeleteWithoutRecovery=True)
        with pytest.raises(MissingResourceError, match=r"'music-rds' cannot be used: .*create it with its secret"):
            rds_connection.find(run_that_gives(url="jdbc:postgresql://h:1/d"), "music-rds")
