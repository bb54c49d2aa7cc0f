"""Writes a run's report beside the quality report; nothing that goes wrong here may fail the run."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from glue_jobs.lib.quality.measure import Result
from glue_jobs.lib.report import drawing
from glue_jobs.lib.report.facts import make_facts
from glue_jobs.lib.report.page import render
from glue_jobs.lib.report.rows import FactRow
from glue_jobs.lib.report.subjects import Subject
from glue_jobs.lib.run import aws, logs
from glue_jobs.lib.run.arguments import JobConfig

CONTENT_TYPE = "text/html; charset=utf-8"


def prepare() -> None:
    """Imports the library that draws, in the background while the warehouse works: it takes about a second."""
    threading.Thread(target=drawing.preload, name="report", daemon=True).start()


@contextmanager
def page_written(
    config: JobConfig,
    subject: Subject,
    rows: Mapping[str, Sequence[FactRow]] | None,
    results: Sequence[Result],
    *,
    made_at: datetime,
) -> Iterator[None]:
    """Writes the page, as `write_page` does, while the body runs, which waits for the warehouse anyway."""
    thread = threading.Thread(
        target=write_page, args=(config, subject, rows, results), kwargs={"made_at": made_at}, name="report"
    )
    thread.start()
    try:
        yield
    finally:
        thread.join()


def write_page(
    config: JobConfig,
    subject: Subject,
    rows: Mapping[str, Sequence[FactRow]] | None,
    results: Sequence[Result],
    *,
    made_at: datetime,
) -> None:
    """Puts the page at reports/<workflow>/<date>/<run_id>.html and at reports/<workflow>/latest.html.

    A page that cannot be made or put leaves a warning: the data is published and checked without it.
    """
    try:
        body = render(make_facts(rows, results, workflow=subject.workflow, made_at=made_at)).encode()
        for key in page_keys(subject, config.run_id, made_at=made_at):
            aws.client("s3").put_object(Bucket=config.lake_bucket, Key=key, Body=body, ContentType=CONTENT_TYPE)
        logs.info("report written", report=key, bytes=len(body), charts=drawing.can_draw())
    except Exception as cause:
        logs.warning("no report was written, the run goes on", cause=f"{type(cause).__name__}: {cause}"[:300])


def page_keys(subject: Subject, run_id: str, *, made_at: datetime) -> tuple[str, str]:
    """The page's own key, and that of the latest page."""
    folder = f"reports/{subject.workflow}"
    return f"{folder}/{made_at:%Y-%m-%d}/{run_id}.html", latest_key(subject.workflow)


def latest_key(workflow: str) -> str:
    """The key of the latest page of a workflow."""
    return f"reports/{workflow}/latest.html"
