"""The jars for S3 and PostgreSQL that Spark does not ship: `python -m local_glue.job.jars` fetches them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from local_glue.environment import NO_PROXY, own_folder
from local_glue.errors import LocalGlueError

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
# Also passed to Ivy, which asks Java even if it has nothing to fetch: Java takes the home folder from the account, not
# from HOME, and fails if there is no account.
IVY = own_folder() / ".ivy2"
USERS_OPTIONS = ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS")


def jars_conf() -> dict[str, str]:
    """Spark's settings for the jars: where they are, or what Ivy has to fetch."""
    class_path = _class_path()
    ivy = {"spark.jars.ivy": str(IVY)}
    if class_path:
        return {**ivy, "spark.driver.extraClassPath": class_path}
    return {**ivy, "spark.jars.packages": ",".join(PACKAGES), "spark.jars.excludes": ",".join(EXCLUDES)}


def _class_path() -> str | None:
    """The class path of the jars that Ivy has downloaded, None if one is missing."""
    paths = [IVY / "jars" / name for name in JARS]
    return os.pathsep.join(map(str, paths)) if all(path.is_file() for path in paths) else None


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
        raise LocalGlueError(
            f"Spark's Ivy could not fetch the jars for S3 and PostgreSQL into {IVY}: is the network there? It said: "
            f"{' '.join(said.split())[-600:]}"
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
    """Starts and ends a session; returns its messages."""
    command = [sys.executable, "-c", "from local_glue.job.spark import get_session; get_session().stop()"]
    variables = {**os.environ, "LOCAL_GLUE_JVM_OPTIONS": java_options}
    options = {"text": True, "encoding": "utf-8", "errors": "replace", "env": variables}
    return subprocess.run(command, capture_output=True, check=False, **options).stderr  # noqa: S603 (a fixed command)


if __name__ == "__main__":
    try:
        fetch_jars()
    except LocalGlueError as failed:
        sys.exit(str(failed))
