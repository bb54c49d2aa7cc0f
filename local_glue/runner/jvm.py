"""Owns the JVM that job runs share, one after another: `python -m local_glue.runner.jvm FILE` is this process.

FILE says where the JVM listens, and is there while the JVM is free and clean. A run claims the JVM by renaming FILE; a
line on standard input tells that the run has ended well. The JVM ends with standard input, or when nobody needs it.
"""

import json
import os
import select
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from local_glue.home import write_private
from local_glue.job import spark

IDLE_S = 900.0
"""It takes memory: after this time without a run it ends."""


def main(file: Path) -> None:
    """Starts the JVM and cleans it after each run; if either fails, runs have JVMs of their own."""
    try:
        _serve(file)
    except BaseException:
        traceback.print_exc()
        write_private(file, "null")
    _end()


def clean(jvm: Any, pristine: Any) -> None:
    """Removes what a run left in the JVM: its context, its sessions, its open file systems, its system properties."""
    context = getattr(getattr(jvm.org.apache.spark, "SparkContext$"), "MODULE$").getActive()
    if context.isDefined():
        context.get().stop()
    jvm.org.apache.spark.sql.SparkSession.clearActiveSession()
    jvm.org.apache.spark.sql.SparkSession.clearDefaultSession()
    jvm.org.apache.hadoop.fs.FileSystem.closeAll()
    jvm.java.lang.System.setProperties(pristine.clone())
    jvm.java.lang.System.gc()


def _serve(file: Path) -> None:
    os.environ.pop("PYTHONPATH", None)  # it leads to this package, which is not on the path of jobs and their workers
    spark.prepare_environment()
    from pyspark import context

    gateway = context.launch_gateway()
    threading.Thread(target=_end_with, args=(gateway.proc,), daemon=True).start()
    pristine = gateway.jvm.java.lang.System.getProperties().clone()
    where = json.dumps({"port": gateway.java_parameters.port, "secret": gateway.java_parameters.auth_token})
    write_private(file, where)
    while _run_ended(file):
        clean(gateway.jvm, pristine)
        write_private(file, where)


def _run_ended(file: Path) -> bool:
    """Waits for the end of a run; False when there will be no more."""
    while not select.select([sys.stdin], [], [], IDLE_S)[0]:
        try:
            file.unlink()
        except FileNotFoundError:  # a run has claimed the JVM, and takes its time
            continue
        return False
    return bool(os.read(0, 1))


def _end_with(process: Any) -> None:
    process.wait()
    _end()


def _end() -> None:
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
