"""A stack of the small project, and a client of its console."""

import html
import re
from http.client import HTTPConnection
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

import pytest
from endpoint_support import make_project, wait_for

from local_glue.console import PREFIX
from local_glue.stack import Stack

SLOW = """
import sys, time
print("begun <b>bold</b>", flush=True)
while True:
    time.sleep(0.1)
"""


class Visitor:
    """Opens pages and sends forms, as a browser does."""

    def __init__(self, stack):
        self.stack, self.glue, self.s3 = stack, stack.client("glue"), stack.client("s3")
        self.address = urlsplit(stack.endpoint_url).netloc

    def ask(self, method, path, fields=None, headers=None, **query):
        """Status, headers and text of an answer."""
        connection = HTTPConnection(self.address, timeout=60)
        target = f"{PREFIX}{path}" + (f"?{urlencode(query)}" if query else "")
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if fields is not None else {}
        body = urlencode(fields) if fields is not None else None
        connection.request(method, target, body=body, headers={**kind, **(headers or {})})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return SimpleNamespace(status=answer.status, headers=answer.headers, text=text)

    def get(self, path, **query):
        """The page, which must be there."""
        answer = self.ask("GET", path, **query)
        assert answer.status == 200, answer.text
        return answer.text

    def token(self):
        """The token in the form of a workflow's page."""
        return re.search(r'name="token" value="([^"]+)"', self.get("/workflow", name="shop"))[1]

    def post(self, path, **fields):
        """Sends a form with its token."""
        return self.ask("POST", path, {**fields, "token": self.token()})

    def start(self, path, **fields):
        """Sends a form that starts a run, and returns the run's id."""
        answer = self.post(path, **fields)
        assert answer.status == 303, answer.text
        return re.search(r"id=([^&]+)", answer.headers["Location"])[1]

    def script(self, name, text):
        """Gives a job of the project another script, as an edit of its file would."""
        (self.stack.config.project / "jobs" / f"{name}.py").write_text(text)

    def workflow_over(self, run_id):
        """Waits for the end of a run of the workflow."""
        wait_for(lambda: self.stack.workflow_run("shop", run_id)["Status"] not in ("RUNNING", "STOPPING"), 60)


def words(page):
    """The text of a page, without tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture(scope="session")
def visitor(tmp_path_factory):
    project = make_project(tmp_path_factory.mktemp("project"))
    stack = Stack.start(project, tmp_path_factory.mktemp("state") / "home")
    yield Visitor(stack)
    stack.stop()
