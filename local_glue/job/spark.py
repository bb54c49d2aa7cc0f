"""The Spark session on a laptop: S3A to the local endpoint, few log messages, UTC, a quick start."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_glue.errors import LocalGlueError
from local_glue.java import java_home
from local_glue.job import py4j_cache

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

AWS_SDK = "1.12.262"
PACKAGES = (
    "org.apache.hadoop:hadoop-aws:3.3.4",
    f"com.amazonaws:aws-java-sdk-s3:{AWS_SDK}",
    f"com.amazonaws:aws-java-sdk-sts:{AWS_SDK}",
    f"com.amazonaws:aws-java-sdk-dynamodb:{AWS_SDK}",
    "org.postgresql:postgresql:42.7.3",
)
# hadoop-aws depends on the bundle of all AWS clients, 280 MB, of which S3A uses only those above.
EXCLUDES = ("com.amazonaws:aws-java-sdk-bundle",)
# The jars that Ivy resolves and Spark does not ship. If all are on disk, Ivy is not run again (saves a second).
JARS = (
    "org.apache.hadoop_hadoop-aws-3.3.4.jar",
    *(f"com.amazonaws_aws-java-sdk-{name}-{AWS_SDK}.jar" for name in ("core", "s3", "kms", "sts", "dynamodb")),
    f"com.amazonaws_jmespath-java-{AWS_SDK}.jar",
    "com.fasterxml.jackson.dataformat_jackson-dataformat-cbor-2.12.6.jar",
    "software.amazon.ion_ion-java-1.0.2.jar",
    "org.wildfly.openssl_wildfly-openssl-1.0.7.Final.jar",
    "org.postgresql_postgresql-42.7.3.jar",
)
# Also passed to Ivy, because Java takes the home folder from the account, not from HOME.
IVY = Path.home() / ".ivy2"
LOG4J = """\
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = console
# At the root's level; otherwise Spark logs on every start that it changes the level.
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = error
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss} %p %c{1}: %m%n%ex
"""


def s3a_conf(endpoint_url: str) -> dict[str, str]:
    """Hadoop settings, without the prefix `spark.hadoop.`, that lead s3:// and s3a:// to `endpoint_url`."""
    return {
        "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "fs.s3a.endpoint": endpoint_url,
        "fs.s3a.endpoint.region": os.environ.get("AWS_REGION", "us-east-1"),
        "fs.s3a.access.key": os.environ.get("AWS_ACCESS_KEY_ID", "local"),
        "fs.s3a.secret.key": os.environ.get("AWS_SECRET_ACCESS_KEY", "local"),
        "fs.s3a.aws.credentials.provider": "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
        "fs.s3a.path.style.access": "true",
        "fs.s3a.connection.ssl.enabled": str(endpoint_url.startswith("https")).lower(),
        "fs.s3a.bucket.probe": "0",
        "fs.s3a.directory.marker.retention": "keep",
        "fs.s3a.experimental.input.fadvise": "sequential",
        "fs.s3a.attempts.maximum": "3",
        "fs.s3a.retry.limit": "3",
        "fs.s3a.connection.establish.timeout": "5000",
        "mapreduce.fileoutputcommitter.algorithm.version": "2",
        "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    }


def spark_conf() -> dict[str, str]:
    """Settings of a local session; without AWS_ENDPOINT_URL, they leave out S3."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    conf = {
        "spark.master": os.environ.get("LOCAL_GLUE_MASTER", "local[*]"),
        "spark.app.name": "local_glue",
        "spark.driver.memory": os.environ.get("LOCAL_GLUE_MEMORY", "2g"),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": _java_options(),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.adaptive.enabled": "true",
        "spark.sql.warehouse.dir": str(Path(tempfile.gettempdir()) / "local_glue_spark_warehouse"),
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": "16",
        # Opening a local file costs much less than the 4 MB that Spark assumes: fewer tasks for small files.
        "spark.sql.files.openCostInBytes": "262144",
    }
    conf |= _jars_conf()
    if endpoint:
        conf |= {f"spark.hadoop.{name}": value for name, value in s3a_conf(endpoint).items()}
    return conf


def prepare_environment() -> None:
    """Gives `spark_conf()` and quiet logs to every SparkContext that this process starts, however it is created.

    Glue scripts call `SparkContext()` themselves; Spark reads its defaults from the folder SPARK_CONF_DIR, which is
    written here unless it is set already.
    """
    # Spark's Python workers must be this interpreter, with its packages, not the python3 on PATH.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    py4j_cache.remember()
    if os.environ.get("SPARK_CONF_DIR"):
        return
    home = os.environ.get("LOCAL_GLUE_HOME")
    parent = Path(home) / "runs" if home else None
    if parent:
        parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="spark-conf-", dir=parent))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "spark-defaults.conf").write_text(
        "".join(f"{name}={_property(value)}\n" for name, value in spark_conf().items()), encoding="utf-8"
    )
    (folder / "log4j2.properties").write_text(LOG4J, encoding="utf-8")
    os.environ["SPARK_CONF_DIR"] = str(folder)
    os.environ["JAVA_HOME"] = str(java_home())


def get_session(extra: dict[str, Any] | None = None) -> "SparkSession":
    """The running session, or a new one with `spark_conf()`; `extra` settings override."""
    from pyspark.sql import SparkSession

    prepare_environment()
    builder = SparkSession.builder
    for name, value in {**spark_conf(), **(extra or {})}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def follow_endpoint(spark: "SparkSession") -> None:
    """Points a running session's S3A at the current AWS_ENDPOINT_URL (tests start many endpoints in one process)."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    hadoop = spark.sparkContext._jsc.hadoopConfiguration()
    if not endpoint or hadoop.get("fs.s3a.endpoint") == endpoint:
        return
    for name, value in s3a_conf(endpoint).items():
        hadoop.set(name, value)
    # File systems that are open, one per bucket name, would keep the old endpoint.
    spark.sparkContext._jvm.org.apache.hadoop.fs.FileSystem.closeAll()


QUICK_JVM = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:MetaspaceSize=256m "
    "-XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)


def _java_options() -> str:
    # TieredStopAtLevel=1 starts jobs faster and runs long ones slower: LOCAL_GLUE_JVM_OPTIONS="" turns it off.
    # Spark's classes fill the initial metaspace of a JVM, and each time it grows there is a full garbage collection.
    # Verifying the classes of jars, which Ivy has checked, takes a tenth of a short job.
    quick = os.environ.get("LOCAL_GLUE_JVM_OPTIONS", QUICK_JVM)
    # Hadoop starts a `chmod` process for each local file and folder that it writes; VFORK halves the time for it.
    launch = "-Djdk.lang.Process.launchMechanism=VFORK" if sys.platform == "linux" else ""
    return f"-Duser.timezone=UTC -XX:-UsePerfData {launch} {quick}".strip()


def _jars_conf() -> dict[str, str]:
    class_path = _class_path()
    if class_path:
        return {"spark.driver.extraClassPath": class_path}
    return {
        "spark.jars.packages": ",".join(PACKAGES),
        "spark.jars.excludes": ",".join(EXCLUDES),
        "spark.jars.ivy": str(IVY),
    }


def _class_path() -> str | None:
    """The class path of the jars that Ivy has downloaded, None if one is missing."""
    paths = [IVY / "jars" / name for name in JARS]
    return os.pathsep.join(map(str, paths)) if all(path.is_file() for path in paths) else None


def _property(value: str) -> str:
    return value.replace("\\", "\\\\")


def fetch_jars() -> None:
    """Downloads the missing jars with Spark's Ivy.

    Raises:
        LocalGlueError: the download failed; the message ends with Ivy's.
    """
    if _class_path():
        return
    command = [sys.executable, "-c", "from local_glue.job.spark import get_session; get_session().stop()"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (a fixed command)
    if not _class_path():
        raise LocalGlueError(
            f"Spark's Ivy could not fetch the jars for S3 and PostgreSQL into {IVY}: is the network there? It said: "
            f"{' '.join(done.stderr.split())[-600:]}"
        )


if __name__ == "__main__":
    fetch_jars()
