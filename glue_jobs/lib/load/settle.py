"""The steps after publishing: put aside and report what the run rejected, and update the ledger."""

from collections import Counter
from dataclasses import replace

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.files import rejected, s3_copy
from glue_jobs.lib.files.ledger import LOADED, REJECTED, REPEATED, LedgerFile
from glue_jobs.lib.files.rejected import Problem
from glue_jobs.lib.load import outcomes, replay
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.load.outcomes import Outcomes
from glue_jobs.lib.rows import quarantine
from glue_jobs.lib.run import aws, logs


def settle(run: LoadRun, delivery: Delivery, counted: Outcomes) -> None:
    """Writes the error log and moves the files on, except in a backfill; safe to repeat after a crash in between.

    A replay moves the objects that it read, and no files.

    A dry run, which has told everything, leaves all as it is.
    """
    if run.config.dry_run:
        return
    for facts in outcomes.rejected_rows(delivery.inputs, counted):
        run.errors.add("rejected_rows", **facts)
    refused = {delivery.inputs.by_id[file_id]: problem for file_id, problem in sorted(delivery.rejected.items())}
    is_put_aside = not (run.window or delivery.inputs.replayed)
    for file, problem in refused.items():
        rejected.tell(run.errors, file, problem, is_put_aside=is_put_aside)
    _warn_of_rows(run, delivery, counted)
    run.errors.flush()
    if delivery.inputs.replayed:
        replay.finish(run.config, delivery.inputs.dataset, delivery.inputs.replayed.objects)
        return
    if run.window:
        return
    _mark_loaded(run, delivery)
    for state in (REPEATED, REJECTED):
        booked = [file for file in delivery.inputs.booked if file.state == state]
        run.ledger.mark(booked, state=state, run_id=run.config.run_id)
    for file, problem in refused.items():
        _put_aside(run, file, problem)


def _warn_of_rows(run: LoadRun, delivery: Delivery, counted: Outcomes) -> None:
    """Says how many rows are rejected, why, and where they are; the end of `local-glue run` shows it."""
    if rows := counted.total(Count.QUARANTINED):
        dataset = delivery.inputs.dataset
        rules = sum((outcome.rules for outcome in (*counted.files.values(), counted.waiting)), Counter[str]())
        logs.warning(
            f"rows of {dataset.name} rejected: {rows}",
            rules=", ".join(f"{number} {rule}" for rule, number in rules.most_common()),
            put_aside=quarantine.folder(dataset, run.config),
        )


def _mark_loaded(run: LoadRun, delivery: Delivery) -> None:
    inputs = delivery.inputs
    loaded = [
        replace(file, first_date=content.first_date, last_date=content.last_date)
        for file_id, file in inputs.by_id.items()
        if file_id not in delivery.rejected and (content := delivery.content.get(file_id))
    ]
    published = [
        replace(file, run_id=row.run_id, first_date=row.first_date, last_date=row.last_date)
        for file, row in ((file, inputs.earlier[file_key]) for file_key, file in inputs.published.items())
    ]
    run.ledger.mark(published, state=LOADED)
    run.ledger.mark(loaded, state=LOADED, run_id=run.config.run_id)


def _put_aside(run: LoadRun, file: LedgerFile, problem: Problem) -> None:
    """Copies the file to the quarantine, closes it in the ledger, then deletes the archived object if it is its own."""
    bucket, key = run.config.lake_bucket, file.archive_key or ""
    # An object that was gone when it was read may have been restored.
    source = {"Bucket": bucket, "Key": key} if aws.object_exists(bucket, key) else None
    rejected.put_aside(run.config, file, problem, source=source)
    is_own = source is not None and s3_copy.file_key_of(bucket, key) == file.file_key
    run.ledger.mark([file], state=REJECTED, run_id=run.config.run_id, reason=problem.reason, archive_key=None)
    if is_own:
        aws.delete_objects(bucket, [key])
