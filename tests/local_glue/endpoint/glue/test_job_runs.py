"""Job runs of the endpoint, driven by boto3."""

import sys
import time

import pytest
from botocore.exceptions import ClientError
from endpoint_support import BUCKET, FAIL, SLEEP, fail_once, wait_for

from local_glue.home import process_alive
from local_glue.versions import running

pytestmark = pytest.mark.stack


def describe_a_job_run():
    def it_succeeds_and_keeps_times_and_log(tiny):
        job = tiny.job("ok", "print('hello')", GlueVersion=running().name, WorkerType="G.1X", NumberOfWorkers=2)
        run = tiny.run(job)
        assert run["JobRunState"] == "SUCCEEDED"
        assert run["Attempt"] == 0
        assert run["CompletedOn"] >= run["StartedOn"]
        assert run["ExecutionTime"] >= 0
        assert run["GlueVersion"] == running().name
        assert run["MaxCapacity"] == 2.0
        assert "ErrorMessage" not in run
        assert tiny.log(run["Id"]) == "hello\n"
        assert run["Id"].startswith("jr_")

    def it_writes_its_log_to_cloudwatch(tiny, endpoint):
        run = tiny.run(tiny.job("ok", "print('to the cloud')"))
        events = endpoint.access.client("logs").get_log_events(
            logGroupName="/aws-glue/jobs/output", logStreamName=run["Id"]
        )["events"]
        assert [event["message"] for event in events] == ["to the cloud"]

    def it_names_the_exception_in_one_line(tiny):
        code = "class PriceError(Exception): pass\ndef f():\n    raise PriceError('two\\n  lines')\nf()"
        run = tiny.run(tiny.job("bad", code))
        assert run["JobRunState"] == "FAILED"
        assert run["ErrorMessage"] == "PriceError: two lines"
        log = tiny.log(run["Id"])
        assert "line 3, in f" in log
        assert "bootstrap" not in log

    @pytest.mark.parametrize(
        ("code", "state", "message"),
        [
            ("import sys; sys.exit(0)", "SUCCEEDED", None),
            ("raise SystemExit", "SUCCEEDED", None),
            ("import sys; sys.exit(3)", "FAILED", "SystemExit: 3"),
            ("import sys; sys.exit('no input')", "FAILED", "SystemExit: no input"),
            ("raise KeyboardInterrupt", "FAILED", "KeyboardInterrupt"),
            ("x = (", "FAILED", "SyntaxError: '(' was never closed"),
            ("import os; os._exit(7)", "FAILED", "Command failed with exit code 7."),
            ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "FAILED", "SIGKILL"),
        ],
    )
    def it_ends_as_its_script_does(tiny, code, state, message):
        run = tiny.run(tiny.job("ends", code))
        assert run["JobRunState"] == state
        assert (message or "") in run.get("ErrorMessage", "")
        assert ("ErrorMessage" in run) == bool(message)

    def it_gets_arguments_as_glue_gives_them(tiny):
        job = tiny.job(
            "args", "import sys; print(repr(sys.argv[1:]))",
            DefaultArguments={"--a": "default", "--b": "default", "--c": "default"},
            NonOverridableArguments={"--c": "fixed"},
        )  # fmt: skip
        run = tiny.run(job, Arguments={"--b": "given", "--c": "given", "--text": "a b; c"})
        argv = eval(tiny.log(run["Id"]))
        given = dict(zip(argv[::2], argv[1::2], strict=True))
        assert given["--JOB_NAME"] == job
        assert given["--JOB_RUN_ID"] == run["Id"]
        assert given["--JOB_ID"].startswith("j_")
        assert given["--job-bookmark-option"] == "job-bookmark-disable"
        assert (given["--a"], given["--b"], given["--c"], given["--text"]) == ("default", "given", "fixed", "a b; c")
        assert run["Arguments"] == {"--a": "default", "--b": "given", "--c": "fixed", "--text": "a b; c"}

    def it_sees_the_endpoint_and_nothing_of_the_users_profile(tiny, monkeypatch):
        monkeypatch.setenv("AWS_PROFILE", "somebody")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")
        code = (
            "import os, boto3\n"
            "assert 'AWS_PROFILE' not in os.environ and 'AWS_SESSION_TOKEN' not in os.environ\n"
            "assert os.environ['TZ'] == 'UTC' and os.environ['LOCAL_GLUE_HOME']\n"
            f"print(boto3.client('s3').list_objects_v2(Bucket='{BUCKET}')['KeyCount'] > 0)"
        )
        run = tiny.run(tiny.job("env", code))
        assert run.get("ErrorMessage") is None
        assert tiny.log(run["Id"]) == "True\n"

    def it_finds_the_standin_first(tiny):
        run = tiny.run(tiny.job("path", "import sys; print(sys.path[0])"))
        assert tiny.log(run["Id"]).strip().endswith("local_glue/job/standin")

    def it_imports_extra_py_files(tiny, tmp_path):
        import zipfile

        with zipfile.ZipFile(tmp_path / "lib.zip", "w") as archive:
            archive.writestr("pkg/__init__.py", "NAME = 'from the zip'")
        tiny.s3.upload_file(str(tmp_path / "lib.zip"), BUCKET, "lib.zip")
        tiny.s3.put_object(Bucket=BUCKET, Key="one.py", Body=b"NAME = 'from the module'")
        arguments = {"--extra-py-files": f"s3://{BUCKET}/lib.zip,s3://{BUCKET}/one.py"}
        job = tiny.job("libs", "import pkg, one; print(pkg.NAME, one.NAME)", DefaultArguments=arguments)
        assert tiny.log(tiny.run(job)["Id"]) == "from the zip from the module\n"

    @pytest.mark.parametrize(
        "arguments",
        [
            {"--extra-py-files": "s3://scripts-bucket/absent.zip"},
            {"--extra-py-files": "s3://no-such-bucket/absent.zip"},
            {"--additional-python-modules": "no-such-module-here==1.0"},
        ],
    )
    def it_names_what_is_missing_at_launch(tiny, arguments):
        run = tiny.run(tiny.job("missing"), Arguments=arguments)
        assert run["JobRunState"] == "FAILED"
        assert next(iter(arguments.values())) in run["ErrorMessage"]

    def it_fails_clearly_without_its_script(tiny):
        job = tiny.job("gone")
        tiny.s3.delete_object(Bucket=BUCKET, Key=f"{job}.py")
        assert f"s3://{BUCKET}/{job}.py" in tiny.run(job)["ErrorMessage"]

    def it_dies_with_the_endpoint(tiny, tmp_path):
        """A server that is killed leaves no job behind."""
        import subprocess

        marker = tmp_path / "pid"
        code = f"import os, time; open({str(marker)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
        script = tmp_path / "script.py"
        script.write_text(code)
        starter = (
            "import subprocess, sys, time\n"
            f"from local_glue.runner import bootstrap\n"
            f"subprocess.Popen([sys.executable, bootstrap.__file__, {str(script)!r}], stdin=subprocess.PIPE,"
            " start_new_session=True)\n"
            "time.sleep(60)"
        )
        parent = subprocess.Popen([sys.executable, "-c", starter])
        wait_for(lambda: marker.exists() and marker.read_text())
        child = int(marker.read_text())
        parent.kill()
        parent.wait()
        wait_for(lambda: not process_alive(child))


def describe_retries():
    def it_makes_new_attempts(tiny):
        job = tiny.job("bad", FAIL, MaxRetries=2)
        first = tiny.start(job)
        wait_for(lambda: len(tiny.glue.get_job_runs(JobName=job)["JobRuns"]) == 3)
        tiny.finished(job, f"{first}_attempt_2")
        runs = tiny.glue.get_job_runs(JobName=job)["JobRuns"]
        assert [run["Id"] for run in runs] == [f"{first}_attempt_2", f"{first}_attempt_1", first]
        assert [run["Attempt"] for run in runs] == [2, 1, 0]
        assert [run.get("PreviousRunId") for run in runs] == [f"{first}_attempt_1", first, None]
        assert {run["JobRunState"] for run in runs} == {"FAILED"}

    def it_stops_at_the_first_success(tiny, tmp_path):
        flag = tmp_path / "flag"
        job = tiny.job("flaky", fail_once(flag), MaxRetries=5)
        first = tiny.start(job)
        wait_for(lambda: len(tiny.glue.get_job_runs(JobName=job)["JobRuns"]) == 2)
        assert tiny.finished(job, f"{first}_attempt_1")["JobRunState"] == "SUCCEEDED"
        assert len(tiny.glue.get_job_runs(JobName=job)["JobRuns"]) == 2


def describe_timeouts():
    def it_ends_the_whole_process_group(tiny, tmp_path):
        marker = tmp_path / "child"
        code = (
            "import subprocess, time\np = subprocess.Popen(['sleep', '60'])\n"
            f"open({str(marker)!r}, 'w').write(str(p.pid))\ntime.sleep(60)"
        )
        job = tiny.job("slow", code, Timeout=5, MaxRetries=3)  # time enough to start, on a busy machine too
        started = time.monotonic()
        run = tiny.run(job)
        assert time.monotonic() - started < 20
        assert run["JobRunState"] == "TIMEOUT"
        assert run["Timeout"] == 5
        assert "timeout" in run["ErrorMessage"]
        assert len(tiny.glue.get_job_runs(JobName=job)["JobRuns"]) == 1
        wait_for(lambda: not process_alive(int(marker.read_text())))

    def it_can_be_set_for_one_run(tiny):
        assert tiny.run(tiny.job("slow", SLEEP, Timeout=60), Timeout=1)["JobRunState"] == "TIMEOUT"


def describe_concurrency():
    def it_refuses_more_runs_than_allowed(tiny):
        job = tiny.job("slow", SLEEP)
        run_id = tiny.start(job)
        with pytest.raises(tiny.glue.exceptions.ConcurrentRunsExceededException, match=job):
            tiny.start(job)
        tiny.glue.batch_stop_job_run(JobName=job, JobRunIds=[run_id])
        tiny.finished(job, run_id)

    def it_runs_several_at_once_when_allowed(tiny):
        job = tiny.job("slow", SLEEP, ExecutionProperty={"MaxConcurrentRuns": 2})
        runs = [tiny.start(job), tiny.start(job)]
        with pytest.raises(ClientError, match="ConcurrentRunsExceeded"):
            tiny.start(job)
        tiny.glue.batch_stop_job_run(JobName=job, JobRunIds=runs)
        assert [tiny.finished(job, run)["JobRunState"] for run in runs] == ["STOPPED", "STOPPED"]

    def it_lets_a_queued_run_wait_for_its_turn(tiny, tmp_path):
        flag = tmp_path / "go on"
        code = f"import pathlib, time\nwhile not pathlib.Path({str(flag)!r}).exists():\n    time.sleep(0.05)"
        job = tiny.job("queue", code, JobRunQueuingEnabled=True)
        first, second, third = tiny.start(job), tiny.start(job), tiny.start(job)
        assert [tiny.state(job, run) for run in (second, third)] == ["WAITING", "WAITING"]
        tiny.glue.batch_stop_job_run(JobName=job, JobRunIds=[third])
        assert tiny.state(job, third) == "STOPPED"
        flag.touch()
        assert [tiny.finished(job, run)["JobRunState"] for run in (first, second)] == ["SUCCEEDED", "SUCCEEDED"]
        assert tiny.glue.get_job_run(JobName=job, RunId=second)["JobRun"]["JobRunQueuingEnabled"] is True

    def it_refuses_a_run_that_says_it_does_not_queue(tiny):
        job = tiny.job("slow", SLEEP, JobRunQueuingEnabled=True)
        run_id = tiny.start(job)
        with pytest.raises(tiny.glue.exceptions.ConcurrentRunsExceededException):
            tiny.start(job, JobRunQueuingEnabled=False)
        tiny.glue.batch_stop_job_run(JobName=job, JobRunIds=[run_id])


def describe_batch_stop_job_run():
    def it_stops_and_reports_what_it_cannot_stop(tiny):
        job = tiny.job("slow", SLEEP)
        run_id = tiny.start(job)
        wait_for(lambda: tiny.state(job, run_id) == "RUNNING")
        answer = tiny.glue.batch_stop_job_run(JobName=job, JobRunIds=[run_id, "jr_absent"])
        assert [item["JobRunId"] for item in answer["SuccessfulSubmissions"]] == [run_id]
        assert answer["Errors"][0]["ErrorDetail"]["ErrorCode"] == "EntityNotFoundException"
        run = tiny.finished(job, run_id)
        assert run["JobRunState"] == "STOPPED"
        assert "ErrorMessage" not in run

    def it_stops_even_what_ignores_sigterm(tiny):
        code = (
            "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            "print('on', flush=True)\ntime.sleep(60)"
        )
        job = tiny.job("stubborn", code)
        run_id = tiny.start(job)
        wait_for(lambda: tiny.endpoint.access.home.log_of(run_id).exists() and "on" in tiny.log(run_id))
        tiny.glue.batch_stop_job_run(JobName=job, JobRunIds=[run_id])
        assert tiny.finished(job, run_id)["JobRunState"] == "STOPPED"
