"""Loads accepted catalogue files into RDS: rows that differ are changed, in one transaction with the books.

Backfills are about plays, so this job loads what is new even if the run has a window.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from glue_jobs.lib.books import metrics
from glue_jobs.lib.books.book import FileBook, RunBook, close_books
from glue_jobs.lib.catalogue.load import JudgedCatalogue, file_books, judge, stage
from glue_jobs.lib.catalogue.rds import FileChanges, Rds
from glue_jobs.lib.contracts.books import OUTCOMES
from glue_jobs.lib.contracts.datasets import get_datasets
from glue_jobs.lib.load import delivery
from glue_jobs.lib.load.inputs import choose_inputs
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.load.settle import settle
from glue_jobs.lib.run import logs, parallel, session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import GlueRun


def load(glue: GlueRun, config: JobConfig) -> RunBook | None:
    """Loads the files that wait; returns the run's book, None when there are none.

    Raises:
        BooksError: The lines read differ from what validate_files counted; nothing was changed.
    """
    rds = Rds(glue, config)
    rds.prepare()
    with LoadRun.opened(glue, config) as run:
        chosen = [choose_inputs(run, dataset) for dataset in get_datasets(config.datasets)]
        if not any(inputs.has_work for inputs in chosen):
            logs.info("no new files")
            return None
        session.mark_open(config)
        run.suit(sum(inputs.line_count for inputs in chosen))
        # In parallel, because each waits more for the driver than for the executors.
        delivered = parallel.in_parallel(lambda inputs: delivery.read(run, inputs), chosen)
        judged = parallel.in_parallel(lambda found: judge(run, found), delivered)
        parallel.in_parallel(lambda part: stage(rds, part), judged)
        book = publish(run, rds, judged)
        for part in judged:
            settle(run, part.delivered, part.counted)
    return book


def publish(run: LoadRun, rds: Rds, judged: Sequence[JudgedCatalogue]) -> RunBook:
    """Changes the rows of RDS that differ, and writes the books; a dry run only tells what it would do."""

    def close(changes: Mapping[str, FileChanges]) -> tuple[RunBook, Sequence[FileBook]]:
        at = datetime.now(UTC)
        books = [book for part in judged for book in file_books(run, part, changes, loaded_at=at)]
        measures = run.measures(sum(book.read for book in books))
        return close_books(run.config, books, measures=measures, versions={"spark": run.glue.spark.version}), books

    staged = [part.table for part in judged if part.winners is not None]
    if run.config.dry_run:
        return rds.preview(staged, close)
    book = rds.publish(staged, close)
    metrics.publish_run(book)
    counts = {count.value: book.outcomes[count] for count in OUTCOMES}
    logs.info("catalogue loaded", files=book.files, read=book.read, **counts)
    return book


def main(argv: Sequence[str]) -> None:
    """Loads, then saves the bookmark."""
    with session.job_run(argv) as (glue, config):
        load(glue, config)
        if not config.dry_run:
            glue.commit()


if __name__ == "__main__":
    main(sys.argv)
