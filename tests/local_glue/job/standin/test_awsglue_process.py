"""A script like those in Glue's examples, run as a process and started with boto3."""

import json

import pytest
from standin_support import BUCKET

from local_glue.versions import running

pytestmark = [pytest.mark.ci, pytest.mark.spark, pytest.mark.stack]
SCRIPT = """
import sys
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import ApplyMapping
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "source"])
glueContext = GlueContext(SparkContext())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
raw = glueContext.create_dynamic_frame.from_options(
    connection_type="s3",
    connection_options={"paths": [args["source"]], "recurse": True},
    format="csv",
    format_options={"withHeader": True},
    transformation_ctx="raw",
)
glueContext.get_logger().info(f"columns {raw.toDF().columns}")
if raw.toDF().columns:
    mappings = [("id", "string", "id", "long"), ("name", "string", "name", "string")]
    mapped = ApplyMapping.apply(frame=raw, mappings=mappings)
    glueContext.write_dynamic_frame.from_options(
        frame=mapped,
        connection_type="redshift",
        connection_options={
            "useConnectionProperties": "true",
            "connectionName": "redshift",
            "dbtable": "public.plain",
            "redshiftTmpDir": args["TempDir"],
        },
    )
job.commit()
"""


@pytest.fixture
def job(standin, standin_prefix, standin_s3):
    name, glue = f"job_{standin_prefix}", standin.client("glue")
    standin_s3.put_object(Bucket=BUCKET, Key=f"{standin_prefix}.py", Body=SCRIPT.encode())
    glue.create_job(
        Name=name,
        Role="arn:aws:iam::123456789012:role/glue",
        GlueVersion=running().name,
        Command={"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/{standin_prefix}.py", "PythonVersion": "3"},
        DefaultArguments={
            "--job-bookmark-option": "job-bookmark-enable",
            "--TempDir": f"s3://{BUCKET}/tmp/",
            "--source": f"s3://{BUCKET}/{standin_prefix}/",
        },
    )
    yield name
    glue.delete_job(JobName=name)


def test_a_script_runs_unmodified(standin, job, standin_prefix, standin_s3, standin_warehouse):
    standin_s3.put_object(Bucket=BUCKET, Key=f"{standin_prefix}/a.csv", Body='id,name\n1,"a, b"\n2,ü\n'.encode())
    first = standin.run_job(job)
    assert first["JobRunState"] == "SUCCEEDED", first.get("ErrorMessage")
    assert standin_warehouse.execute("SELECT * FROM public.plain ORDER BY id").fetchall() == [(1, "a, b"), (2, "ü")]

    second = standin.run_job(job)
    assert second["JobRunState"] == "SUCCEEDED", second.get("ErrorMessage")
    assert standin_warehouse.execute("SELECT COUNT(*) FROM public.plain").fetchone() == (2,)

    bookmark = standin.client("glue").get_job_bookmark(JobName=job)["JobBookmarkEntry"]
    assert bookmark["Run"] == 2
    assert bookmark["RunId"] == second["Id"]
    assert "raw" in json.loads(bookmark["JobBookmark"])
    log = standin.home.log_of(first["Id"]).read_text()
    assert "columns ['id', 'name']" in log
    assert "WARN " not in log
