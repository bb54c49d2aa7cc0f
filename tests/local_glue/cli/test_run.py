"""`local-glue run` and `job` for people at a terminal, for programs, and when they are interrupted."""

import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from endpoint_support import FIRST, wait_for

from local_glue.cli.live import table
from local_glue.stack import Stack

pytestmark = pytest.mark.stack

SLOW = """
import sys, time
print("counting prices", flush=True)
time.sleep(60)
"""


WARNS = """
import json
for file in ("a.csv", "b.csv", "b.csv"):
    print(json.dumps({"level": "WARNING", "event": f"file rejected: {file} is empty", "run": "x", "put_aside": "s3://q/"}))
"""


@contextmanager
def slow_first(up):
    """The first job takes a minute."""
    with first(up, SLOW):
        yield


@contextmanager
def first(up, script):
    """The first job has another script."""
    (up.project / "jobs/first.py").write_text(script)
    try:
        yield
    finally:
        (up.project / "jobs/first.py").write_text(FIRST)


class AtTerminal:
    """A command at a terminal of 120 columns; `seen` is what it has written so far."""

    def __init__(self, up, *arguments):
        self._master, slave = pty.openpty()
        environment = {**os.environ, "LOCAL_GLUE_HOME": str(up.home), "TERM": "xterm", "COLUMNS": "120"}
        command = [sys.executable, "-m", "local_glue.cli.main", *arguments]
        self.process = subprocess.Popen(
            command, cwd=up.project, env=environment, stdout=slave, stderr=slave, preexec_fn=listens_to_ctrl_c
        )
        os.close(slave)
        self.seen = ""

    def until(self, text):
        while text not in self.seen:
            self._read()
        return self

    def end(self):
        """The exit code."""
        while True:
            try:
                self._read()
            except (OSError, EOFError):
                os.close(self._master)
                return self.process.wait(30)

    def _read(self):
        chunk = os.read(self._master, 4096)
        if not chunk:
            raise EOFError(self.seen)
        self.seen += chunk.decode(errors="replace")


def listens_to_ctrl_c():
    """A process in the background of a shell script ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def describe_a_terminal():
    def it_shows_the_graph_live_and_then_a_summary(up):
        up("run", "shop")  # now one knows how long it usually takes
        shown = AtTerminal(up, "run", "shop")
        assert shown.end() == 0
        live, _, summary = shown.seen.rpartition("shop SUCCEEDED")
        assert "waiting" in live
        assert "usually" in live
        assert "✓ SUCCEEDED" in live
        assert ", usually " in summary
        assert "2 SUCCEEDED" in summary
        assert "local-glue logs wr_" in summary
        assert "/_console/run?workflow=shop" in summary
        assert "Traceback" not in shown.seen

    def it_says_what_jobs_do_and_stops_the_run_on_ctrl_c(up):
        with slow_first(up):
            shown = AtTerminal(up, "run", "shop").until("counting prices")
            shown.process.send_signal(signal.SIGINT)
            assert shown.end() == 130
        assert "stopping wr_" in shown.seen
        assert "shop STOPPED" in shown.seen
        assert "1 STOPPED, 1 not run" in shown.seen
        run = Stack.attach(up.home).client("glue").get_workflow_runs(Name="shop")["Runs"][0]
        assert run["Status"] == "STOPPED"

    def it_names_errors_in_the_summary(up):
        up("job", "second", "-a", "mood=bad", code=1)
        shown = AtTerminal(up, "job", "second", "--argument", "mood=bad")
        assert shown.end() == 1
        assert "MoodError" in shown.seen


def describe_warnings():
    a, b = (f"file rejected: {file} is empty (run=x, put_aside=s3://q/)" for file in ("a.csv", "b.csv"))

    @pytest.fixture(autouse=True)
    def warning_first(up):
        with first(up, WARNS):
            yield

    def they_are_at_the_end_of_the_run_with_the_command_that_explains_them(up):
        shown = AtTerminal(up, "run", "shop")
        assert shown.end() == 0
        summary = shown.seen.rpartition("shop SUCCEEDED")[2]
        assert f"first: {a}" in summary
        assert f"first: {b} (2 times)" in summary
        assert "make story OF=wr_" in summary
        assert "second:" not in summary

    def they_follow_the_outcome_where_there_is_no_terminal(up):
        said = up("run", "shop").splitlines()
        assert said[-3:-1] == [f"warned: first: {a}", f"warned: first: {b} (2 times)"]
        assert said[-1].startswith("explain: make story OF=wr_")
        assert up("job", "first").splitlines()[-2:] == [f"warned: {a}", f"warned: {b} (2 times)"]

    def programs_get_them_all_by_job(up):
        told = json.loads(up("run", "shop", "--json"))
        assert [job["warnings"] for job in told["jobs"]] == [{a: 1, b: 2}, {}]
        assert told["explain"] == f"make story OF={told['run_id']}"


def describe_programs():
    def it_prints_one_document(up):
        told = json.loads(up("run", "shop", "--json", "-p", "colour=blue"))
        assert told["workflow"] == "shop"
        assert told["state"] == "SUCCEEDED"
        assert told["properties"]["colour"] == "blue"
        assert [(job["name"], job["state"], job["error"]) for job in told["jobs"]] == [
            ("first", "SUCCEEDED", None), ("second", "SUCCEEDED", None),
        ]  # fmt: skip
        assert told["seconds"] > max(job["seconds"] for job in told["jobs"])
        assert "price 7" in Path(told["jobs"][0]["log"]).read_text()

    @pytest.mark.parametrize("command", [["run", "shop"], ["run", "shop", "--json"], ["job", "first"]])
    def it_stops_on_ctrl_c_as_the_api_does(up, command):
        with slow_first(up):
            environment = {**os.environ, "LOCAL_GLUE_HOME": str(up.home)}
            process = subprocess.Popen(
                [sys.executable, "-m", "local_glue.cli.main", *command], cwd=up.project, env=environment, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=listens_to_ctrl_c,
            )  # fmt: skip
            glue = Stack.attach(up.home).client("glue")
            wait_for(lambda: glue.get_job_runs(JobName="first")["JobRuns"][0]["JobRunState"] == "RUNNING", 60)
            process.send_signal(signal.SIGINT)
            said, errors = process.communicate(timeout=60)
        assert process.returncode == 130
        assert errors.startswith("\nstopping ")
        assert glue.get_job_runs(JobName="first")["JobRuns"][0]["JobRunState"] == "STOPPED"
        if "--json" in command:
            told = json.loads(said)
            assert (told["state"], told["jobs"][1]["state"]) == ("STOPPED", None)
        else:
            lines = said.splitlines()
            assert any(line.startswith("first STOPPED") for line in lines)
            assert len(lines) == len(set(lines))


def test_jobs_that_stand_side_by_side_are_joined(tmp_path):
    from local_glue.endpoint.glue.graph import build_graph

    start = {"Name": "t", "Type": "ON_DEMAND", "Actions": [{"JobName": name} for name in "abc"]}
    graph = build_graph([start])
    shown = table([(name, None) for name in "abc"], {"Graph": graph}, over=False, usual={}, log_of=tmp_path.joinpath)
    assert [str(cell) for cell in shown.columns[0].cells] == ["╭ a", "├ b", "╰ c"]
