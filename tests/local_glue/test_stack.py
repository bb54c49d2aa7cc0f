"""Whole stacks of a small project, in this process and in separate processes."""

import json
import sys
import time

import psycopg
import pytest
from endpoint_support import make_project, states

from local_glue.endpoint.server import READY_FILE
from local_glue.errors import LocalGlueError, NotRunningError
from local_glue.home import process_alive
from local_glue.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("no_shared_stack")]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module", params=["inline", "process"])
def stack(request, project, tmp_path_factory, no_shared_stack):
    stack = Stack.start(project, tmp_path_factory.mktemp(request.param) / "home", inline=request.param == "inline")
    sys.path.insert(0, str(project))
    yield stack
    sys.path.remove(str(project))
    stack.stop()


def objects(stack, bucket="landing"):
    return {o["Key"] for o in stack.client("s3").list_objects_v2(Bucket=bucket).get("Contents", ())}


def describe_a_stack():
    def it_provides_what_the_project_asks_for(stack):
        assert objects(stack, "scripts") == {"jobs/first.py", "jobs/second.py", "lib/shop.zip"}
        assert stack.client("s3").get_bucket_versioning(Bucket="landing")["Status"] == "Enabled"
        properties = stack.client("glue").get_connection(Name="shop-dwh")["Connection"]["ConnectionProperties"]
        assert properties["SECRET_ID"] == "shop/dwh"
        host, _, dbname = properties["JDBC_CONNECTION_URL"].removeprefix("jdbc:redshift://").partition("/")
        secret = json.loads(stack.client("secretsmanager").get_secret_value(SecretId="shop/dwh")["SecretString"])
        address, _, port = host.partition(":")
        psycopg.connect(
            host=address, port=port, dbname=dbname, user=secret["username"], password=secret["password"]
        ).close()
        table = stack.client("dynamodb").describe_table(TableName="Ledger")["Table"]
        assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["by_state"]

    def it_runs_a_workflow(stack):
        stack.reset()
        run = stack.run_workflow("shop", {"colour": "blue"})
        assert run["Status"] == "COMPLETED"
        assert (
            states(run) == {"first": ["SUCCEEDED"], "second": ["SUCCEEDED"]}
            or run["Statistics"]["SucceededActions"] == 2
        )
        assert run["WorkflowRunProperties"] == {"colour": "blue"}
        assert objects(stack) == {"out/mood.txt"}

    def it_runs_a_job(stack):
        stack.reset()
        run = stack.run_job("second", {"--mood": "odd one"})
        assert run["JobRunState"] == "SUCCEEDED"
        body = stack.client("s3").get_object(Bucket="landing", Key="out/mood.txt")["Body"].read()
        assert body == b"odd one"
        log = stack.run_job("first")["Id"]
        assert stack.home.log_of(log).read_text().startswith("price 7 --JOB_NAME first")

    def it_provides_again_without_uploading(stack, project):
        assert stack.refresh_code() == 0
        stack.provision()
        (project / "shop/lib/prices.py").write_text("PRICE = 8\n")
        try:
            assert stack.refresh_code() == 1
        finally:
            (project / "shop/lib/prices.py").write_text("PRICE = 7\n")
            stack.refresh_code()

    def it_resets_fast(stack):
        stack.run_workflow("shop")
        with stack.connect("warehouse") as connection:
            connection.execute("CREATE TABLE public.kept (x int)")
        stack.client("dynamodb").put_item(TableName="Ledger", Item={"file_key": {"S": "x"}})
        stack.client("secretsmanager").put_secret_value(SecretId="shop/dwh", SecretString="{}")
        started = time.monotonic()
        stack.reset()
        assert time.monotonic() - started < 10  # 0.5 s on an idle machine
        assert objects(stack) == set()
        assert stack.client("dynamodb").scan(TableName="Ledger")["Count"] == 0
        assert stack.client("glue").get_job_runs(JobName="first")["JobRuns"] == []
        assert "username" in stack.client("secretsmanager").get_secret_value(SecretId="shop/dwh")["SecretString"]
        with stack.connect("warehouse") as connection:
            assert connection.execute("SELECT to_regclass('public.kept')").fetchone() == (None,)
        assert stack.run_workflow("shop")["Statistics"]["SucceededActions"] == 2

    def it_can_be_attached_to(stack):
        assert Stack.attach(stack.home.path).endpoint_url == stack.endpoint_url

    def it_is_one_a_home(stack, project):
        with pytest.raises(LocalGlueError, match="already"):
            Stack.start(project, stack.home.path)

    def it_names_an_unknown_database(stack):
        with pytest.raises(LocalGlueError, match="choose one of warehouse"):
            stack.connect("rds")


def describe_start():
    def it_takes_little_time_and_leaves_nothing(project, tmp_path):
        home = tmp_path / "home"
        started = time.monotonic()
        stack = Stack.start(project, home, inline=True)
        assert time.monotonic() - started < 10  # 2.5 s on an idle machine
        stack.stop()
        assert not home.exists()
        with pytest.raises(NotRunningError, match="local-glue up"):
            Stack.attach(home)

    @pytest.mark.ci
    def it_ends_by_itself_when_its_files_are_removed(project, tmp_path):
        stack = Stack.start(project, tmp_path / "home")
        (tmp_path / "home" / READY_FILE).unlink()
        deadline = time.monotonic() + 30
        while process_alive(stack.state["server_pid"]) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not process_alive(stack.state["server_pid"])
        stack.stop()

    @pytest.mark.ci
    def it_provides_nothing_when_empty(project, tmp_path):
        stack = Stack.start(project, tmp_path / "home", inline=True, empty=True)
        try:
            assert stack.client("s3").list_buckets()["Buckets"] == []
            stack.connect("warehouse").close()
            stack.reset()
            assert stack.client("s3").list_buckets()["Buckets"] == []
        finally:
            stack.stop()

    @pytest.mark.ci
    def it_stops_what_it_started_when_the_project_is_wrong(tmp_path):
        project = make_project(tmp_path)
        (project / "jobs/first.py").unlink()
        with pytest.raises(LocalGlueError, match=r"first\.py is missing"):
            Stack.start(project, project / "home", inline=True)
        assert not (project / "home").exists()

    def it_leaves_folders_of_others_alone(project, tmp_path):
        (tmp_path / "logs").mkdir()
        (tmp_path / "logs/precious.log").write_text("mine")
        with pytest.raises(LocalGlueError, match="holds logs of something else"):
            Stack.start(project, tmp_path, inline=True)
        assert (tmp_path / "logs/precious.log").exists()
