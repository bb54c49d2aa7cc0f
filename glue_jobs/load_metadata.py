"""Loads accepted user and song files into RDS: rows that differ are changed, in one transaction with the books."""

import sys
from collections.abc import Mapping, Sequence

from glue_jobs.lib.books import book as books
from glue_jobs.lib.books import metrics
from glue_jobs.lib.books.book import FileBook, RunBook
from glue_jobs.lib.catalogue import load as catalogue_load
from glue_jobs.lib.catalogue.load import CatalogueLoad
from glue_jobs.lib.catalogue.rds import FileChanges, Rds
from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.files.ledger import Ledger
from glue_jobs.lib.run import arguments, logs
from glue_jobs.lib.run import session as glue_lib
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.error_log import ErrorLog
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.upkeep import sweep


def run(config: JobConfig, glue: GlueRun) -> RunBook | None:
    """Loads what waits; returns the run's book, None when nothing does."""
    ledger, errors = Ledger(config.ledger_table), ErrorLog(config)
    rds = Rds(glue, config)
    rds.prepare()
    loads = [catalogue_load.find_work(config, ledger, dataset) for dataset in config.datasets]
    if not any(load.has_work for load in loads):
        logs.info("no new files")
        return None
    sweep.open_temp(config)
    to_read = [load for load in loads if load.accepted]
    raw = {load.dataset.name: catalogue_load.read_lines(load, glue, config) for load in to_read}

    def check_and_stage(load: CatalogueLoad) -> None:
        catalogue_load.check(load, raw[load.dataset.name], glue, config, ledger)
        catalogue_load.stage(load, rds, config)

    # Each waits more for the driver than for the executors.
    s3_copy.in_parallel(check_and_stage, to_read)

    def close(changes: Mapping[str, FileChanges]) -> tuple[RunBook, Sequence[FileBook]]:
        file_books = [book for load in loads for book in catalogue_load.file_books(load, config, changes)]
        return books.close_books(config, file_books, versions={"spark": glue.spark.version}), file_books

    book = rds.publish([load.table for load in to_read], close)
    metrics.publish_run(book)
    for load in loads:
        catalogue_load.log_errors(load, errors)
    errors.flush()
    for load in loads:
        catalogue_load.settle(load, config, ledger)
    logs.info("catalogue loaded", **{name: getattr(book, name) for name in ("files", "read", *books.OUTCOMES)})
    return book


def main(argv: Sequence[str]) -> None:
    """Runs the job as Glue does."""
    config = arguments.resolve(argv)
    logs.configure(run_id=config.run_id, job_name=config.job_name)
    glue = glue_lib.start(config, argv)
    run(config, glue)
    glue_lib.finish(glue, config)


if __name__ == "__main__":
    main(sys.argv)
