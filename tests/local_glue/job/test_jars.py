"""Jars are fetched by Python: each with its hash, over the proxy and the certificates that pip uses."""

import datetime
import http.server
import ipaddress
import os
import ssl
import threading
from contextlib import contextmanager
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local_glue.errors import LocalGlueError
from local_glue.job.jar_lock import not_shipped
from local_glue.job.jars import MIRROR, Jar, fetch_jars, locked, opener

CONTENT = b"PK what a jar has"
JAR = Jar("org.example", "thing", "1.0", sha256(CONTENT).hexdigest())
PATH = "/maven/org/example/thing/1.0/thing-1.0.jar"


@contextmanager
def _server(answers, certificate=None):
    """An HTTP server: status and content by path; yields its address and the paths that were asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, content = answers.pop(0) if isinstance(answers, list) else answers.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def company(tmp_path):
    """A certificate for 127.0.0.1 that only its own file vouches for, with its key."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.OID_COMMON_NAME, "company")]),
    )
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(1)
        )
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "company.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    """The network of this machine stays outside."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "PIP_PROXY", "PIP_CERT", MIRROR):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def describe_the_lock():
    @pytest.mark.parametrize("spark", ["3.5.6", "4.1.1"])
    def it_names_the_jars_of_each_spark_with_their_hashes(spark):
        jars = locked(spark)
        assert {"hadoop-aws", "postgresql"} <= {jar.artifact for jar in jars}
        assert all(len(jar.digest) == 64 for jar in jars)

    def it_leaves_out_what_spark_ships_in_whatever_version():
        jars = ["org.a_codec-1.15.jar", "org.b_codec-extra-1.15.jar", "org.c_zstd-jni-1.5.2.jar"]
        assert not_shipped(jars, ["codec-1.16.1.jar", "zstd-jni-1.4.jar"]) == ["org.b_codec-extra-1.15.jar"]


def describe_the_download():
    def it_comes_from_the_mirror_once(tmp_path, monkeypatch):
        with _server({PATH: (200, CONTENT)}) as (address, asked):
            monkeypatch.setenv(MIRROR, f"{address}/maven/")
            for _ in range(2):
                assert fetch_jars([JAR], tmp_path / "jars") == [tmp_path / "jars/thing-1.0.jar"]
        assert asked == [PATH]
        assert [path.read_bytes() for path in (tmp_path / "jars").iterdir()] == [CONTENT]

    def it_is_tried_again_when_the_server_stumbles(tmp_path, monkeypatch):
        with _server([(503, b""), (200, CONTENT)]) as (address, asked):
            monkeypatch.setenv(MIRROR, f"{address}/maven")
            fetch_jars([JAR], tmp_path)
        assert len(asked) == 2

    def it_refuses_another_file_and_keeps_nothing(tmp_path, monkeypatch):
        with _server({PATH: (200, b"<html>Please log in</html>")}) as (address, _):
            monkeypatch.setenv(MIRROR, f"{address}/maven")
            with pytest.raises(LocalGlueError, match=r"thing-1.0.jar is not the file that jars.toml names.* mirror"):
                fetch_jars([JAR], tmp_path)
        assert list(tmp_path.iterdir()) == []

    def it_says_what_is_not_there_and_what_may_help(tmp_path, monkeypatch):
        with _server({}) as (address, asked):
            monkeypatch.setenv(MIRROR, f"{address}/maven")
            with pytest.raises(
                LocalGlueError, match=r"thing-1.0.jar could not be fetched: .*404.*HTTPS_PROXY.*PIP_CERT"
            ):
                fetch_jars([JAR], tmp_path)
        assert len(asked) == 1

    @pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "PIP_PROXY"])
    def it_goes_through_the_proxy(tmp_path, monkeypatch, variable):
        with _server({f"http://repository.invalid{PATH}": (200, CONTENT)}) as (proxy, asked):
            monkeypatch.setenv(variable, proxy)
            monkeypatch.setenv(MIRROR, "http://repository.invalid/maven")
            fetch_jars([JAR], tmp_path)
        assert asked == [f"http://repository.invalid{PATH}"]


def describe_certificates():
    @pytest.mark.parametrize("variable", ["PIP_CERT", "REQUESTS_CA_BUNDLE"])
    def it_trusts_those_that_pip_trusts(tmp_path, monkeypatch, company, variable):
        with _server({PATH: (200, CONTENT)}, company) as (address, _):
            monkeypatch.setenv(MIRROR, f"{address}/maven")
            monkeypatch.setenv(variable, str(company))
            fetch_jars([JAR], tmp_path / "jars")
        assert (tmp_path / "jars/thing-1.0.jar").read_bytes() == CONTENT

    def it_trusts_no_others_and_says_so(tmp_path, monkeypatch, company):
        with _server({PATH: (200, CONTENT)}, company) as (address, _):
            monkeypatch.setenv(MIRROR, f"{address}/maven")
            with pytest.raises(LocalGlueError, match=r"could not be fetched: .*CERTIFICATE.*set PIP_CERT"):
                fetch_jars([JAR], tmp_path)

    def it_takes_a_folder_of_certificates(tmp_path):
        assert opener({"cert": str(tmp_path)}, {})
