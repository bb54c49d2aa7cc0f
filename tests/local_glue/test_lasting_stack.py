"""A stack comes back with what it held after `stop`, after its endpoint was killed, and says what is lost."""

import json
import os
import re
import socket
import sqlite3
import time
from datetime import UTC, datetime

import pytest
from endpoint_support import Shell, make_project, wait_for

from local_glue.bookmarks import BookmarkStore
from local_glue.home import process_alive
from local_glue.postgres import cluster
from local_glue.stack import Stack

pytestmark = [pytest.mark.ci, pytest.mark.stack]
RULE = {"Name": "new", "EventPattern": json.dumps({"source": ["aws.s3"]}), "State": "ENABLED"}
ROLE = {"RoleName": "reader", "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": []})}


@pytest.fixture
def shell(tmp_path):
    shell = Shell(make_project(tmp_path / "project"), tmp_path / "home")
    shell("up")
    yield shell
    shell("down")


def attached(shell):
    return Stack.attach(shell.home)


def kill(shell, *, databases=False):
    state = shell.state()
    os.kill(state["server_pid"], 9)
    if databases:
        os.kill(state["postgres"]["pid"], 9)
        wait_for(lambda: not cluster.is_running(state["postgres"]))
    wait_for(lambda: not process_alive(state["server_pid"]))


def quiet(shell):
    """Waits until all that has changed is on disk."""
    wait_for(lambda: not (shell.home / "kept/changed").exists())


def fill(stack):
    """Something of each kind that a stack can hold."""
    client = stack.client
    client("s3").put_object(Bucket="landing", Key="a", Body=b"first", Metadata={"of": "me"}, Tagging="colour=red")
    client("s3").put_object(Bucket="landing", Key="a", Body=b"second" * 3_000_000)
    client("s3").put_object(Bucket="landing", Key="gone", Body=b"x")
    client("s3").delete_object(Bucket="landing", Key="gone")
    upload = client("s3").create_multipart_upload(Bucket="landing", Key="parts")["UploadId"]
    part = client("s3").upload_part(Bucket="landing", Key="parts", UploadId=upload, PartNumber=1, Body=b"in parts")
    done = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    client("s3").complete_multipart_upload(Bucket="landing", Key="parts", UploadId=upload, MultipartUpload=done)
    client("dynamodb").put_item(TableName="Ledger", Item={"file_key": {"S": "a"}, "state": {"S": "ACCEPTED"}})
    client("secretsmanager").create_secret(Name="mine", SecretString="hush")
    client("events").put_rule(**RULE)
    client("iam").create_role(**ROLE)
    client("glue").create_database(DatabaseInput={"Name": "catalog"})
    BookmarkStore(stack.home.path).save("first", "jr_1", 0, {"ctx": {"a": 1}})
    with stack.connect() as warehouse:
        warehouse.execute("CREATE TABLE public.kept AS SELECT 5 AS x")


def held(stack):
    """What `fill` has left, and the runs, as the APIs show it."""
    client = stack.client
    s3, glue = client("s3"), client("glue")
    versions = s3.list_object_versions(Bucket="landing")
    with stack.connect() as warehouse:
        rows = warehouse.execute("SELECT x FROM public.kept").fetchall()
    return {
        "versions": [versions["Versions"], versions["DeleteMarkers"]],
        "bodies": [s3.get_object(Bucket="landing", Key=v["Key"], VersionId=v["VersionId"])["Body"].read()
                   for v in versions["Versions"]],
        "metadata": [s3.head_object(Bucket="landing", Key=v["Key"], VersionId=v["VersionId"])["Metadata"]
                     for v in versions["Versions"]],
        "items": client("dynamodb").scan(TableName="Ledger")["Items"],
        "secret": client("secretsmanager").get_secret_value(SecretId="mine")["SecretString"],
        "dwh": client("secretsmanager").get_secret_value(SecretId="shop/dwh")["SecretString"],
        "rules": client("events").list_rules()["Rules"],
        "roles": client("iam").list_roles()["Roles"],
        "catalog": glue.get_databases()["DatabaseList"],
        "connections": [c["ConnectionProperties"] for c in glue.get_connections()["ConnectionList"]],
        "runs": glue.get_workflow_runs(Name="shop", IncludeGraph=False)["Runs"],
        "job runs": [glue.get_job_runs(JobName=name)["JobRuns"] for name in ("first", "second")],
        "bookmark": BookmarkStore(stack.home.path).states("first"),
        "rows": rows,
    }  # fmt: skip


def describe_a_stack_that_ended():
    def it_comes_back_with_everything_on_its_ports(shell):
        fill(attached(shell))
        shell("run", "shop")
        attached(shell).client("s3").put_object(Bucket="landing", Key="later", Body=b"x")
        before, url = held(attached(shell)), shell.state()["endpoint_url"]
        assert before["runs"][0]["Status"] == "COMPLETED"

        assert shell("stop") == "stopped; 'local-glue up' brings it back\n"
        assert not cluster.is_running(shell.state()["postgres"])
        shell("status", code=2)
        assert shell("up").startswith("up again in ")
        assert (shell.errors, shell.state()["endpoint_url"]) == ("", url)
        assert held(attached(shell)) == before

        quiet(shell)
        kill(shell, databases=True)
        shell("up")
        assert shell.errors.count("\n") == 1
        assert "nothing is lost; databases and bookmarks have all that was committed" in shell.errors
        assert held(attached(shell)) == before
        attached(shell).reset()
        shell("stop")
        shell("up")
        assert attached(shell).client("s3").list_objects_v2(Bucket="landing")["KeyCount"] == 0
        assert attached(shell).client("dynamodb").scan(TableName="Ledger")["Items"] == []

    def it_says_which_runs_ended_with_it(shell):
        stack = attached(shell)
        stack.client("s3").put_object(Bucket="scripts", Key="jobs/first.py", Body=b"import time; time.sleep(60)")
        glue = stack.client("glue")
        run_id = glue.start_workflow_run(Name="shop")["RunId"]
        wait_for(lambda: glue.get_job_runs(JobName="first")["JobRuns"][0]["JobRunState"] == "RUNNING")
        quiet(shell)
        kill(shell)
        shell("up")
        assert "nothing is lost, and runs that were going on are FAILED now (first);" in shell.errors
        run = attached(shell).workflow_run("shop", run_id)
        assert (run["Status"], run["Statistics"]["FailedActions"]) == ("ERROR", 1)
        (job_run,) = glue.get_job_runs(JobName="first")["JobRuns"]
        assert job_run["ErrorMessage"].startswith("The local endpoint ended while this run went on")
        shell("job", "first")

    def it_tells_the_time_from_which_on_changes_are_lost(shell):
        s3, url = attached(shell).client("s3"), shell.state()["endpoint_url"]
        quiet(shell)
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as slow:
            # While this object is being sent, the state cannot be copied.
            slow.sendall(b"PUT /landing/slow HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n1")
            time.sleep(0.2)
            s3.put_object(Bucket="landing", Key="late", Body=b"x")
            since = datetime.now(UTC)
            time.sleep(1.5)
            kill(shell)
        shell("up")
        said = re.search(r"lost is what changed in buckets, tables and definitions after (\S+ \S+) UTC;", shell.errors)
        assert said
        assert abs(datetime.fromisoformat(f"{said[1]}+00:00") - since).total_seconds() < 2
        assert s3.list_objects_v2(Bucket="landing")["KeyCount"] == 0

    def it_waits_for_the_version_that_wrote_it(shell):
        attached(shell).client("s3").put_object(Bucket="landing", Key="kept", Body=b"x")
        shell("stop")
        with sqlite3.connect(shell.home / "kept/state.db") as kept:
            ((version,),) = kept.execute("SELECT value FROM facts WHERE name = 'moto'")
            kept.execute("UPDATE facts SET value = '1.0' WHERE name = 'moto'")
        shell("up", code=1)
        assert "was written with moto 1.0, this is moto" in shell.errors
        assert "what the stack held is still in" in shell.errors
        with sqlite3.connect(shell.home / "kept/state.db") as kept:
            kept.execute("UPDATE facts SET value = ? WHERE name = 'moto'", [version])
        shell("up")
        assert attached(shell).client("s3").list_objects_v2(Bucket="landing")["KeyCount"] == 1


def describe_what_is_kept():
    def it_is_written_once_and_only_when_something_changed(shell):
        s3, file = attached(shell).client("s3"), shell.home / "kept/state.db-wal"
        s3.put_object(Bucket="landing", Key="big", Body=b"x" * 5_000_000)
        quiet(shell)
        size = sum(each.stat().st_size for each in file.parent.iterdir())
        assert size > 5_000_000
        for number in range(5):
            s3.put_object(Bucket="landing", Key=f"small/{number}", Body=b"1")
            s3.list_objects_v2(Bucket="landing")
            time.sleep(0.3)
        quiet(shell)
        assert sum(each.stat().st_size for each in file.parent.iterdir()) < size + 2_000_000
        written = file.stat().st_mtime_ns
        s3.list_objects_v2(Bucket="landing")
        attached(shell).client("glue").get_jobs()
        time.sleep(1.5)
        assert file.stat().st_mtime_ns == written

        assert [each.stat().st_mode & 0o077 for each in file.parent.glob("state.db*")] == [0, 0, 0]
