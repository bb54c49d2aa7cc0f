"""What Spark did in a run so far, for its books: from Spark's own store of statuses, which its web pages show."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from glue_jobs.lib.run import logs

if TYPE_CHECKING:
    from datetime import datetime

    from pyspark.sql import SparkSession

STAGE_SUMS = {
    "input_bytes": "inputBytes",
    "shuffle_bytes": "shuffleWriteBytes",
    "spilled_bytes": "diskBytesSpilled",
    "cpu_ns": "executorCpuTime",
}
"""Measures, and the figures of a stage that are added up: https://spark.apache.org/docs/3.5.6/monitoring.html."""

CORES_PER_DPU = 4
"""A DPU is 4 vCPUs with 16 GB: https://docs.aws.amazon.com/glue/latest/dg/add-job.html."""

MILLION = 1_000_000


def measured(spark: "SparkSession", *, started_at: "datetime", rows: int = 0) -> dict[str, Any]:
    """The measures of the run; empty, with a warning, where Spark does not give them.

    Args:
        started_at: UTC; when the run started, for what it costs.
        rows: Lines that the run read.

    Returns:
        jobs, input_bytes, shuffle_bytes, spilled_bytes, cpu_s, cores (of all workers, also the driver), dpu_seconds
        and, if there are rows, dpu_seconds_per_million_rows. DPU-seconds are those until now, without the start of the
        workers, and of one DPU at least.
    """
    try:
        found = _sums(spark, started_at)
    except Exception as cause:  # The load is right without its measures.
        logs.warning("Spark gave no measures of its work, the run goes on", cause=str(cause)[:300])
        return {}
    seconds = time.time() - started_at.timestamp()
    dpu_seconds = round(seconds * max(1.0, found["cores"] / CORES_PER_DPU), 1)
    found |= {"cpu_s": round(found.pop("cpu_ns") / 1e9, 1), "dpu_seconds": dpu_seconds}
    if rows:
        found["dpu_seconds_per_million_rows"] = round(dpu_seconds * MILLION / rows, 1)
    return found


def _sums(spark: "SparkSession", started_at: "datetime") -> dict[str, Any]:
    context = spark.sparkContext
    store = context._jsc.sc().statusStore()
    no_filter = context._jvm.java.util.ArrayList()
    stages = store.stageList(no_filter, False, False, context._gateway.new_array(context._jvm.double, 0), no_filter)
    sums: dict[str, Any] = {"jobs": _jobs(store.jobsList(no_filter), started_at), **dict.fromkeys(STAGE_SUMS, 0)}
    for stage in _since(started_at, stages):
        for name, figure in STAGE_SUMS.items():
            sums[name] += getattr(stage, figure)()
    executors = store.executorList(True)
    # A driver that takes no tasks has no cores, and is a worker all the same.
    sums["cores"] = sum(executors.apply(index).totalCores() or CORES_PER_DPU for index in range(executors.size()))
    return sums


def _jobs(kept: Any, started_at: "datetime") -> int:
    """How many jobs there were; of many, Spark keeps just the last (`spark.ui.retainedJobs`), but numbers all."""
    numbers = [job.jobId() for job in _since(started_at, kept)]
    of_others = len(numbers) < kept.size()
    return len(numbers) if of_others else max(numbers, default=-1) + 1


def _since(start: "datetime", newest_first: Any) -> Iterator[Any]:
    """Jobs or stages from the newest back to the start: others have used the session before, when tests share one."""
    start_ms = start.timestamp() * 1000
    for index in range(newest_first.size()):
        found = newest_first.apply(index)
        submitted = found.submissionTime()
        if submitted.isDefined() and submitted.get().getTime() < start_ms:
            return
        yield found
