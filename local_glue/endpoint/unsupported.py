"""Answers for calls that moto does not implement: a clear AWS error with HTTP 400, which SDKs do not retry.

Errors inside moto's S3 can come from concurrent requests, so they are answered with HTTP 500, which SDKs retry.
"""

import json
import sys
import traceback
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

CODE = "UnsupportedOperationException"
FAULT = "LocalGlueFault"


def dispatcher_class() -> type:
    """A subclass of moto's dispatcher with these answers in every service."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    class Dispatcher(DomainDispatcherApplication):
        @lru_cache(maxsize=256)  # noqa: B019 (it exists as long as the process)
        def get_backend_for_host(self, host: str | None) -> Any:
            """moto's result, cached because moto lists its folders for every request."""
            return super().get_backend_for_host(host)

        def get_application(self, environ: dict[str, Any]) -> Any:
            try:
                app = super().get_application(environ)
            except Exception:  # moto has no such service
                return _refuse_service(environ)
            if not getattr(app, "answers_unsupported", False):
                _prepare(app)
            return app

    return Dispatcher


def _prepare(app: Any) -> None:
    """Adds these answers to the Flask application of a service."""
    from flask import request
    from werkzeug.exceptions import HTTPException, NotFound

    service = app.service

    def missing(error: NotImplementedError) -> Any:
        operation = operation_name(request.headers.get("X-Amz-Target"), request.values.get("Action"), error)
        return answer(CODE, f"local_glue does not emulate {service}:{operation}.")

    def broken(error: Exception) -> Any:
        if isinstance(error, NotFound) and request.url_rule is None:
            return answer(CODE, f"local_glue does not emulate {service}: {request.method} {request.path}.")
        if isinstance(error, HTTPException):
            return error
        traceback.print_exception(error, file=sys.stderr)
        text = f"{type(error).__name__}: {' '.join(str(error).split())}"
        status = 500 if service == "s3" else 400
        return answer(FAULT, f"The local endpoint could not answer this call ({text}); see server.log.", status)

    def answer(code: str, message: str, status: int = 400) -> Any:
        is_json = bool(request.headers.get("X-Amz-Target")) or "json" in (request.content_type or "")
        body, content_type = error_body(code, message, service, is_json=is_json)
        return body, status, {"Content-Type": content_type, "x-amzn-ErrorType": code}

    app.register_error_handler(NotImplementedError, missing)
    app.register_error_handler(Exception, broken)
    app.answers_unsupported = True


def operation_name(target: str | None, action: str | None, error: BaseException) -> str:
    """The name of the operation from the request, or from moto's message."""
    if target:
        return target.rpartition(".")[2]
    words = str(error).split()
    return action or (words[1] if len(words) > 1 and words[0] == "The" else str(error) or "this operation")


def error_body(code: str, message: str, service: str, *, is_json: bool) -> tuple[str, str]:
    """The error in the service's protocol, and its content type."""
    if is_json or service not in ("s3", "sns", "sqs", "iam", "sts", "cloudwatch", "ec2", "rds", "redshift"):
        return json.dumps({"__type": code, "message": message, "Message": message}), "application/x-amz-json-1.1"
    inner = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        return f'<?xml version="1.0" encoding="UTF-8"?><Error>{inner}</Error>', "application/xml"
    if service == "ec2":
        return f"<Response><Errors><Error>{inner}</Error></Errors></Response>", "text/xml"
    return f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>", "text/xml"


def _refuse_service(environ: dict[str, Any]) -> Callable[..., list[bytes]]:
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0].split("/")
    service = scope[3] if len(scope) > 3 else environ.get("HTTP_X_AMZ_TARGET", "this service").partition(".")[0]
    body, kind = error_body(CODE, f"local_glue does not emulate the service {service}.", service, is_json=True)

    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("x-amzn-ErrorType", CODE)]

    def application(_: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("400 Bad Request", headers)
        return [body.encode()]

    return application
