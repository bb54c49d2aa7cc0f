"""A process that was ready before its run is like one that was started for it, forked or not."""

import subprocess
import sys
from pathlib import Path

import pytest

from local_glue.home import process_alive
from local_glue.runner import nursery
from local_glue.runner.groups import end_group
from local_glue.runner.spare import SparePython, variables_of_jobs

PYTHON = Path(sys.executable)
FORKED = pytest.param(True, marks=pytest.mark.skipif(not nursery.IS_POSSIBLE, reason="NOT TESTED: forks, not here"))


@pytest.fixture(params=[FORKED, False], ids=["forked", "waiting"])
def start(request, monkeypatch, tmp_path):
    """Starts a run of a script; the process was ready before."""
    monkeypatch.setattr(nursery, "IS_POSSIBLE", request.param)
    spare, started = SparePython(), []

    def run(text):
        script = tmp_path / f"script-{len(started)}.py"
        script.write_text(text)
        spare.prepare(PYTHON)
        started.append(spare.take(PYTHON, [str(script)], variables_of_jobs(), paths=[], folder=tmp_path))
        return started[-1]

    yield run
    spare.close()
    for process in started:
        end_group(process, grace_s=0)
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("print('done')", 0),
        ("import sys; print('done'); sys.exit(3)", 3),
        ("import os, signal; print('done', flush=True); os.kill(os.getpid(), signal.SIGKILL)", -9),
    ],
    ids=["ends", "exits", "is killed"],
)
def test_its_end_is_known_and_its_output_whole(start, script, code):
    process = start(script)
    assert process.stdout.read() == b"done\n"
    assert process.wait(20) == code
    assert process.poll() == code


def test_one_run_leaves_nothing_to_the_next(start):
    first = start("import builtins, os; builtins.mark = 1; print(os.getpid(), os.getpgid(0))")
    second = start("import builtins; print(hasattr(builtins, 'mark'))")
    assert first.stdout.read().split() == [str(first.pid).encode()] * 2, "it leads a group of its own"
    assert second.stdout.read() == b"False\n"


def test_it_can_be_waited_for_and_ended_with_its_group(start):
    process = start(
        "import subprocess\nchild = subprocess.Popen(['sleep', '60'])\nprint(child.pid, flush=True)\nchild.wait()"
    )
    child = int(process.stdout.readline())
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.1)
    end_group(process)
    assert process.wait(0) == -15
    assert not process_alive(child)


def test_it_ends_with_the_endpoint_which_holds_its_standard_input(start):
    process = start("import time; print('runs', flush=True); time.sleep(60)")
    process.stdout.readline()
    process.stdin.close()
    assert process.wait(20) == -9
