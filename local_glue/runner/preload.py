"""What a process that waits for runs has ready, and how it makes a process of its own for each of them."""

import functools
import gc
import importlib
import os
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress

PRELOADED = (
    *("boto3", "botocore.client", "botocore.endpoint", "pandas", "pyspark.sql", "psycopg", "sqlglot"),
    *("awsglue.dynamicframe", "awsglue.job", "awsglue.sinks", "awsglue.sources", "awsglue.utils"),
)
"""What takes long to import and most jobs import. None of it reads the environment while it is imported."""

SERVICES = ("s3", "dynamodb", "glue", "secretsmanager", "cloudwatch")
"""Those whose descriptions, which are long JSON files, most jobs make boto3 read."""


def load() -> None:
    """Imports `PRELOADED`, as far as it is installed, and reads what boto3 knows of `SERVICES`."""
    for name in PRELOADED:
        with suppress(ImportError):
            importlib.import_module(name)
    with suppress(ImportError):
        _read_services()


def _read_services() -> None:
    """Reads the descriptions of services once for all sessions of boto3; one with a data_path reads its own."""
    from botocore import loaders, session

    session.create_loader = functools.cache(loaders.create_loader)
    loader = session.create_loader(None)
    for name in ("endpoints", "partitions", "sdk-default-configuration", "_retry"):
        loader.load_data(name)
    for service in SERVICES:
        for kind in ("service-2", "endpoint-rule-set-1"):
            loader.load_service_model(service, kind)


def fork_on_request() -> None:
    """Returns in a new process for each request on standard input, a socket, with the pipes that came with it."""
    gc.collect()
    gc.freeze()  # what is here is neither looked through by each process nor taken to pieces when it ends
    requests = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks what became of those that watch
    pipes: list[int] = []
    while True:
        pipes = socket.recv_fds(requests, 1, 4)[1]
        if not pipes:  # the endpoint has ended, or needs no processes any more
            os._exit(0)
        if not os.fork():
            break
        for pipe in pipes:
            os.close(pipe)
    requests.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, report = pipes
    if child := os.fork():
        _watch(child, report, streams)
    os.setsid()
    os.write(report, b"%d\n" % os.getpid())
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for pipe in pipes:
        os.close(pipe)


def _watch(child: int, report: int, streams: Sequence[int]) -> None:
    """Waits for the child's end, reports its exit code, and ends."""
    for number in (*streams, *range(3)):
        os.close(number)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with suppress(OSError):
        os.write(report, b"%d\n" % code)
    os._exit(0)
