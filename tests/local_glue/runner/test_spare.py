"""The process of a job run is started before the run, and nobody can tell but by the time."""

import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from endpoint_support import BUCKET, Remote, Tiny, wait_for

from local_glue.home import process_alive
from local_glue.runner.bootstrap import NURSERY, WAIT

pytestmark = [pytest.mark.ci, pytest.mark.stack]
TELL = """
import json, os, sys
import pandas
print("told " + json.dumps({
    "pid": os.getpid(), "script": sys.argv[0], "argv": sys.argv[1:], "folder": os.getcwd(), "pandas": pandas.__file__,
    "environment": dict(os.environ), "path": [part for part in sys.path if "runs" in part],
    "shown": open("/proc/self/cmdline").read() if os.path.exists("/proc/self/cmdline") else "",
}))
"""


def told(tiny, run):
    assert run["JobRunState"] == "SUCCEEDED", tiny.log(run["Id"])
    (line,) = [line for line in tiny.log(run["Id"]).splitlines() if line.startswith("told ")]
    return json.loads(line.removeprefix("told "))


def library(tiny, module):
    """Uploads a library with one module; returns the job's arguments."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr(f"{module}.py", "WHO = 'the run'\n")
    tiny.s3.put_object(Bucket=BUCKET, Key=f"{tiny.mark}/library.zip", Body=body.getvalue())
    return {"--extra-py-files": f"s3://{BUCKET}/{tiny.mark}/library.zip"}


def waiting_children(pid):
    """The processes that a process has started and that wait for a run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            command = folder.joinpath("cmdline").read_text().split("\0")
            if parent == pid and {WAIT, NURSERY} & set(command):
                found.append(int(folder.name))
    return found


def describe_runs_one_after_another():
    def each_has_a_process_of_its_own_and_an_environment_like_the_first(tiny):
        job = tiny.job("tell", TELL)
        found = [told(tiny, tiny.run(job)) for _ in range(3)]
        assert len({run["pid"] for run in found}) == 3
        assert len({run["folder"] for run in found}) == 3
        for run in found:
            assert run["shown"].rstrip("\0").split("\0")[2:] in ([run["script"], *run["argv"]], [])
        names = [{*run["environment"]} - {"OLDPWD", "PWD"} for run in found]
        assert names[0] == names[1] == names[2]

    def a_run_has_its_own_library_even_of_a_name_that_is_loaded(tiny):
        tiny.run(tiny.job("first", TELL))
        with_own = tiny.run(tiny.job("own", TELL, DefaultArguments=library(tiny, "pandas")))
        assert "library.zip" in told(tiny, with_own)["pandas"]
        with_other = tiny.run(tiny.job("other", f"import prices\n{TELL}", DefaultArguments=library(tiny, "prices")))
        found = told(tiny, with_other)
        assert "site-packages" in found["pandas"]
        assert len(found["path"]) == 1


@pytest.mark.skipif(not Path("/proc").exists(), reason="NOT TESTED: which processes there are, without /proc")
@pytest.mark.parametrize("cold", [False, True])
def test_it_ends_with_the_stack_and_a_cold_stack_keeps_none(tmp_path, cold):
    endpoint = Remote(tmp_path, cold=cold)
    tiny = Tiny(endpoint)
    told(tiny, tiny.run(tiny.job("tell", TELL)))
    ready = waiting_children(endpoint.pid)
    assert len(ready) == (0 if cold else 1)
    endpoint.stop()
    wait_for(lambda: not any(map(process_alive, ready)))
