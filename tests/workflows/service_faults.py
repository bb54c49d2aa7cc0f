"""Faults of S3 and DynamoDB, made where the local endpoint answers: for all clients, Python's and Java's."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NoReturn

from botocore.config import Config

from glue_jobs.lib.run import aws
from local_glue.endpoint.http_server import SOCKET
from local_glue.stack import Stack

SERVICE_OF_SIGNATURE = re.compile(r"Credential=[^,]*/(s3|dynamodb)/aws4_request")
KINDS = ("error", "throttle", "missing", "reset", "lost_reply", "late")
"""500; 503 SlowDown or its like of DynamoDB; what was there is not; no answer; done, but no answer; done, and the
answer comes when the job's client has given up waiting."""

HASTE_S, LATE_S = 1.0, 1.3
"""How long a job's client waits in place of its minute, and when late answers come."""

ERRORS = {
    ("s3", "error"): ("500 Internal Server Error", "InternalError", "We encountered an internal error."),
    ("s3", "throttle"): ("503 Slow Down", "SlowDown", "Please reduce your request rate."),
    ("s3", "missing"): ("404 Not Found", "NoSuchKey", "The specified key does not exist."),
    ("dynamodb", "missing"): ("400 Bad Request", "ResourceNotFoundException", "Requested resource not found"),
    ("dynamodb", "error"): ("500 Internal Server Error", "InternalServerError", "The request could not be processed."),
    ("dynamodb", "throttle"): ("400 Bad Request", "ThrottlingException", "Rate exceeded"),
}
Start = Callable[..., Any]


@dataclass
class ServiceFaults:
    """Lets requests to S3 and DynamoDB fail from the `first` on (from 1), `times` of them."""

    kind: str
    first: int
    times: int
    seen: int = 0
    failed: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def around(self, application: Callable[..., Any]) -> Callable[..., Any]:
        """The endpoint's application with these faults."""

        def faulty(environ: dict[str, Any], start_response: Start) -> Any:
            signed = SERVICE_OF_SIGNATURE.search(environ.get("HTTP_AUTHORIZATION", ""))
            if not signed or not self._is_due(f"{signed[1]} {environ['REQUEST_METHOD']} {environ['PATH_INFO']}"):
                return application(environ, start_response)
            if self.kind == "reset":
                _drop(environ)
            if self.kind == "lost_reply":
                list(application(environ, lambda *_: None))
                _drop(environ)
            if self.kind == "late":
                answer = application(environ, start_response)
                time.sleep(LATE_S)
                return answer
            return _refuse(signed[1], self.kind, start_response)

        return faulty

    def _is_due(self, request: str) -> bool:
        with self._lock:
            self.seen += 1
            due = self.seen >= self.first and len(self.failed) < self.times
            if due:
                self.failed.append(request)
            return due


@contextmanager
def failing(stack: Stack, faults: ServiceFaults) -> Iterator[ServiceFaults]:
    """Lets the inline stack's services fail within the block."""
    server, config = stack._endpoint._server, aws.Config
    application, server.wsgi_app = server.wsgi_app, faults.around(server.wsgi_app)
    if faults.kind == "late":
        aws.Config = partial(Config, read_timeout=HASTE_S)
        aws._client.cache_clear()
    try:
        yield faults
    finally:
        server.wsgi_app, aws.Config = application, config
        aws._client.cache_clear()


def _drop(environ: dict[str, Any]) -> NoReturn:
    """Closes the connection; left open, it would be the client's time limit that ends the call."""
    environ[SOCKET].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("a fault of the test")


def _refuse(service: str, kind: str, start_response: Start) -> list[bytes]:
    status, code, message = ERRORS[service, kind]
    if service == "s3":
        body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
        kind_of_body = "application/xml"
    else:
        body = f'{{"__type": "com.amazonaws.dynamodb.v20120810#{code}", "message": "{message}"}}'.encode()
        kind_of_body = "application/x-amz-json-1.0"
    start_response(status, [("Content-Type", kind_of_body), ("Content-Length", str(len(body)))])
    return [body]
