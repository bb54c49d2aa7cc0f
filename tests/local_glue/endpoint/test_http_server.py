import http.client
import threading

import pytest
from cheroot.server import HTTPRequest

from local_glue.endpoint.http_server import PIECE, HttpServer


def answer(environ, start_response):
    """Tells what was asked for, as often as the query says, and leaves the body unread."""
    told = f"{environ['REQUEST_METHOD']} {environ['RAW_URI']}".encode() * int(environ["QUERY_STRING"] or 1)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(told)))])
    return [told]


@pytest.fixture
def server():
    server = HttpServer("127.0.0.1", 0, answer)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.stop()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def connection(server):
    made = http.client.HTTPConnection("127.0.0.1", server.bind_addr[1], timeout=10)
    yield made
    made.close()


def describe_http_server():
    def it_answers_many_requests_over_one_connection(connection):
        connection.connect()
        kept = connection.sock
        for path in ("/bucket/a%2Fb", "/bucket/c?2"):
            connection.request("GET", path)
            assert connection.getresponse().read() == f"GET {path}".encode() * int(path.partition("?")[2] or 1)
            assert connection.sock is kept

    def it_writes_large_bodies_in_pieces(connection, monkeypatch):
        written, write = [], HTTPRequest.write
        monkeypatch.setattr(
            HTTPRequest, "write", lambda request, piece: (written.append(len(piece)), write(request, piece))
        )
        connection.request("GET", "/bucket/d?100000")
        assert connection.getresponse().read() == b"GET /bucket/d?100000" * 100_000
        assert sum(written) == 2_000_000
        assert max(written) == PIECE

    def it_does_not_take_an_unread_body_for_the_next_request(connection):
        for _ in range(2):
            connection.request("PUT", "/bucket/key", body=b"GET /stolen HTTP/1.1\r\nHost: a\r\n\r\n")
            assert connection.getresponse().read() == b"PUT /bucket/key"

    def it_comes_back_on_its_port_at_once(server, connection):
        connection.request("GET", "/")
        connection.getresponse().read()
        server.stop()
        again = HttpServer("127.0.0.1", server.bind_addr[1], answer)
        assert again.bind_addr == server.bind_addr
        again.stop()
