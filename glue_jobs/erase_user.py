"""Erases users everywhere: RDS, warehouse, archive, quarantine, and old versions of files. Started by hand.

Who is to be erased say objects below `erasures/requests/` in the lake bucket, which `make erase` writes and this job
deletes at its end. It looks everywhere before it changes anything. A run that dies is finished by the next one: each
step finds again what is left to do, and nothing is deleted that a load might be about to read.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from glue_jobs.lib.contracts.tables import MUSIC_TABLES
from glue_jobs.lib.erasure import requests, steps, warehouse_rows
from glue_jobs.lib.erasure.loads import refuse_beside_others
from glue_jobs.lib.erasure.requests import Request
from glue_jobs.lib.erasure.search import search
from glue_jobs.lib.plays.reads import PlayRun
from glue_jobs.lib.run import logs, session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import GlueRun

UNKNOWN, ERASED, DRY_RUN = "unknown", "erased", "dry run"


def erase(glue: GlueRun, config: JobConfig) -> None:
    """Erases the users of the oldest request, and of others for the same datasets.

    Raises:
        LoadRunningError: A load is running.
        WaitingError: A file that no run has taken in is about a user; nothing was changed.
        PublishConflictError: A load published meanwhile; the next run finishes what this one began.
    """
    request = requests.open_request(config)
    if request is None:
        logs.info("nobody is to be erased: there is no request")
        return
    refuse_beside_others(config)
    outcome, counts = _erase(glue, config, request)
    logs.info("erasure ended", outcome=outcome, found=counts)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    receipt = {"outcome": outcome, "users": len(request.users), "found": counts, "run_id": config.run_id, "at": at}
    if outcome != DRY_RUN:
        steps.delete_traces(config, [dataset.name for dataset in request.datasets])
    requests.write_receipt(config, receipt)
    if outcome != DRY_RUN:
        requests.close(config, request)


def _erase(glue: GlueRun, config: JobConfig, request: Request) -> tuple[str, Mapping[str, int]]:
    """Finds the users and erases them; returns the outcome, and what was found."""
    with PlayRun.on_warehouse(glue, config, publisher="music", tables=MUSIC_TABLES) as run:
        star = steps.open_star(run, request)
        stage = warehouse_rows.stage_users(run, request.users)
        found = search(run, request, stage)
        counts = found.counts if config.dry_run else requests.keep_progress(config, found.counts)
        if config.dry_run or not counts:
            run.warehouse.drop([stage])
            return DRY_RUN if config.dry_run else UNKNOWN, counts
        found = steps.replace_files(run, request, found)
        steps.change_databases(run, star, request, found, counts, stage)
        refuse_beside_others(config)
        steps.clear_up(run, request, found)
        return ERASED, counts


def main(argv: Sequence[str]) -> None:
    """Runs the job as Glue does."""
    with session.job_run(argv) as (glue, config):
        erase(glue, config)


if __name__ == "__main__":
    main(sys.argv)
