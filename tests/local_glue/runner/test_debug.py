"""`local-glue job --debug`: a debugger that speaks DAP, as VS Code does, stops a job in the project's own files."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from endpoint_support import Shell, make_project

from local_glue.cli import job
from local_glue.config import Config, Library
from local_glue.errors import LocalGlueError
from local_glue.runner.debug import libraries_of_project, script_of_project

TEMPLATE = Path(job.__file__).parents[1] / "template"


class Debugger:
    """A client of the Debug Adapter Protocol: requests, and events as they come."""

    def __init__(self, port):
        self.seen, self.number = [], 0
        deadline = time.monotonic() + 40
        while True:
            try:
                self.stream = socket.create_connection(("127.0.0.1", port), timeout=30).makefile("rwb")
                return
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, "the job does not wait for a debugger"
                time.sleep(0.1)

    def send(self, command, **arguments):
        self.number += 1
        body = json.dumps({"seq": self.number, "type": "request", "command": command, "arguments": arguments}).encode()
        self.stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.stream.flush()
        return self.number

    def wait_for(self, wanted):
        """The next message that is wanted; what came before it is kept."""
        while not (found := next((message for message in self.seen if wanted(message)), None)):
            length = int(self.stream.readline().partition(b":")[2])
            self.stream.readline()
            self.seen.append(json.loads(self.stream.read(length)))
        self.seen.remove(found)
        return found

    def event(self, name):
        return self.wait_for(lambda message: message.get("event") == name).get("body")

    def answer(self, number):
        answer = self.wait_for(lambda message: message.get("request_seq") == number)
        assert answer["success"], answer
        return answer.get("body")

    def ask(self, command, **arguments):
        return self.answer(self.send(command, **arguments))

    def where(self):
        """File and line of the stop, and the frame's id and thread."""
        thread = self.event("stopped")["threadId"]
        frame = self.ask("stackTrace", threadId=thread)["stackFrames"][0]
        return (Path(frame["source"]["path"]), frame["line"]), frame["id"], thread


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def shell(tmp_path):
    shell = Shell(make_project(tmp_path / "project"), tmp_path / "home")
    shell("up", "--cold")
    yield shell
    shell("down")


@pytest.mark.stack
@pytest.mark.ci
def test_breakpoints_stop_script_and_library_where_they_lie(shell, port):
    command = [sys.executable, "-m", "local_glue.cli.main", "job", "first", "--debug", "--debug-port", str(port)]
    process = subprocess.Popen(
        command, cwd=shell.project, env={"PATH": "/usr/bin:/bin", "LOCAL_GLUE_HOME": str(shell.home)},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    script, library = shell.project / "jobs/first.py", shell.project / "shop/lib/prices.py"
    client = Debugger(port)
    client.ask("initialize", adapterID="test", pathFormat="path", linesStartAt1=True)
    attached = client.send("attach", justMyCode=True)
    client.event("initialized")
    for file, line in ((script, 4), (library, 1)):
        client.ask("setBreakpoints", source={"path": str(file)}, breakpoints=[{"line": line}])
    client.ask("configurationDone")
    client.answer(attached)

    place, _, thread = client.where()
    assert place == (library, 1)
    client.ask("continue", threadId=thread)
    place, frame, thread = client.where()
    assert place == (script, 4)
    assert client.ask("evaluate", expression="PRICE", frameId=frame)["result"] == "7"
    client.ask("evaluate", expression="globals().update(PRICE=8)", frameId=frame, context="repl")
    client.ask("continue", threadId=thread)

    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert f"attach a debugger to 127.0.0.1:{port}" in said
    (log,) = (shell.home / "logs").iterdir()
    assert "price 8" in log.read_text()
    assert "--local-glue-debug" not in log.read_text()  # the script prints its arguments


def describe_what_is_refused():
    def it_says_how_to_get_debugpy(monkeypatch):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        with pytest.raises(LocalGlueError, match=r"run '.* -m pip install debugpy'"):
            job._check_debugger(0)

    def it_names_a_port_that_is_in_use():
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(LocalGlueError, match=f"port {port} is in use: give another with --debug-port"):
                job._check_debugger(port)


def describe_files_under_a_debugger():
    def it_takes_a_script_that_is_not_the_projects_as_it_was_fetched(tmp_path):
        fetched = tmp_path / "fetched.py"
        fetched.write_text("another")
        (tmp_path / "own.py").write_text("mine")
        assert script_of_project(Config(project=tmp_path), "s3://scripts/own.py", fetched) == fetched

    def it_puts_the_project_once_for_its_archives_and_leaves_others(tmp_path):
        libraries = (Library("a", "lib/a.zip"), Library("b", "lib/b.zip"))
        config = Config(project=tmp_path, libraries=libraries)
        paths = [Path("run/a.zip"), Path("run/b.zip"), Path("run/c.zip")]
        uris = "s3://x/lib/a.zip, s3://x/lib/b.zip,s3://y/c.zip"
        assert libraries_of_project(config, uris, paths) == [tmp_path, Path("run/c.zip")]


def test_the_editor_attaches_where_the_job_waits():
    (launch,) = json.loads((TEMPLATE / ".vscode/launch.json").read_text())["configurations"]
    assert launch["connect"] == {"host": "127.0.0.1", "port": job.PORT}
