"""The cards about trust and price: the checks of the published data, what Spark did and what it cost."""

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.quality.measure import Result, number
from glue_jobs.lib.report import text
from glue_jobs.lib.report.elements import Grid, card, folded, note, table_of
from glue_jobs.lib.report.facts import Facts, ReportedJob
from glue_jobs.lib.run.spark_measures import CORES_PER_DPU

DPU_HOUR = 0.44
"""US dollars, list price of us-east-1; docs/prices.py has the same."""

WORKERS, LEAST_SECONDS = 2, 60
"""The fewest workers (G.1X, 1 DPU each) of a job, and what is billed at least."""


def checks(facts: Facts) -> str:
    """The checks: how many hold, and all of them, failed ones first."""
    if not facts.results:
        return ""
    failed = len(facts.failed)
    held = f"Checks that hold: {len(facts.results) - failed} of {len(facts.results)}."
    ordered = sorted(facts.results, key=lambda item: (item.outcome != "failed", item.severity != "error", item.name))
    grid = Grid(
        ("check", "outcome", "severity", "observed", "expected"),
        [(item.name, item.outcome, _severity(item), number(item.observed), item.expected) for item in ordered],
        texts=3,
    )
    some = "" if not failed else "".join(note(item.message) for item in facts.failed)
    table = folded("Show every check", table_of(grid, "Quality checks"))
    return card("Quality checks", note(held) + some + table, span=4, unit="of the published data, after this run")


def _severity(item: Result) -> str:
    return "error" if item.severity == "error" else "warning"


def work(facts: Facts) -> str:
    """What Spark did in each job that loads, and what it cost."""
    if facts.run is None:
        return ""
    heads = ("job", "time", "lines read", "Spark jobs", "CPU", "input", "shuffled", "spilled", "DPU-seconds", "cost")
    rows = [_work(job) for job in facts.run.jobs]
    total = sum(dollars(job) for job in facts.run.jobs)
    seconds = sum(job.duration_ms for job in facts.run.jobs) / 1000
    rows.append(("together", text.duration(seconds), *("",) * 7, text.dollars(total)))
    body = f'<p class="figure"><b>{text.dollars(total)}</b> for the jobs that load</p>'
    body += table_of(Grid(heads, rows), "Spark and cost")
    body += note(
        f"The cost is what Glue asks for the time taken: at least a minute of {WORKERS} workers (G.1X) a job, at "
        f"${DPU_HOUR} a DPU-hour. File check, quality check, clean-up and the warehouse come on top (docs/costs.md); "
        "on a laptop it costs nothing."
    )
    return card("Spark and cost", body, span=8, unit="by job; times in seconds, sizes in decimal units, US dollars")


def dollars(job: ReportedJob) -> float:
    """What Glue asks for a job run."""
    cores = _spark(job).get("cores", 0) or 0
    dpus = max(WORKERS, -(-cores // CORES_PER_DPU))
    return max(job.duration_ms / 1000, LEAST_SECONDS) * dpus / 3600 * DPU_HOUR


def _work(job: ReportedJob) -> tuple[str, ...]:
    spark = _spark(job)
    shown = [
        text.count(spark["jobs"]) if "jobs" in spark else text.DASH,
        text.duration(spark["cpu_s"]) if "cpu_s" in spark else text.DASH,
        *(
            text.size(spark[f"{kind}_bytes"]) if f"{kind}_bytes" in spark else text.DASH
            for kind in ("input", "shuffle", "spilled")
        ),
        f"{spark['dpu_seconds']:,.1f}" if "dpu_seconds" in spark else text.DASH,
    ]
    lines = text.count(job.counts.get(Count.READ, 0))
    return (job.name, text.duration(job.duration_ms / 1000), lines, *shown, text.dollars(dollars(job)))


def _spark(job: ReportedJob) -> dict[str, float]:
    """Spark's figures that are numbers: the books are not ours alone to write."""
    found = job.measures.get("spark")
    return (
        {name: value for name, value in found.items() if isinstance(value, int | float)}
        if isinstance(found, dict)
        else {}
    )
