import os
import re
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.timeout(300)]

OF_FILE = "import sys, pathlib; from local_glue.job import spark; spark.CLASS_ARCHIVE = pathlib.Path(sys.argv[1])"
MAKE = f"{OF_FILE}; from local_glue.job import class_archive; class_archive.make()"
QUERY = f"{OF_FILE}; print(spark.get_session().range(5).selectExpr('sum(id) AS total').collect())"


def run(code, *arguments, **variables):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.ci
def test_java_takes_spark_out_of_the_archive(tmp_path):
    archive, log = tmp_path / "a folder" / "spark.jsa", tmp_path / "classes.log"
    run(MAKE, archive)
    run(QUERY, archive, LOCAL_GLUE_JVM_OPTIONS=f"-Xlog:class+load:file={log}")
    # Java makes the classes of lambdas anew.
    lines = [line for line in log.read_text().splitlines() if " org.apache.spark." in line and "Lambda" not in line]
    sources = [line.partition("source: ")[2] for line in lines]
    archived = [source for source in sources if source == "shared objects file (top)"]
    assert len(sources) > 2000
    assert len(archived) > 0.9 * len(sources)


@pytest.mark.parametrize("content", [None, b"no archive" * 1000], ids=["missing", "another file"])
def test_without_one_everything_runs_and_nothing_is_said(tmp_path, content):
    archive = tmp_path / "spark.jsa"
    if content is not None:
        archive.write_bytes(content)
    done = run(QUERY, archive)
    assert done.stdout == "[Row(total=10)]\n"
    assert not re.search("jsa|archive|shared", done.stderr, re.IGNORECASE)
