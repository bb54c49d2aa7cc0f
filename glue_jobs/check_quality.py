"""Measures the published warehouse, keeps the results, and fails if a check of severity `error` fails.

It runs after publishing, so it can raise an alarm but not undo. All checks are one query and see one state; the query
also has what the report of the run shows. Of tables that grow with the history, keys and references are measured where
loads touched them since the check last passed; the first run of a week and `--full true` measure everything.
"""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from pyspark.sql import Row

from glue_jobs.lib.books import metrics
from glue_jobs.lib.contracts.books import DATA_QUALITY_RESULTS
from glue_jobs.lib.quality import measure
from glue_jobs.lib.quality.measure import Result
from glue_jobs.lib.quality.suites import get_suite
from glue_jobs.lib.report import ask, write
from glue_jobs.lib.report.subjects import subject_of
from glue_jobs.lib.rows.small_frames import frame_of
from glue_jobs.lib.run import aws, logs, session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.error_log import ErrorLog
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.warehouse.warehouse import Warehouse


def check(glue: GlueRun, config: JobConfig) -> list[Result]:
    """Checks the tables of the workflow whose datasets the job is given, publishes the results and the run's report."""
    suite = get_suite(config.datasets)
    subject = subject_of(suite)
    write.prepare()
    warehouse = Warehouse(glue, config, publisher=suite.publisher)
    warehouse.prepare((*suite.tables, DATA_QUALITY_RESULTS))
    checked_at = datetime.now(UTC)

    def read(query: str, schema: str) -> Sequence[Row]:
        return warehouse.read(query, schema).collect()

    seen = {} if config.full else measure.seen_until(read(measure.passed(now=checked_at), measure.PASSED))
    checks = measure.narrowed(suite.checks, seen)
    observed, rows = ask.ask(read, subject, checks, now=checked_at)
    results = measure.judge(checks, observed)
    kept = measure.result_rows(results, run_id=config.run_id, checked_at=checked_at)
    with write.page_written(config, subject, rows, results, made_at=checked_at):
        warehouse.merge_alone(frame_of(glue.spark, kept, DATA_QUALITY_RESULTS), DATA_QUALITY_RESULTS)
    write_report(config, results, checked_at)
    log_failures(config, results)
    metrics.publish_counts(config, {"ChecksFailed": sum(result.outcome == "failed" for result in results)})
    return results


def write_report(config: JobConfig, results: Sequence[Result], checked_at: datetime) -> None:
    """Puts the report below reports/quality/ in the lake bucket."""
    key = f"reports/quality/{checked_at:%Y-%m-%d}/{config.run_id}.json"
    report = measure.report(results, run_id=config.run_id, checked_at=checked_at)
    body = json.dumps(report, ensure_ascii=False, indent=2).encode()
    aws.client("s3").put_object(Bucket=config.lake_bucket, Key=key, Body=body, ContentType="application/json")
    logs.info("quality checked", report=key, **{name: report[name] for name in ("checks", "errors", "warnings")})


def log_failures(config: JobConfig, results: Sequence[Result]) -> None:
    """Writes failed checks to the log and to the run's handled errors."""
    errors = ErrorLog(config)
    for result in results:
        if result.outcome == "failed":
            tell = logs.error if result.severity == "error" else logs.warning
            tell("quality check failed", check=result.name, severity=result.severity, message=result.message)
            facts = {"observed": result.observed, "expected": result.expected, "message": result.message}
            errors.add("quality_check", check=result.name, severity=result.severity, **facts)
    errors.flush()


def main(argv: Sequence[str]) -> None:
    """Runs the checks and publishes the results, then fails if a check of severity `error` failed."""
    with session.job_run(argv) as (glue, config):
        if config.dry_run:
            logs.info("dry run: nothing was published, so there is nothing to check")
            return
        results = check(glue, config)
    measure.raise_on_errors(results)
    glue.commit()


if __name__ == "__main__":
    main(sys.argv)
