"""Makes Java's archive of the classes that Spark needs: `python -m local_glue.job.class_archive`.

A JVM reads 15,000 classes from 300 jars until Spark has answered a first query. Out of an archive, which it maps into
its memory, it takes two thirds of the CPU time. Without one, everything runs as well.
"""
# ruff: noqa: S603 (all commands are built here, without input from outside)

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from local_glue.java import java_home
from local_glue.job import spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JVM_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A JVM that verifies classes takes none that were archived without."""
END_S = 120
BUCKET = "s3a://a-bucket/"


def make() -> bool:
    """Makes the archive anew; whether there is one now."""
    file = spark.CLASS_ARCHIVE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    _archive_of_java()
    new = file.with_suffix(".new")
    os.environ[spark.JVM_OPTIONS] = f'{JVM_OPTIONS} "-XX:ArchiveClassesAtExit={new}" -Xlog:cds=off'
    session = spark.get_session()
    gateway = session.sparkContext._gateway
    with tempfile.TemporaryDirectory() as folder:
        _use(session, Path(folder))
    session.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()  # Java writes the archive as it ends
    gateway.proc.wait(END_S)
    if new.is_file():
        new.replace(file)
    return file.is_file()


def _archive_of_java() -> None:
    """Gives the Java of a wheel the archive of its own classes, on which the other builds; Java installed has it."""
    java = java_home()
    if java.is_relative_to(sys.prefix) and not (java / "lib" / "server" / "classes.jsa").exists():
        subprocess.run([java / "bin" / "java", "-Xshare:dump"], capture_output=True, check=False)


def _use(session: "SparkSession", folder: Path) -> None:
    """Does what jobs do: what Java loads meanwhile is archived."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    rows = session.range(1000).select(
        "id", F.concat(F.lit("x"), F.col("id") % 7).alias("word"), F.timestamp_seconds(F.col("id") * 900).alias("at")
    )
    by_word = Window.partitionBy("word").orderBy("at")
    numbered = rows.withColumn("number", F.row_number().over(by_word)).where("number <= 100")
    counted = rows.groupBy("word").agg(F.count("*").alias("rows"), F.max("at").alias("last"), F.countDistinct("id"))
    joined = numbered.join(counted, "word").join(F.broadcast(counted.select("word", "last")), ["word", "last"], "left")
    for form in ("csv", "json", "parquet"):
        place = str(folder / form)
        joined.write.format(form).save(place)
        session.read.format(form).load(place).limit(3).collect()
    lines = session.read.text(str(folder / "csv")).select(F.split("value", ",").alias("parts"))
    lines.select(F.explode("parts").alias("part")).distinct().persist().count()
    session.createDataFrame([(1, "a")], "id int, word string").unionByName(rows.select("id", "word")).collect()
    java = session._jvm
    java.java.lang.Class.forName("org.postgresql.Driver")
    java.org.apache.hadoop.fs.Path(BUCKET).getFileSystem(session.sparkContext._jsc.hadoopConfiguration())


def main() -> None:
    """Says why there is none if there is none; that is no failure."""
    try:
        reason = None if make() else "Java made none"
    except Exception as error:  # whatever it is, everything else works
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
    if reason:
        print(f"Spark will start without an archive of its classes, a second later ({reason}).", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
