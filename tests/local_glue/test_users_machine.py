"""A whole stack in a shell that is set up for other programs, with a proxy that answers nothing."""

import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from endpoint_support import PYPROJECT, make_project

from local_glue import versions
from local_glue.environment import own_folder

pytestmark = [pytest.mark.stack, pytest.mark.spark]

SCRIPT = """
from pyspark.context import SparkContext
from pyspark.sql.functions import udf
from awsglue.context import GlueContext
import boto3

context = SparkContext()
spark = GlueContext(context).spark_session
boto3.client("s3").put_object(Bucket="landing", Key="é/x.csv", Body="a\\né\\n".encode())
read = spark.read.option("header", "true").csv("s3://landing/é/")
print("rows", [row.x for row in read.select(udf(lambda value: value + "ü")("a").alias("x")).collect()])
read.write.csv("s3://landing/out/")

def count(rows):
    return [boto3.client("s3").list_objects_v2(Bucket="landing", Prefix="é/")["KeyCount"] for _ in rows]

print("objects that a worker sees", context.parallelize([1], 1).mapPartitions(count).collect())
from local_glue.job.connections import from_connection
with from_connection("shop-dwh").connect() as connection:
    print("database", connection.execute("SELECT 'ß'").fetchone()[0])
"""
FOREIGN_MODULES = ("typer", "boto3", "psycopg", "py4j", "rich")


@pytest.fixture(scope="module")
def proxied():
    """A proxy that answers everything with 502: its address, and what was asked of it."""
    asked = []

    class Refusing(BaseHTTPRequestHandler):
        def refuse(self):
            asked.append(self.requestline)
            self.send_error(502)

        def log_message(self, *_):
            pass

    for method in ("GET", "PUT", "POST", "HEAD", "DELETE", "CONNECT"):
        setattr(Refusing, f"do_{method}", Refusing.refuse)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, proxied):
    """The variables of a shell that is set up for everything but us."""
    folder = tmp_path_factory.mktemp("theirs")
    for name in FOREIGN_MODULES:
        (folder / f"{name}.py").write_text("raise SystemError('from the PYTHONPATH of the user')")
    (folder / ".aws").mkdir()
    for name in ("config", "credentials"):
        (folder / ".aws" / name).write_text("[default\nbroken")
    (folder / ".cache").symlink_to(own_folder() / ".cache")
    (folder / "bash_env").write_text("echo from BASH_ENV\n")
    (folder / "spark-defaults.conf").write_text("spark.master=spark://nowhere:1\n")
    (folder / "core-site.xml").write_text(
        "<configuration><property><name>fs.defaultFS</name><value>hdfs://nowhere:1</value></property></configuration>"
    )
    proxies = {
        name: proxied[0] for kind in ("http", "https", "all") for name in (f"{kind}_proxy", f"{kind}_PROXY".upper())
    }
    return {
        **proxies, "PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C", "PYTHONPATH": str(folder),
        "PYTHONIOENCODING": "ascii", "PYTHONWARNINGS": "error", "SPARK_HOME": "/nowhere", "SPARK_CONF_DIR": str(folder),
        "HADOOP_CONF_DIR": str(folder), "PYSPARK_PYTHON": "/nowhere", "PYSPARK_DRIVER_PYTHON": "ipython",
        "PYSPARK_SUBMIT_ARGS": "--master yarn", "JAVA_TOOL_OPTIONS": "-XX:+NoSuchOption", "_JAVA_OPTIONS": "-Xmx2m",
        "BASH_ENV": str(folder / "bash_env"), "AWS_PROFILE": "ghost", "AWS_CONFIG_FILE": str(folder / ".aws/config"),
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1", "AWS_SESSION_TOKEN": "theirs", "AWS_DEFAULTS_MODE": "nonsense",
        "PGHOST": "nowhere", "PGHOSTADDR": "10.255.255.1", "PGPASSWORD": "theirs", "PGSERVICE": "ghost",
        "PGSSLMODE": "verify-full", "PGOPTIONS": "-c no.such=1", "PGDATA": "/nowhere",
    }  # fmt: skip


def command_line(prefix=()):
    """How a user starts it; the machine may give it another name by `prefix`."""
    return [*prefix, sys.executable, "-m", "local_glue.cli.entry"]


@pytest.fixture(scope="module")
def other_hostname():
    """A prefix for commands that run where this machine's name leads nowhere; empty where that takes rights."""
    prefix = ["unshare", "--uts", "sh", "-c", 'hostname no-such-host.invalid && exec "$@"', "sh"]
    there = shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True).returncode == 0
    return prefix if there else []


@pytest.fixture(scope="module")
def used(tmp_path_factory, hostile, other_hostname):
    """A project whose stack was started, used and stopped in that shell: what each command said."""
    project = make_project(tmp_path_factory.mktemp("used"), second=SCRIPT)
    theirs = {**hostile, versions.VARIABLE: os.environ[versions.VARIABLE]}  # the Glue whose Spark is installed here
    sources = {**theirs, "PYTHONPATH": os.pathsep.join([theirs["PYTHONPATH"], str(Path(__file__).parents[2])])}
    said = {}

    def call(*arguments):
        done = subprocess.run(
            [*command_line(other_hostname), *arguments], cwd=project, env=sources, capture_output=True, timeout=180,
            umask=0o077,
        )  # fmt: skip
        said[arguments[0]] = done.returncode, done.stdout.decode(), done.stderr.decode()

    call("up")
    call("job", "second")
    call("runs")
    run_id = next((word for word in said["runs"][1].split() if word.startswith("jr_")), "none").rstrip("…")
    for arguments in (("logs", run_id), ("env",), ("query", "SELECT 'ü' AS x")):
        call(*arguments)
    call("down")
    return said


@pytest.mark.nightly
def describe_a_stack_in_a_hostile_shell():
    def it_does_all_that_it_does_elsewhere(used):
        assert {name: said for name, said in used.items() if said[0]} == {}

    def it_runs_jobs_as_elsewhere(used):
        log = used["logs"][1]
        assert "rows ['éü']" in log
        assert "objects that a worker sees [1]" in log
        assert "database ß" in log
        assert "Exception" not in log

    def it_writes_utf_8(used):
        assert "── second" in used["logs"][2]
        assert "ü" in used["query"][1]

    def it_asks_nothing_of_the_proxy(used, proxied):
        assert proxied[1] == []

    def it_prints_what_leads_other_tools_past_the_proxy_and_the_profile(used):
        lines = used["env"][1].splitlines()
        assert "export NO_PROXY=127.0.0.1,localhost" in lines
        assert "export no_proxy=127.0.0.1,localhost" in lines
        assert "export AWS_CONFIG_FILE=/dev/null" in lines
        assert {"unset AWS_PROFILE", "unset AWS_SESSION_TOKEN", "unset AWS_ENDPOINT_URL_S3"} <= set(lines)


def describe_no_environment_at_all():
    def it_is_enough(tmp_path):
        project = make_project(tmp_path)
        (project / "pyproject.toml").write_text(PYPROJECT)
        for arguments in (["up", "--empty"], ["status"], ["down"]):
            done = subprocess.run(
                [sys.executable, "-P", "-m", "local_glue.cli.entry", *arguments], cwd=project, env={},
                capture_output=True, text=True, timeout=90,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr


def describe_a_user_without_a_name():
    def it_gets_one_in_each_jvm(monkeypatch):
        from types import SimpleNamespace

        from pyspark import context

        from local_glue.job import nameless

        given = []
        users = SimpleNamespace(setLoginUser=given.append, createRemoteUser=lambda name: f"user {name}")
        security = SimpleNamespace(UserGroupInformation=users)
        hadoop = SimpleNamespace(hadoop=SimpleNamespace(security=security))
        gateway = SimpleNamespace(jvm=SimpleNamespace(org=SimpleNamespace(apache=hadoop)))
        monkeypatch.setattr(context, "launch_gateway", lambda conf: gateway)
        nameless.give_name()
        nameless.give_name()
        assert context.launch_gateway("conf") is gateway
        assert given == ["user local"]
