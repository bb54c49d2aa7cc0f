"""Stands before moto: what a job run signs with the key of its role's session is judged before it is answered."""

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from local_glue.endpoint.iam import s3_needs
from local_glue.endpoint.iam.judge import DeniedError, Judge
from local_glue.endpoint.iam.needs import needs
from local_glue.endpoint.iam.policy import Need
from local_glue.endpoint.iam.s3_needs import S3Call, UnknownCallError

PERMISSIONS = "/local-glue/permissions"
"""Path that judges needs without a call: what Glue and Redshift do by themselves has no API that could be called."""

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
_CODES = {"s3": "AccessDenied", "monitoring": "AccessDenied", "sns": "AuthorizationError"}


class Guard:
    """An application before the application of moto."""

    def __init__(self, judge: Judge, moto: Application) -> None:
        self.judge, self.moto = judge, moto

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answers AccessDenied, or as moto does."""
        access_key, service = _signed_with(environ)
        role = self.judge.role_of(access_key)
        if environ.get("PATH_INFO") == PERMISSIONS:
            return self._permissions(role, environ, start_response)
        if role is None:
            return self.moto(environ, start_response)
        try:
            if service == "s3":
                return self._s3(role, environ, start_response)
            operation, params = _named_call(environ)
            self.judge.check(role, needs(service, operation, params, self.judge.resources))
        except (DeniedError, UnknownCallError) as error:
            return _denied(error, service, environ, start_response)
        return self.moto(environ, start_response)

    def _s3(self, role: str, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"}
        call = S3Call.parse(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), headers)
        if call.deletes_many:
            return self._delete_many(role, call, environ, start_response)
        self.judge.check(role, self._s3_needs(call))
        return self.moto(environ, start_response)

    def _s3_needs(self, call: S3Call) -> Iterator[Need]:
        resources = self.judge.resources
        for need in s3_needs.needs(call):
            yield need
            bucket, _, key = need.resource.removeprefix("arn:aws:s3:::").partition("/")
            if need.action not in ("s3:GetObject", "s3:GetObjectVersion"):
                continue
            if not resources.has_object(bucket, key):
                # S3 says that something is not there only to who may list it.
                yield s3_needs.listing(bucket)
            is_copied = need.resource != s3_needs.arn(call.bucket, call.key)
            if is_copied and resources.object_has_tags(bucket, key):
                yield Need(f"{need.action}Tagging", need.resource)
                yield Need("s3:PutObjectTagging", s3_needs.arn(call.bucket, call.key))

    def _delete_many(
        self, role: str, call: S3Call, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Deletes what the role may delete, and answers an error for each other key."""
        body, errors, kept = _body(environ), "", ""
        for key, version, need in s3_needs.deletions(call, body):
            names = f"<Key>{escape(key)}</Key>" + (f"<VersionId>{escape(version)}</VersionId>" if version else "")
            try:
                self.judge.check(role, [need])
                kept += f"<Object>{names}</Object>"
            except DeniedError as error:
                errors += f"<Error>{names}<Code>AccessDenied</Code><Message>{escape(str(error))}</Message></Error>"
        if not errors:
            return self.moto(environ, start_response)
        answer = "<DeleteResult></DeleteResult>"
        if kept:
            quiet = "<Quiet>true</Quiet>" if b"<Quiet>true</Quiet>" in body else ""
            _give_body(environ, f"<Delete>{kept}{quiet}</Delete>".encode())
            answer = b"".join(self.moto(environ, lambda *_: None)).decode()
            answer = re.sub(r"<DeleteResult([^>]*)/>", r"<DeleteResult\1></DeleteResult>", answer)
        return _answer(start_response, 200, answer.replace("</DeleteResult>", f"{errors}</DeleteResult>"), "text/xml")

    def _permissions(self, role: str | None, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = json.loads(_body(environ))
        try:
            if role and asked.get("role"):  # Redshift takes the role on that a COPY names
                role = self.judge.role_of(self.judge.session_key(asked["role"], "redshift") or "")
            if role:
                self.judge.check(role, [Need(**need) for need in asked["needs"]])
        except DeniedError as error:
            return _answer(start_response, 403, json.dumps({"message": str(error)}), "application/json")
        return _answer(start_response, 200, "{}", "application/json")


def _signed_with(environ: Environ) -> tuple[str, str]:
    """The access key and the service of a signature, in the header or in the query."""
    header = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0]
    query = parse_qs(environ.get("QUERY_STRING", "")).get("X-Amz-Credential", [""])[0]
    parts = (header or query).split("/")
    return (parts[0], parts[3]) if len(parts) > 3 else (parts[0], "")


def _named_call(environ: Environ) -> tuple[str, Mapping[str, Any]]:
    body = _body(environ)
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return target.rpartition(".")[2], json.loads(body or b"{}")
    params = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    if "Action" not in params:
        raise UnknownCallError(f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO')}")
    return params["Action"], params


def _body(environ: Environ) -> bytes:
    """The body, which stays there to be read again."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ.get("HTTP_CONTENT_ENCODING") == "gzip":
        import gzip

        _give_body(environ, body)
        return gzip.decompress(body)
    _give_body(environ, body)
    return body


def _give_body(environ: Environ, body: bytes) -> None:
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))


def _denied(error: Exception, service: str, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    text = str(error)
    if isinstance(error, UnknownCallError):
        text = f"local_glue does not know what IAM asks for {error}, so a job's role may not call it"
    code = _CODES.get(service, "AccessDeniedException")
    if environ["REQUEST_METHOD"] == "HEAD":
        return _answer(start_response, 403, "", "application/xml")
    if environ.get("HTTP_X_AMZ_TARGET"):
        body = json.dumps({"__type": code, "message": text, "Message": text})
        return _answer(start_response, 400, body, "application/x-amz-json-1.1")
    inner = f"<Code>{code}</Code><Message>{escape(text)}</Message>"
    if service != "s3":
        inner = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>"
    else:
        inner = f'<?xml version="1.0" encoding="UTF-8"?><Error>{inner}</Error>'
    return _answer(start_response, 403, inner, "application/xml")


def _answer(start_response: Callable[..., Any], status: int, text: str, kind: str) -> list[bytes]:
    body = text.encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    if status != HTTPStatus.OK:
        # A body that was not read would be taken for the next request of the connection.
        headers.append(("Connection", "close"))
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]
