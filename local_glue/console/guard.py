"""Keeps other web sites out of the console: whom it answers, whose forms it takes, what its pages may load."""

import re
import secrets

from flask import Flask, Response, abort, request

HERE = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)
"""Hosts that lead to this machine. A site whose name an attacker lets point here has another one (DNS rebinding)."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect", "frame")),
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
FRAMED_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"
)
"""For a page out of a bucket, which anything may have written: it runs nothing, loads nothing and has no origin."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # With no-referrer a browser would send no origin with our own forms either.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def install(app: Flask) -> None:
    """Checks every request, and gives every answer its headers; forms get the token by the name `token`."""
    token = secrets.token_urlsafe(32)

    @app.before_request
    def check() -> None:
        if not HERE.fullmatch(request.host) or not HERE.fullmatch(request.headers.get("Host", "")):
            abort(403, "This console answers only as localhost, 127.0.0.1 or [::1].")
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            abort(403, "This form was sent by another site.")
        if not secrets.compare_digest(request.form.get("token", "").encode(), token.encode()):
            abort(403, "This form is of a server that has ended, or of another site: load the page again.")

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if response.status_code >= 400:
            # A body that was not read would be taken for the next request of the connection.
            response.headers["Connection"] = "close"
        return response

    app.jinja_env.globals["token"] = token
