"""`up --empty`: a stack whose content Terraform or another tool creates."""

import shlex

import boto3
import pytest
from endpoint_support import Shell, make_project

pytestmark = [pytest.mark.ci, pytest.mark.stack]

COUNT = """
import boto3, json, psycopg
connection = boto3.client("glue").get_connection(Name="made-dwh")["Connection"]["ConnectionProperties"]
secret = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=connection["SECRET_ID"])["SecretString"])
url = connection["JDBC_CONNECTION_URL"].removeprefix("jdbc:redshift").join(["postgresql", ""])
there = boto3.client("s3").list_objects_v2(Bucket="made-landing")["KeyCount"]
with psycopg.connect(url, user=secret["username"], password=secret["password"]) as warehouse:
    warehouse.execute("CREATE TABLE public.counted AS SELECT %s AS objects", [there])
"""


@pytest.fixture(scope="session")  # pytest-describe sets up module fixtures again for each block
def empty(tmp_path_factory):
    shell = Shell(make_project(tmp_path_factory.mktemp("project")), tmp_path_factory.mktemp("state") / "home")
    shell("up", "--empty")
    words = shlex.split(shell("env"))
    shell.variables = dict(word.split("=", 1) for word in words if word != "export")
    yield shell
    shell("down")


@pytest.fixture(scope="session")
def client(empty):
    seen = empty.variables

    def make(service):
        return boto3.client(
            service, endpoint_url=seen["AWS_ENDPOINT_URL"], region_name=seen["AWS_REGION"],
            aws_access_key_id=seen["AWS_ACCESS_KEY_ID"], aws_secret_access_key=seen["AWS_SECRET_ACCESS_KEY"],
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def made(empty, client):
    """A workflow with its bucket, connection and secret, none of which is in the project's configuration."""
    s3, glue = client("s3"), client("glue")
    for bucket in ("made-landing", "made-scripts"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="made-scripts", Key="count.py", Body=COUNT.encode())
    secret = client("secretsmanager").create_secret(Name="made/dwh")["ARN"]
    for name, url in (("made-dwh", empty.variables["SHOP_URL"]), ("made-far", "jdbc:redshift://far.away:5439/dwh")):
        properties = {"JDBC_CONNECTION_URL": url, "SECRET_ID": secret}
        connection = {"Name": name, "ConnectionType": "JDBC", "ConnectionProperties": properties}
        glue.create_connection(ConnectionInput=connection)
    glue.create_job(Name="count", Role="r", Command={"Name": "glueetl", "ScriptLocation": "s3://made-scripts/count.py"})
    glue.create_workflow(Name="made")
    glue.create_trigger(Name="made_start", Type="ON_DEMAND", WorkflowName="made", Actions=[{"JobName": "count"}])
    return empty


def describe_an_empty_stack():
    def it_has_databases_and_nothing_else(empty, client):
        assert client("s3").list_buckets()["Buckets"] == []
        assert client("glue").get_jobs()["Jobs"] == []
        assert empty("query", "--csv", "SELECT current_database() AS name") == "name\ndwh\n"

    def it_says_where_the_databases_are(empty):
        postgres = empty.state()["postgres"]
        assert empty.variables["SHOP_URL"] == f"jdbc:redshift://{postgres['host']}:{postgres['port']}/dwh"

    def it_fills_the_secrets_of_connections_to_its_databases(empty, made):
        assert empty("secrets") == "connection made-dwh: its secret opens database warehouse\n"

    def it_takes_files_and_names_the_buckets_that_are_there(empty, made, tmp_path):
        (tmp_path / "a.csv").write_text("x")
        empty("put", str(tmp_path), code=1)
        assert "bucket landing is not there: choose one of made-landing, made-scripts by --bucket" in empty.errors
        assert empty("put", str(tmp_path), "--bucket", "made-landing").startswith("1 file ")

    def it_runs_what_others_made_and_uploads_nothing(empty, made, client):
        assert "made SUCCEEDED" in empty("run", "made")
        assert empty("query", "--csv", "SELECT objects FROM public.counted") == "objects\n1\n"
        assert [job["Name"] for job in client("glue").get_jobs()["Jobs"]] == ["count"]
        assert "workflow   made  last run COMPLETED" in empty("status")

    def it_says_when_there_is_no_secret_to_fill(empty, made, client):
        client("glue").delete_connection(ConnectionName="made-dwh")
        empty("secrets", code=1)
        assert "no Glue connection leads to a database of this stack" in empty.errors


def describe_the_environment_of_a_project():
    def it_names_an_address_that_there_is_not(empty):
        file = empty.project / "pyproject.toml"
        before = file.read_text()
        file.write_text(before.replace("${warehouse.jdbc_url}", "${lake.url}"))
        try:
            empty("env", code=1)
        finally:
            file.write_text(before)
        assert "${lake.url} has no value: choose one of endpoint_url, region, warehouse.jdbc_url" in empty.errors
