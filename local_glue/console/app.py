"""The console's Flask application."""

from dataclasses import dataclass

from flask import Flask, current_app, render_template
from werkzeug.exceptions import HTTPException

from local_glue.access import Access
from local_glue.console import guard, words
from local_glue.console.here import KEY
from local_glue.errors import LocalGlueError

NOT_FOUND = ("EntityNotFoundException", "NoSuchKey", "NoSuchBucket", "404")


@dataclass(frozen=True)
class Answer:
    """What an error page says."""

    status: int
    title: str
    text: str


def make_app(access: Access) -> Flask:
    """The application of the stack that `access` leads to."""
    from local_glue.console.pages import bookmarks, files, jobs, tables, workflows

    app = Flask("local_glue.console", static_url_path="/static")
    app.extensions[KEY] = access
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    guard.install(app)
    words.install(app)
    for module in (workflows, jobs, bookmarks, files, tables):
        app.register_blueprint(module.pages)
    app.register_error_handler(Exception, _error_page)
    app.context_processor(lambda: {"region": access.region, "home": access.home.path})
    return app


def _error_page(error: Exception) -> tuple[str, int]:
    answer = _answer(error)
    if answer.status == 500:
        current_app.logger.error("a page of the console failed", exc_info=error)
    return render_template("error.html", answer=answer), answer.status


def _answer(error: Exception) -> Answer:
    if isinstance(error, HTTPException):
        return Answer(error.code or 500, error.name, error.description or "")
    if isinstance(error, LocalGlueError):
        return Answer(400, "That did not work", str(error))
    details = getattr(error, "response", None)
    if isinstance(details, dict) and "Error" in details:  # botocore's ClientError
        code, message = details["Error"].get("Code", ""), details["Error"].get("Message", "")
        return Answer(404 if code in NOT_FOUND else 400, code, message)
    return Answer(500, type(error).__name__, " ".join(str(error).split()) or "The endpoint's server.log says more.")
