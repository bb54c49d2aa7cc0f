"""Job runs of a stack use one JVM, one after another, and find nothing in it of the runs before."""

import io
import json
import zipfile

import pytest
from endpoint_support import BUCKET, SLEEP, Remote, Tiny, wait_for

from local_glue.home import process_alive

pytestmark = [pytest.mark.stack, pytest.mark.spark]
HEAD = """
import json, os, sys
from pyspark.context import SparkContext
from awsglue.context import GlueContext
context = SparkContext()
spark = GlueContext(context).spark_session
java = context._jvm.java.lang
def tell(**facts):
    print(json.dumps({"jvm": java.ProcessHandle.current().pid(), **facts}))
"""
LEAVES = """
spark.createDataFrame([(1,)], "a int").createOrReplaceTempView("mine")
spark.conf.set("spark.sql.shuffle.partitions", "77")
java.System.setProperty("theirs", "x")
SparkContext.setSystemProperty("spark.executor.memory", "77m")
spark.range(1).write.mode("overwrite").parquet("relative")
"""
FINDS = """
tell(
    views=[table.name for table in spark.catalog.listTables()],
    partitions=spark.conf.get("spark.sql.shuffle.partitions"),
    properties=[java.System.getProperty(name) for name in ("theirs", "spark.executor.memory")],
    files=os.listdir(),
)
"""
WORKER = """
import boto3
def look(_):
    import prices
    yield prices.PRICE, os.environ["AWS_ACCESS_KEY_ID"], len(boto3.client("s3").list_buckets()["Buckets"]) > 0
tell(worker=context.parallelize([0], 1).mapPartitions(look).collect(), key=os.environ["AWS_ACCESS_KEY_ID"])
"""


def told(tiny, run):
    """What the script told of itself."""
    assert run["JobRunState"] == "SUCCEEDED", tiny.log(run["Id"])
    # What the JVM writes comes by a way of its own, and may stand behind it.
    (line,) = [line for line in tiny.log(run["Id"]).splitlines() if line.startswith('{"jvm"')]
    return json.loads(line)


def describe_runs_one_after_another():
    def they_share_a_jvm_and_nothing_in_it(tiny):
        first = told(tiny, tiny.run(tiny.job("first", HEAD + LEAVES + "tell()")))
        second = told(tiny, tiny.run(tiny.job("second", HEAD + FINDS)))
        assert second.pop("jvm") == first["jvm"]
        files = second.pop("files")
        assert second == {"views": [], "partitions": "8", "properties": [None, None]}
        assert "relative" not in files

    def it_is_another_jvm_after_a_failure(tiny):
        first = told(tiny, tiny.run(tiny.job("first", HEAD + "tell()")))
        bad = tiny.run(tiny.job("bad", HEAD + "raise ValueError('no such thing')"))
        assert bad["ErrorMessage"] == "ValueError: no such thing"
        assert told(tiny, tiny.run(tiny.job("third", HEAD + "tell()")))["jvm"] != first["jvm"]

    def it_stays_if_the_run_that_failed_had_not_used_it(tiny):
        first = told(tiny, tiny.run(tiny.job("first", HEAD + "tell()")))
        assert tiny.run(tiny.job("bad", "raise ValueError"))["JobRunState"] == "FAILED"
        assert told(tiny, tiny.run(tiny.job("third", HEAD + "tell()")))["jvm"] == first["jvm"]

    def what_the_jvm_writes_is_in_the_log_of_the_run(tiny):
        run = tiny.run(tiny.job("says", HEAD + "java.System.err.println('from Java')\ntell()"))
        told(tiny, run)
        assert "from Java" in tiny.log(run["Id"])
        later = tiny.run(tiny.job("later", HEAD + "tell()"))
        assert "from Java" not in tiny.log(later["Id"])

    def workers_have_the_libraries_and_the_keys_of_their_run(tiny):
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w") as archive:
            archive.writestr("prices.py", "PRICE = 7\n")
        tiny.s3.put_object(Bucket=BUCKET, Key=f"{tiny.mark}/prices.zip", Body=body.getvalue())
        libraries = {"--extra-py-files": f"s3://{BUCKET}/{tiny.mark}/prices.zip"}
        found = told(tiny, tiny.run(tiny.job("worker", HEAD + WORKER, DefaultArguments=libraries)))
        assert found["worker"] == [[7, found["key"], True]]
        without = tiny.run(tiny.job("without", HEAD + WORKER))
        assert "No module named 'prices'" in tiny.log(without["Id"])


def describe_much_to_load():
    @pytest.mark.ci
    def it_gets_a_jvm_that_optimizes(tiny):
        code = HEAD + 'tell(options=" ".join(java.management.ManagementFactory.getRuntimeMXBean().getInputArguments()))'
        quick = told(tiny, tiny.run(tiny.job("quick", code)))
        tiny.s3.put_object(Bucket=BUCKET, Key=f"{tiny.mark}/much", Body=bytes(32 << 20))
        optimizing = [told(tiny, tiny.run(tiny.job(name, code))) for name in ("much", "more")]
        tiny.s3.delete_object(Bucket=BUCKET, Key=f"{tiny.mark}/much")
        assert "-XX:TieredStopAtLevel=1" in quick["options"]
        assert ["-XX:TieredStopAtLevel=1" in found["options"] for found in optimizing] == [False, False]
        assert quick["jvm"] != optimizing[0]["jvm"] == optimizing[1]["jvm"]


def describe_runs_at_a_time():
    @pytest.mark.ci
    def each_has_a_jvm(tiny):
        code = HEAD + "import time\ntell()\ntime.sleep(4)"
        jobs = [tiny.job(name, code) for name in ("one", "two")]
        runs = [(job, tiny.start(job)) for job in jobs]
        found = {told(tiny, tiny.finished(job, run))["jvm"] for job, run in runs}
        assert len(found) == 2


def describe_a_run_that_is_stopped():
    def its_jvm_ends_with_it(tiny):
        job = tiny.job("long", HEAD + "tell()\n" + SLEEP)
        run = tiny.start(job)
        wait_for(lambda: tiny.state(job, run) == "RUNNING" and '"jvm"' in tiny.log(run), 60)
        jvm = json.loads(tiny.log(run).splitlines()[-1])["jvm"]
        tiny.glue.batch_stop_job_run(JobName=job, JobRunIds=[run])
        assert tiny.finished(job, run)["JobRunState"] == "STOPPED"
        wait_for(lambda: not process_alive(jvm))


def describe_a_cold_stack():
    @pytest.mark.ci
    def each_run_has_a_jvm_which_ends_with_it(tmp_path):
        endpoint = Remote(tmp_path, cold=True)
        try:
            tiny = Tiny(endpoint)
            job = tiny.job("job", HEAD + "tell()")
            jvms = [told(tiny, tiny.run(job))["jvm"] for _ in range(2)]
            assert jvms[0] != jvms[1]
            assert not any(map(process_alive, jvms))
        finally:
            endpoint.stop()


def describe_the_end_of_a_stack():
    @pytest.mark.ci
    def it_is_the_end_of_its_jvm(tmp_path):
        endpoint = Remote(tmp_path)
        tiny = Tiny(endpoint)
        jvm = told(tiny, tiny.run(tiny.job("job", HEAD + "tell()")))["jvm"]
        assert process_alive(jvm)
        endpoint.stop()
        wait_for(lambda: not process_alive(jvm))
