"""Reads every new landing object once, and moves it to the archive or sets it aside with the reason.

Spark starts only for large deliveries, whose files its workers read (`intake.reading`). The last thing that a run
writes for a dataset is the manifest, which names all files that wait for a load: those of this run, and those that an
earlier run accepted and no load has finished since.
"""

import sys
from collections.abc import Sequence

from glue_jobs.lib.books import metrics
from glue_jobs.lib.contracts.datasets import get_datasets
from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files.ledger import ACCEPTED, Ledger, LedgerFile
from glue_jobs.lib.files.manifest import write_manifest
from glue_jobs.lib.intake import landing, new_columns
from glue_jobs.lib.intake.acceptance import Acceptance
from glue_jobs.lib.intake.landing import SHOWN, Landing
from glue_jobs.lib.intake.takeover import take_over
from glue_jobs.lib.run import aws, logs, session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.error_log import ErrorLog


def run(config: JobConfig) -> dict[str, int]:
    """Takes in the files that wait; returns the number of files by state. A dry run only tells what it would do."""
    new_columns.check_option(config)
    datasets = get_datasets(config.datasets)
    ledger, errors = Ledger(config.ledger_table), ErrorLog(config)
    waiting = landing.list_landing(config.landing_bucket, datasets)
    tell_what_is_ignored(config, waiting)
    if config.dry_run:
        return Acceptance(config, ledger, errors).preview(waiting.files)
    unfinished = [file for dataset in datasets for file in waiting_for_a_load(config, ledger, dataset)]
    acceptance = Acceptance(config, ledger, errors, waiting=unfinished)
    try:
        acceptance.take_in(waiting.files)
    finally:
        errors.flush()
    for dataset in datasets:
        files = [file for file in acceptance.waiting.values() if file.dataset == dataset.name]
        write_manifest(config, dataset.name, files)
    warn_of_never_delivered(config, datasets)
    logs.info("landing checked", files=len(waiting.files), **acceptance.outcomes)
    metrics.publish_files(config, acceptance.outcomes)
    return dict(acceptance.outcomes)


def waiting_for_a_load(config: JobConfig, ledger: Ledger, dataset: Dataset) -> list[LedgerFile]:
    """Files that earlier runs accepted and no load has finished."""
    files = take_over(config.lake_bucket, ledger, dataset, ledger.open_files(dataset.name))
    return [file for file in files if file.state == ACCEPTED]


def tell_what_is_ignored(config: JobConfig, waiting: Landing) -> None:
    """Logs one line per kind of object that is left where it is."""
    if waiting.hidden:
        logs.info("hidden files and folder markers ignored", count=len(waiting.hidden), keys=waiting.hidden[:SHOWN])
    if waiting.withdrawn:
        logs.info(
            "files withdrawn by their deliverer ignored", count=len(waiting.withdrawn), keys=waiting.withdrawn[:SHOWN]
        )
    if waiting.strangers:
        logs.warning(
            f"bucket '{config.landing_bucket}' holds objects outside the datasets' folders; move them below "
            f"{', '.join(f'{name}/' for name in config.datasets)} to have them loaded",
            count=len(waiting.strangers),
            keys=waiting.strangers[:SHOWN],
        )


def warn_of_never_delivered(config: JobConfig, datasets: Sequence[Dataset]) -> None:
    """Warns of datasets without any file: this is not an error, but someone may have got a folder's name wrong."""
    for dataset in datasets:
        if not next(aws.list_objects(config.lake_bucket, f"archive/{dataset.name}/"), None):
            logs.warning(
                f"no {dataset.name} file was ever accepted; deliver them to s3://{config.landing_bucket}/{dataset.name}/",
                dataset=dataset.name,
            )


def main(argv: Sequence[str]) -> None:
    """Runs the job as Glue does."""
    run(session.configured(argv))


if __name__ == "__main__":
    main(sys.argv)
