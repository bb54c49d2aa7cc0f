"""Job runs inside this process restore its state."""

import logging
import os
import sys
import time
import types

import pytest
from endpoint_support import make_project

from local_glue.stack import Stack

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def inline_module(tmp_path_factory, no_shared_stack):
    project = make_project(tmp_path_factory.mktemp("project"))
    stack = Stack.start(project, project / "home", inline=True)
    yield stack
    stack.stop()


@pytest.fixture
def inline(inline_module):
    inline_module.reset()
    return inline_module


def run_code(stack, code):
    """Runs this code as the job `first`."""
    stack.client("s3").put_object(Bucket="scripts", Key="jobs/first.py", Body=code.encode())
    return stack.run_job("first")


def describe_inline_runs():
    @pytest.mark.parametrize(
        ("code", "state", "message"),
        [
            ("import sys; sys.exit(0)", "SUCCEEDED", None),
            ("import sys; sys.exit(2)", "FAILED", "SystemExit: 2"),
            ("raise KeyboardInterrupt", "FAILED", "KeyboardInterrupt"),
            ("class Killed(BaseException): pass\nraise Killed('here')", "FAILED", "Killed: here"),
            ("def f(: pass", "FAILED", "SyntaxError: invalid syntax"),
        ],
    )
    def it_survives_every_end_of_a_script(inline, code, state, message):
        before = list(sys.argv), dict(os.environ), list(sys.path), sys.stdout, sys.stderr, sys.modules["__main__"]
        job_run = run_code(inline, code)
        assert job_run["JobRunState"] == state
        assert (message or "") in job_run.get("ErrorMessage", "")
        after = list(sys.argv), dict(os.environ), list(sys.path), sys.stdout, sys.stderr, sys.modules["__main__"]
        assert after == before

    def it_undoes_what_a_script_changes(inline):
        handlers = logging.getLogger().handlers[:]
        code = (
            "import os, sys, logging\n"
            "os.environ['LEFT'] = 'behind'; os.environ.pop('PATH'); sys.path.append('/left/behind')\n"
            "logging.basicConfig(level='DEBUG', stream=sys.stdout, force=True); logging.info('logged')\n"
            "print('printed'); raise ValueError('x')"
        )
        path = os.environ["PATH"]
        job_run = run_code(inline, code)
        assert "LEFT" not in os.environ
        assert os.environ["PATH"] == path
        assert "/left/behind" not in sys.path
        assert logging.getLogger().handlers == handlers
        log = inline.home.log_of(job_run["Id"]).read_text()
        assert "printed" in log
        assert "logged" in log
        assert "ValueError: x" in log

    def it_uses_the_standin_and_gives_the_official_awsglue_back(inline):
        saved = {n: m for n, m in sys.modules.items() if n.partition(".")[0] == "awsglue"}
        for name in saved:
            del sys.modules[name]
        official = types.ModuleType("awsglue")
        official.__file__ = "/site-packages/awsglue/__init__.py"
        sys.modules["awsglue"] = official
        try:
            job_run = run_code(inline, "import awsglue; print(awsglue.__file__)")
            assert "standin" in inline.home.log_of(job_run["Id"]).read_text()
            assert sys.modules["awsglue"] is official
        finally:
            del sys.modules["awsglue"]
            sys.modules.update(saved)

    def it_runs_one_script_at_a_time(inline):
        glue = inline.client("glue")
        code = (
            "import builtins, time\n"
            "assert not getattr(builtins, 'busy', False)\n"
            "builtins.busy = True\n"
            "time.sleep(0.2)\n"
            "builtins.busy = False"
        )
        for name in ("first", "second"):
            inline.client("s3").put_object(Bucket="scripts", Key=f"jobs/{name}.py", Body=code.encode())
        runs = {name: glue.start_job_run(JobName=name)["JobRunId"] for name in ("first", "second")}
        for name, run_id in runs.items():
            while "CompletedOn" not in (job_run := glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]):
                time.sleep(0.02)
            assert job_run["JobRunState"] == "SUCCEEDED"
