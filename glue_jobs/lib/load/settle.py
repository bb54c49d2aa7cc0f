"""The steps after publishing: put aside and report what the run rejected, and update the ledger."""

from dataclasses import replace

from glue_jobs.lib.files import rejected
from glue_jobs.lib.files.ledger import LOADED, REJECTED, REPEATED, LedgerFile
from glue_jobs.lib.files.rejected import Problem
from glue_jobs.lib.load import outcomes
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.load.outcomes import Outcomes
from glue_jobs.lib.rows.rule import REJECT_RATE_EXCEEDED
from glue_jobs.lib.run import aws, logs


def settle(run: LoadRun, delivery: Delivery, counted: Outcomes) -> None:
    """Writes the error log and, except in a backfill, moves the files on; safe to repeat after a crash in between."""
    for facts in outcomes.rejected_rows(delivery.inputs, counted):
        run.errors.add("rejected_rows", **facts)
    refused = {
        delivery.inputs.by_id[file_id]: _problem(run, delivery, file_id) for file_id in sorted(delivery.rejected)
    }
    for file, problem in refused.items():
        facts = {"file": file.landing_key, "dataset": file.dataset, "reason": problem.reason}
        run.errors.add("rejected_file", checksum=file.checksum, message=problem.message, remedy=problem.remedy, **facts)
        logs.warning(f"file rejected: {problem.message}; {problem.remedy}", **facts)
    run.errors.flush()
    if run.window:
        return
    _mark_loaded(run, delivery)
    for state in (REPEATED, REJECTED):
        booked = [file for file in delivery.inputs.booked if file.state == state]
        run.ledger.mark(booked, state=state, run_id=run.config.run_id)
    for file, problem in refused.items():
        _put_aside(run, file, problem)


def _mark_loaded(run: LoadRun, delivery: Delivery) -> None:
    inputs = delivery.inputs
    published, loaded = [], []
    for file_id, file in inputs.by_id.items():
        days = outcomes.days_of_file(inputs, file, delivery.content.get(file_id))
        if file_id in inputs.skipped:
            earlier = inputs.published[file.checksum].run_id
            published.append(replace(file, run_id=earlier, **days))
        elif file_id in delivery.content and file_id not in delivery.rejected:
            loaded.append(replace(file, **days))
    run.ledger.mark(published, state=LOADED)
    run.ledger.mark(loaded, state=LOADED, run_id=run.config.run_id)


def _put_aside(run: LoadRun, file: LedgerFile, problem: Problem) -> None:
    """Copies the file to the quarantine, closes it in the ledger, then deletes the accepted object."""
    bucket, key = run.config.lake_bucket, file.accepted_key or ""
    rejected.put_aside(run.config, file, problem, source={"Bucket": bucket, "Key": key})
    run.ledger.mark([file], state=REJECTED, run_id=run.config.run_id, reason=problem.reason, accepted_key=None)
    aws.delete_objects(bucket, [key])


def _problem(run: LoadRun, delivery: Delivery, file_id: int) -> Problem:
    file, content, config = delivery.inputs.by_id[file_id], delivery.content[file_id], run.config
    return Problem(
        reason=REJECT_RATE_EXCEEDED,
        message=f"'{file.landing_key}' is rejected as a whole: {content.errors} of its {content.rows} rows are in "
        f"error, more than --max_reject_rate {config.max_reject_rate:g}",
        remedy="look at the rows' reasons in "
        f"s3://{config.lake_bucket}/quarantine/{file.dataset}/run_id={config.run_id}/, correct the file and deliver it "
        "again, or raise --max_reject_rate",
    )
