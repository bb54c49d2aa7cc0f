"""Renews jars.toml for the Spark of this Python: `python -m local_glue.job.jar_lock`, part of `make lock`.

Spark's Ivy says which jars hadoop-aws and PostgreSQL's driver need; their files are hashed as it fetched them.
"""

import importlib.util
import os
import re
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from local_glue import toml
from local_glue.job.jars import LOCK

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
HEADER = "# The jars that Spark does not ship, and the SHA-256 of each; written by `make lock`.\n"


def main() -> None:
    """Writes the section of the Spark that is installed; the others stay."""
    spark = metadata.version("pyspark")
    sections = toml.loads(LOCK.read_text(encoding="utf-8")) if LOCK.exists() else {}
    sections[f"spark-{spark.partition('.')[0]}"] = _resolved(spark)
    parts = [f"\n[{name}]\n" + "".join(map('"{0[0]}" = "{0[1]}"\n'.format, sorted(jars.items())))
             for name, jars in sorted(sections.items())]  # fmt: skip
    LOCK.write_text(HEADER + "".join(parts), encoding="utf-8")


def not_shipped(jars: Iterable[str], shipped: Iterable[str]) -> list[str]:
    """The jars that Spark does not ship; its own, in whatever version, must not be hidden by another.

    Args:
        jars: names of Ivy's files, `<group>_<artifact>-<version>.jar`.
        shipped: names of Spark's files, `<artifact>-<version>.jar`.
    """
    theirs = {_artifact(name) for name in shipped}
    return [name for name in jars if _artifact(name.partition("_")[2]) not in theirs]


def _resolved(spark: str) -> dict[str, str]:
    from pyspark.sql import SparkSession

    packages = (*(HADOOP_3_3 if spark.startswith("3.") else HADOOP_3_4), POSTGRESQL)
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "spark.master": "local[1]", "spark.jars.packages": ",".join(packages), "spark.jars.ivy": folder,
            "spark.jars.excludes": ",".join(EXCLUDES),
        }  # fmt: skip
        SparkSession.builder.config(map=settings).getOrCreate().stop()
        files = {path.name: path for path in (Path(folder) / "jars").glob("*.jar")}
        return {_coordinates(name): sha256(files[name].read_bytes()).hexdigest() for name in _kept(files)}


def _kept(names: Iterable[str]) -> list[str]:
    pyspark = importlib.util.find_spec("pyspark")
    folder = Path((pyspark.submodule_search_locations or [""])[0]) / "jars" if pyspark else Path()
    return not_shipped(names, os.listdir(folder))


def _artifact(name: str) -> str:
    return re.sub(r"-\d.*\.jar$", "", name)


def _coordinates(name: str) -> str:
    group, _, rest = name.partition("_")
    artifact = _artifact(rest)
    return f"{group}:{artifact}:{rest.removeprefix(artifact + '-').removesuffix('.jar')}"


if __name__ == "__main__":
    main()
