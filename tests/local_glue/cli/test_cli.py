"""The local-glue command, run as a user does."""

import json
import os
import time

import pytest
from endpoint_support import Shell, wait_for

from local_glue.postgres import cluster

pytestmark = pytest.mark.stack


@pytest.fixture
def unused(up, tmp_path):
    """The same project with no stack up."""
    return Shell(up.project, tmp_path / "home")


def describe_without_a_stack():
    @pytest.mark.parametrize(
        "arguments", [["run", "shop"], ["job", "first"], ["query", "SELECT 1"], ["put", "."], ["status"], ["runs"],
                      ["logs", "jr_1"], ["bookmark", "show", "first"], ["secrets"], ["console"]],
    )  # fmt: skip
    def it_says_what_to_do(unused, arguments):
        unused(*arguments, code=2)
        assert "run 'local-glue up' first" in unused.errors
        assert unused.errors.count("\n") == 1

    @pytest.mark.parametrize(
        "command", ["", "init", "up", "stop", "down", "status", "doctor", "env", "put", "run", "job", "query", "logs",
                    "runs", "bookmark", "bookmark show", "bookmark reset", "bookmark rewind", "secrets", "console"],
    )  # fmt: skip
    def it_has_help_for_all(command):
        from typer.testing import CliRunner

        from local_glue.cli.main import app

        answer = CliRunner().invoke(app, [*command.split(), "--help"])
        assert answer.exit_code == 0
        assert "Usage:" in answer.output

    def it_is_quick_to_help(unused):
        started = time.monotonic()
        unused("--help")
        assert time.monotonic() - started < 15  # 1 s on an idle machine

    def it_takes_down_nothing(unused):
        assert "no stack is up" in unused("down")

    def it_needs_a_project(tmp_path):
        shell = Shell(tmp_path, tmp_path / "home")
        shell("up", code=1)
        assert "[tool.local_glue]" in shell.errors


def describe_up():
    def it_does_nothing_twice(up):
        before = up.state()
        assert f"already up: {before['endpoint_url']}" in up("up")
        assert up.state() == before

    def it_shows_where_things_are(up):
        said = up("status")
        assert f"endpoint   {up.state()['endpoint_url']}" in said
        assert f"console    {up.state()['endpoint_url']}/_console/" in said
        assert "workflow   shop" in said

    def it_prints_variables_for_other_tools(up):
        assert f"export AWS_ENDPOINT_URL={up.state()['endpoint_url']}" in up("env")

    @pytest.mark.ci
    def it_recovers_from_a_crash(unused):
        unused("up", "--empty")
        before = unused.state()
        os.kill(before["server_pid"], 9)
        unused("status", code=2)
        assert "not running any more" in unused.errors
        (unused.home / "bookmarks").mkdir(exist_ok=True)
        (unused.home / "bookmarks/first.json").write_text("{}")
        unused("up", "--empty")
        after = unused.state()
        assert after["server_pid"] != before["server_pid"]
        assert unused.errors.count("\n") == 1
        assert "ended without 'local-glue stop': nothing is lost" in unused.errors
        os.kill(after["server_pid"], 9)
        (unused.home / "kept/state.db").unlink()
        unused("up")
        assert "kept/state.db is gone: lost are its buckets, tables and runs" in unused.errors
        assert "its databases (warehouse) and the bookmarks of 1 job\n" in unused.errors
        unused("up")
        assert unused.errors == ""
        unused("down")
        assert not unused.home.exists()

    @pytest.mark.ci
    def it_starts_databases_again_that_have_ended_alone(unused):
        from local_glue.stack import Stack

        unused("up")
        Stack.attach(unused.home).client("s3").put_object(Bucket="landing", Key="kept", Body=b"1")
        unused("query", "CREATE TABLE public.kept AS SELECT 5 AS x")
        before = unused.state()
        os.kill(before["postgres"]["pid"], 9)
        wait_for(lambda: not cluster.is_running(before["postgres"]))
        unused("status", code=2)
        assert unused("up").startswith(f"up again: {before['endpoint_url']}")
        assert unused("query", "--csv", "SELECT x FROM public.kept") == "x\n5\n"
        assert Stack.attach(unused.home).client("s3").get_object(Bucket="landing", Key="kept")["Body"].read() == b"1"
        unused("job", "first")
        unused("down")
        assert not unused.home.exists()

    @pytest.mark.ci
    def it_lets_stacks_live_side_by_side(up, unused):
        unused("up")
        assert unused.state()["endpoint_url"] != up.state()["endpoint_url"]
        unused("query", "CREATE TABLE public.only_here (x int)")
        up("query", "SELECT * FROM public.only_here", code=1)
        unused("down")
        up("status")


def describe_console():
    def it_prints_an_address_that_answers(up):
        import urllib.request

        url = up("console").strip()
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30) as page:
            assert b"<h1>Workflows</h1>" in page.read()

    def it_opens_the_browser_or_says_that_there_is_none(up, monkeypatch, tmp_path):
        browser = tmp_path / "browser"
        browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
        browser.chmod(0o755)
        monkeypatch.setenv("BROWSER", str(browser))
        url = up("console", "--open").strip()
        assert (tmp_path / "opened").read_text().strip() == url


def describe_run():
    def it_follows_to_success(up):
        lines = up("run", "shop").splitlines()
        assert [line.split()[:2] for line in lines if line.split()[1] == "SUCCEEDED"] == [
            ["first", "SUCCEEDED"], ["second", "SUCCEEDED"], ["shop", "SUCCEEDED"],
        ]  # fmt: skip

    def it_names_the_failure_and_where_the_log_is(up):
        up("job", "second", "--argument", "mood=bad", code=1)
        changed = json.loads((up.project / "workflows.json").read_text())
        original = json.dumps(changed)
        changed["workflows"]["shop"]["jobs"]["second"]["arguments"]["--mood"] = "bad"
        (up.project / "workflows.json").write_text(json.dumps(changed))
        try:
            said = up("run", "shop", code=1)
        finally:
            (up.project / "workflows.json").write_text(original)
        assert "second FAILED" in said
        assert "MoodError: the mood is bad: try another" in said
        run_id = said.split("local-glue logs ")[1].split()[0]
        assert 'raise MoodError("the mood is bad' in up("logs", run_id)

    def it_uploads_changed_code_first(up):
        library = up.project / "shop/lib/prices.py"
        library.write_text("PRICE = 99\n")
        try:
            up("job", "first")
        finally:
            library.write_text("PRICE = 7\n")
        newest = up("runs", "--limit", "1").splitlines()[1]
        run_id = next(word for word in newest.split() if word.startswith("jr_")).rstrip("…")
        assert "price 99" in up("logs", run_id)

    def it_passes_properties(up):
        up("run", "shop", "--property", "colour=blue", "-p", "size=a=b")
        up("run", "shop", "--property", "colour", code=1)
        assert "key=value" in up.errors

    def it_names_what_does_not_exist(up):
        up("run", "absent", code=1)
        assert up.errors == "there is no workflow absent\n"
        up("job", "absent", code=1)
        assert up.errors == "EntityNotFoundException: Job absent not found.\n"
        up("logs", "jr_absent", code=1)
        assert "no run begins with jr_absent" in up.errors


def describe_put():
    def it_copies_odd_names_unchanged(up, tmp_path):
        names = {"people/a b.csv", "sales/100% + sure.csv", "items/é/ü.csv", "items/.hidden", "log data/x=1/#1?.json"}
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(name)
        assert up("put", str(tmp_path)).startswith("5 files")
        from local_glue.stack import Stack

        s3 = Stack.attach(up.home).client("s3")
        assert names <= {item["Key"] for item in s3.list_objects_v2(Bucket="landing")["Contents"]}
        for name in names:
            assert s3.get_object(Bucket="landing", Key=name)["Body"].read().decode() == name

    def it_needs_a_folder(up, tmp_path):
        up("put", str(tmp_path / "absent"), code=1)
        assert "is not a folder" in up.errors


def describe_bookmark():
    def it_shows_rewinds_and_resets(up):
        from local_glue.bookmarks import BookmarkStore

        store = BookmarkStore(up.home)
        for run_id in ("jr_one", "jr_two"):
            store.begin("first", run_id)
            store.save("first", run_id, None, {"source": {"mark": run_id}})
        assert json.loads(up("bookmark", "show", "first"))["JobBookmark"] == {"source": {"mark": "jr_two"}}
        up("bookmark", "rewind", "first", "jr_one")
        assert json.loads(up("bookmark", "show", "first"))["JobBookmark"] == {"source": {"mark": "jr_one"}}
        up("bookmark", "reset", "first")
        assert json.loads(up("bookmark", "show", "first"))["JobBookmark"] == {}
        up("bookmark", "show", "second", code=1)
        assert "second" in up.errors


def describe_down():
    def it_ends_running_jobs_and_forgets(unused):
        unused("up")
        from local_glue.stack import Stack

        glue = Stack.attach(unused.home).client("glue")
        s3 = Stack.attach(unused.home).client("s3")
        s3.put_object(Bucket="scripts", Key="jobs/first.py", Body=b"import time; time.sleep(60)")
        run_id = glue.start_job_run(JobName="first")["JobRunId"]
        wait_for(lambda: glue.get_job_run(JobName="first", RunId=run_id)["JobRun"]["JobRunState"] == "RUNNING")
        (unused.home / "mine.txt").write_text("not the stack's")
        assert unused("down") == "down\n"
        assert [file.name for file in unused.home.iterdir()] == ["mine.txt"]
        unused("down")
