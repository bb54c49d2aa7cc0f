"""The Spark session on a laptop: S3A to the local endpoint, few log messages, UTC, a quick start."""

import atexit
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_glue import environment
from local_glue.java import java_home
from local_glue.job import gateway, nameless, py4j_cache
from local_glue.job.jars import jars_conf

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DEFAULTS = "spark-defaults.conf"
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
LOG4J = Path(__file__).with_name("log4j2.properties")
CLASS_ARCHIVE = Path(sys.prefix) / "share" / "local-glue" / "spark.jsa"
"""Of the classes that Spark needs; Java does not use one of other jars or of another Java. See `class_archive`."""


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
        # Else a store that says SlowDown for ever is asked for hours.
        "fs.s3a.retry.throttle.limit": "4",
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
        # Spark describes each query's plan for that UI; the usual form takes a fifth of a short run's CPU time.
        "spark.sql.ui.explainMode": "simple",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.adaptive.enabled": "true",
        "spark.sql.warehouse.dir": str(Path(tempfile.gettempdir()) / "local_glue_spark_warehouse"),
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": "16",
        # Opening a local file costs much less than the 4 MB that Spark assumes: fewer tasks for small files.
        "spark.sql.files.openCostInBytes": "262144",
    }
    conf |= jars_conf()
    if not environment.knows_itself():
        conf |= {f"spark.executorEnv.{name}": os.environ[name] for name in CREDENTIALS if os.environ.get(name)}
    if endpoint:
        conf |= {f"spark.hadoop.{name}": value for name, value in s3a_conf(endpoint).items()}
    return conf


def prepare_environment() -> None:
    """Gives `spark_conf()` and quiet logs to every SparkContext that this process starts, however it is created.

    Glue scripts call `SparkContext()` themselves; Spark reads its defaults from a file, which is written here. It is no
    folder SPARK_CONF_DIR, because Java would look for classes there, and takes none out of an archive then. What the
    user's shell has set for another Spark or Java has no effect. Can be repeated.
    """
    environment.drop(os.environ, environment.JVM)
    os.environ.update(environment.SPARK)
    py4j_cache.remember()
    if not environment.has_name():
        nameless.give_name()
    folder = _defaults_folder()
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"--properties-file {shlex.quote(str(folder / DEFAULTS))} pyspark-shell"
    os.environ["SPARK_SUBMIT_OPTS"] = _options_of_every_jvm()
    if not environment.knows_itself():
        os.environ["SPARK_CONF_DIR"] = str(folder)
    os.environ["JAVA_HOME"] = str(java_home())
    gateway.join(spark_conf)


_folders: dict[tuple[tuple[str, str], ...], Path] = {}


def _defaults_folder() -> Path:
    """A folder with Spark's defaults as they are now; made once for the same defaults."""
    key = tuple(spark_conf().items())
    if key not in _folders or not _folders[key].is_dir():
        _folders[key] = _new_defaults_folder(dict(key))
    return _folders[key]


def _new_defaults_folder(conf: dict[str, str]) -> Path:
    home = os.environ.get("LOCAL_GLUE_HOME")
    parent = Path(home) / "runs" if home else None
    if parent:
        parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="spark-conf-", dir=parent))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / DEFAULTS).write_text(
        "".join(f"{name}={_property(value)}\n" for name, value in conf.items()), encoding="utf-8"
    )
    if not environment.knows_itself():
        # With credentials in its environment, Spark notes down on which machine it found them, by name and address.
        # S3A has them from the defaults above, Python workers by `spark_conf`.
        (folder / "spark-env.sh").write_text(f"unset {' '.join(CREDENTIALS)}\n", encoding="utf-8")
    return folder


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


# Java takes the encoding of files and of their names, and how numbers are written, from the user's settings.
TEXT = "-Dfile.encoding=UTF-8 -Dsun.jnu.encoding=UTF-8 -Duser.language=en -Duser.country=US"
JVM_OPTIONS = "LOCAL_GLUE_JVM_OPTIONS"
_EVERY_JVM = (
    "-XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC -XX:MetaspaceSize=256m "
    "-XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)
QUICK_JVM = f"-XX:TieredStopAtLevel=1 {_EVERY_JVM}"
OPTIMIZING_JVM = (
    "-XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000 "
    f"-XX:Tier4BackEdgeThreshold=400000 {_EVERY_JVM}"
)
"""Of a JVM that loads much: it optimizes what runs ten times as often as Java's own thresholds ask for."""


def _java_options() -> str:
    # TieredStopAtLevel=1 starts jobs faster and runs long ones slower: LOCAL_GLUE_JVM_OPTIONS="" turns it off.
    # With it, Java reserves 48 MB for compiled code; once Spark has filled them, all further code is interpreted.
    # Spark's classes fill the initial metaspace of a JVM, and each time it grows there is a full garbage collection.
    # Verifying the classes of jars, which Ivy has checked, takes a tenth of a short job.
    quick = os.environ.get(JVM_OPTIONS, QUICK_JVM)
    # Hadoop starts a `chmod` process for each local file and folder that it writes; VFORK halves the time for it.
    launch = "-Djdk.lang.Process.launchMechanism=VFORK" if sys.platform == "linux" else ""
    return f"-Duser.timezone=UTC {TEXT} -XX:-UsePerfData {launch} {quick}".strip()


def _options_of_every_jvm() -> str:
    """Options that stay where a job gives its JVM others."""
    archive = f'"-XX:SharedArchiveFile={CLASS_ARCHIVE}"' if CLASS_ARCHIVE.is_file() else ""
    return f"-Dlog4j2.configurationFile={LOG4J.as_uri()} {archive}".strip()


def _property(value: str) -> str:
    return value.replace("\\", "\\\\")
