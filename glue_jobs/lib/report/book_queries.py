"""What a report asks of the books and of earlier checks; each question is bounded in time and in rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from glue_jobs.lib.contracts.books import DATA_QUALITY_RESULTS, LOAD_FILES, LOAD_RUNS, OUTCOMES, Count
from glue_jobs.lib.files.ledger import REJECTED
from glue_jobs.lib.report.rows import FigureQuery
from glue_jobs.lib.warehouse import sql

DAYS_BACK = 60
"""How far back runs are looked for."""

RUNS_SHOWN = 30
FILES_SHOWN = 200
GROUP = "COALESCE(workflow_run_id, run_id)"
"""What runs of one start of the workflow share; a job that is started alone stands alone."""

COUNTS = (Count.READ, *OUTCOMES)


def book_queries(jobs: Sequence[str], check: str, *, now: datetime) -> tuple[FigureQuery, ...]:
    """The questions about the last runs of `jobs`, the files of the last one, and the checks before it.

    Args:
        jobs: Names of the jobs that load, whose runs are in load_runs.
        check: Name of a check that only the workflow of these jobs has.
        now: When the report is made.
    """
    since = sql.timestamp(now - timedelta(days=DAYS_BACK))
    names = ", ".join(sql.literal(name) for name in jobs)
    where = f"started_at >= {since} AND job_name IN ({names})"
    groups = (
        f"SELECT {GROUP} AS grp, MIN(started_at) AS began, ROW_NUMBER() OVER (ORDER BY MAX(started_at) DESC, {GROUP}) "
        f"AS n FROM {LOAD_RUNS.full_name} WHERE {where} GROUP BY {GROUP}"
    )
    return (
        _runs(groups, where),
        _files(groups, where, since),
        _file_sums(groups, where, since),
        _before(groups, check, since),
    )


def _runs(groups: str, where: str) -> FigureQuery:
    counts = (Count.PENDING_BEFORE, *COUNTS)
    columns = f"job_name, quarantined_by_rule, warnings_by_rule, measures, duration_ms, files, {', '.join(counts)}"
    query = (
        f"SELECT g.grp, r.*, EXTRACT(EPOCH FROM r.started_at) AS began FROM (SELECT {GROUP} AS own, started_at, "
        f"{columns} FROM {LOAD_RUNS.full_name} WHERE {where}) AS r JOIN ({groups}) AS g ON g.grp = r.own "
        f"WHERE g.n <= {RUNS_SHOWN}"
    )
    texts = ("grp", "job_name", "quarantined_by_rule", "warnings_by_rule", "measures")
    return FigureQuery("runs", query, texts, ("began", "duration_ms", "files", *counts))


def _files(groups: str, where: str, since: str) -> FigureQuery:
    """The files that say most: those put aside first, then those with lines put aside, then the largest."""
    order = f"CASE WHEN f.state = '{REJECTED}' THEN 0 WHEN f.quarantined > 0 THEN 1 ELSE 2 END, f.read DESC, f.file_key"
    columns = ", ".join(
        f"f.{name}" for name in ("dataset", "source_file", "state", "reason", "quarantined_by_rule", *COUNTS)
    )
    query = (
        f"SELECT w.* FROM (SELECT {columns}, ROW_NUMBER() OVER (ORDER BY {order}) AS place "
        f"FROM {_files_of_last(groups, where, since)}) AS w WHERE w.place <= {FILES_SHOWN}"
    )
    return FigureQuery(
        "files", query, ("dataset", "source_file", "state", "reason", "quarantined_by_rule"), ("place", *COUNTS)
    )


def _file_sums(groups: str, where: str, since: str) -> FigureQuery:
    sums = ", ".join(f"SUM(f.{count}) AS {count}" for count in COUNTS)
    query = (
        f"SELECT f.dataset, f.state, COUNT(*) AS files, {sums} FROM {_files_of_last(groups, where, since)} "
        "GROUP BY f.dataset, f.state"
    )
    return FigureQuery("file_sums", query, ("dataset", "state"), ("files", *COUNTS))


def _files_of_last(groups: str, where: str, since: str) -> str:
    return (
        f"{LOAD_FILES.full_name} AS f JOIN (SELECT {GROUP} AS own, run_id FROM {LOAD_RUNS.full_name} WHERE {where}) "
        f"AS r ON r.run_id = f.run_id JOIN ({groups}) AS g ON g.grp = r.own AND g.n = 1 AND f.loaded_at >= {since}"
    )


def _before(groups: str, check: str, since: str) -> FigureQuery:
    """The results of the last checks that were made before the last run began."""
    table = DATA_QUALITY_RESULTS.full_name
    query = (
        "SELECT d.check_name, d.outcome, d.severity, d.observed, EXTRACT(EPOCH FROM d.checked_at) AS checked "
        f"FROM {table} AS d JOIN (SELECT MAX(c.checked_at) AS at_time FROM {table} AS c "
        f"JOIN ({groups}) AS g ON c.checked_at < g.began AND g.n = 1 "
        f"WHERE c.check_name = {sql.literal(check)} AND c.checked_at >= {since}) AS m ON m.at_time = d.checked_at"
    )
    return FigureQuery("before", query, ("check_name", "outcome", "severity"), ("observed", "checked"))
