"""The jars for S3 and PostgreSQL that Spark does not ship: `python -m local_glue.job.jars` fetches them."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from local_glue.environment import NO_PROXY, own_folder
from local_glue.errors import LocalGlueError

POSTGRESQL = "org.postgresql:postgresql:42.7.3"
# What S3A needs of AWS's clients. hadoop-aws depends on the bundle of all of them, hundreds of MB.
HADOOP_3_3 = (
    "org.apache.hadoop:hadoop-aws:3.3.4",
    *(f"com.amazonaws:aws-java-sdk-{name}:1.12.262" for name in ("s3", "sts", "dynamodb")),
)
HADOOP_3_4 = (
    "org.apache.hadoop:hadoop-aws:3.4.2",
    *(
        f"software.amazon.awssdk:{name}:2.29.52"
        for name in ("s3", "s3-transfer-manager", "sts", "apache-client", "netty-nio-client")
    ),
)
EXCLUDES = ("com.amazonaws:aws-java-sdk-bundle", "software.amazon.awssdk:bundle")
USERS_OPTIONS = ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS")


def packages(spark: str) -> tuple[str, ...]:
    """The packages for a version of Spark: those of the Hadoop that it ships."""
    return (*(HADOOP_3_3 if spark.startswith("3.") else HADOOP_3_4), POSTGRESQL)


def jars_conf() -> dict[str, str]:
    """Spark's settings for the jars: where they are, or what Ivy has to fetch."""
    class_path = _class_path()
    # Also passed to Ivy, which asks Java even if it has nothing to fetch: Java takes the home folder from the account,
    # not from HOME, and fails if there is no account.
    ivy = {"spark.jars.ivy": str(_ivy())}
    if class_path:
        return {**ivy, "spark.driver.extraClassPath": class_path}
    return {**ivy, "spark.jars.packages": ",".join(packages(_spark())), "spark.jars.excludes": ",".join(EXCLUDES)}


def _spark() -> str:
    return metadata.version("pyspark")


def _ivy() -> Path:
    """Ivy's folder; the Ivy of Spark 4 cannot read what that of Spark 3 has kept."""
    return own_folder() / (".ivy2" if _spark().startswith("3.") else ".ivy2.5.2")


def _record() -> Path:
    """The file that names the jars which Ivy has found, for these packages and this Spark."""
    digest = sha256(" ".join((_spark(), *packages(_spark()))).encode()).hexdigest()[:12]
    return _ivy() / f"local-glue-{digest}.txt"


def _class_path() -> str | None:
    """The class path of the jars that Ivy has downloaded, None if one is missing."""
    # If all are on disk, Ivy is not run again, which saves a second.
    record = _record()
    paths = [_ivy() / "jars" / name for name in record.read_text("utf-8").split()] if record.is_file() else []
    return os.pathsep.join(map(str, paths)) if paths and all(path.is_file() for path in paths) else None


def not_shipped(jars: Iterable[str], shipped: Iterable[str]) -> list[str]:
    """The jars that Spark does not ship; its own, in whatever version, must not be hidden by another.

    Args:
        jars: names of Ivy's files, `<group>_<artifact>-<version>.jar`.
        shipped: names of Spark's files, `<artifact>-<version>.jar`.
    """
    theirs = {_artifact(name) for name in shipped}
    return [name for name in jars if _artifact(name.partition("_")[2]) not in theirs]


def _artifact(name: str) -> str:
    return re.sub(r"-\d.*\.jar$", "", name)


def fetch_jars() -> None:
    """Downloads the missing jars with Spark's Ivy, through the user's proxy, if need be with the user's JVM options.

    Raises:
        LocalGlueError: the download failed; the message ends with Ivy's.
    """
    proxies, said = proxy_options(os.environ), ""
    # Elsewhere the user's options have no effect; here they may lead to the certificates of the user's network.
    options = " ".join(filter(None, map(os.environ.get, USERS_OPTIONS)))
    for attempt in [proxies, f"{proxies} {options}"] if options else [proxies]:
        if not _class_path():
            said = _run_ivy(attempt)
    if not _class_path():
        before_stack = said.partition("\tat ")[0]
        raise LocalGlueError(
            f"Spark's Ivy could not fetch the jars for S3 and PostgreSQL into {_ivy()}: is the network there? Behind a "
            "proxy set HTTPS_PROXY; where a proxy has certificates of its own, set JAVA_TOOL_OPTIONS="
            "-Djavax.net.ssl.trustStore=FILE, with a Java keystore that has them. Ivy said: "
            f"{' '.join(before_stack.split())[-600:]}"
        )


def proxy_options(environ: Mapping[str, str]) -> str:
    """The JVM options for the proxies that HTTPS_PROXY and HTTP_PROXY name, which Java does not read itself."""
    options = []
    for scheme in ("https", "http"):
        names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY")
        value = next((environ[name] for name in names if environ.get(name)), "")
        place = urlsplit(value if "://" in value else f"//{value}")
        if place.hostname and not place.scheme.startswith("socks"):
            options += [f"-D{scheme}.proxyHost={place.hostname}", f"-D{scheme}.proxyPort={place.port or 80}"]
            user = {"proxyUser": place.username, "proxyPassword": place.password}
            options += [f"-D{scheme}.{name}={unquote(given)}" for name, given in user.items() if given]
    direct = [part.strip() for name in NO_PROXY for part in environ.get(name, "").split(",") if part.strip()]
    if options and direct:
        hosts = [f"*{part}" if part.startswith(".") else part for part in dict.fromkeys(direct)]
        options.append(f"-Dhttp.nonProxyHosts={'|'.join(hosts)}")
    return " ".join(options)


def _run_ivy(java_options: str) -> str:
    """Starts and ends a session, and records the jars that it was given; returns its messages."""
    code = (
        "from local_glue.job.spark import get_session; session = get_session(); "
        "print('JARS', session.sparkContext.getConf().get('spark.jars', '')); session.stop()"
    )
    variables = {**os.environ, "LOCAL_GLUE_JVM_OPTIONS": java_options}
    options = {"text": True, "encoding": "utf-8", "errors": "replace", "env": variables}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, **options)  # noqa: S603 (a fixed command)
    found = re.search(r"^JARS (\S+)$", done.stdout, re.MULTILINE)
    if found:
        names = [Path(uri).name for uri in found.group(1).split(",")]
        _record().write_text("\n".join(not_shipped(names, os.listdir(_spark_jars()))), encoding="utf-8")
    return done.stderr


def _spark_jars() -> Path:
    spec = importlib.util.find_spec("pyspark")
    return Path((spec.submodule_search_locations or [""])[0] if spec else "") / "jars"


if __name__ == "__main__":
    try:
        fetch_jars()
    except LocalGlueError as failed:
        sys.exit(str(failed))
