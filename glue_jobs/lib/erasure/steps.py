"""The steps of an erasure that change something; each can be repeated after a run that died anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from glue_jobs.lib.books.book import close_books
from glue_jobs.lib.contracts.tables import SPARKIFY_TABLES
from glue_jobs.lib.erasure import archived, figures, quarantined, versions, warehouse_rows
from glue_jobs.lib.erasure.rds_rows import UsersInRds
from glue_jobs.lib.erasure.requests import Request
from glue_jobs.lib.erasure.search import Found
from glue_jobs.lib.plays.reads import PlayRun
from glue_jobs.lib.run import aws, logs, parallel, session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.errors import PublishConflictError
from glue_jobs.lib.upkeep import sweep
from glue_jobs.lib.warehouse import sql
from glue_jobs.lib.warehouse.connector import WarehouseError
from glue_jobs.lib.warehouse.warehouse import Warehouse

SPARKIFY = "sparkify"
AT_ONCE = 4
"""Files that are rewritten at a time; a large one is on the disk meanwhile."""


def open_star(run: PlayRun, request: Request) -> Warehouse | None:
    """The warehouse as the other workflow's publisher sees it; None if the request is not about its users."""
    tables = warehouse_rows.tables_about_users(request.datasets)
    if not any(table.schema == SPARKIFY for table in tables):
        return None
    star = Warehouse(run.glue, run.config, publisher=SPARKIFY)
    star.prepare(SPARKIFY_TABLES)
    return star


def replace_files(run: PlayRun, request: Request, found: Found) -> Found:
    """Writes the archived files without the users' lines and moves the ledger to them."""
    files = parallel.in_parallel(
        lambda file: archived.rewritten(run, file, request.users), found.archived, workers=AT_ONCE
    )
    for dataset in request.datasets:
        own = [file for file in files if file.dataset == dataset]
        archived.move_ledger(run.ledger, dataset, own, run_id=run.config.run_id)
        archived.forget_headers(run.ledger, dataset, request.users)
    return replace(found, archived=tuple(files))


def change_databases(
    run: PlayRun, star: Warehouse | None, request: Request, found: Found, counts: Mapping[str, int], stage: str
) -> None:
    """Deletes the users' rows in RDS, then, in one transaction, in the warehouse, whose figures it counts without them.

    RDS is first: load_catalog takes rows that RDS has and the warehouse lacks for lost.

    Raises:
        PublishConflictError: A load published meanwhile; nothing in the warehouse was changed.
    """
    UsersInRds(run.glue, run.config, request.datasets, request.users).erase(found.archived)
    changed = figures.without(run, stage)
    run.warehouse.stage_all(changed.frames)
    statements = [
        *(_fence(run, star) if star else ()),
        *warehouse_rows.deletions(warehouse_rows.tables_about_users(request.datasets), stage),
        *changed.statements,
        *warehouse_rows.corrections(run, found.archived, request.datasets, request.users),
    ]
    book = close_books(run.config, [], measures={"erasure": {"users": len(request.users), "found": dict(counts)}})
    try:
        run.warehouse.publish(book, tables=changed.frames, slices=changed.slices, also=statements)
    except WarehouseError as cause:
        _explain(run, star, cause)


def clear_up(run: PlayRun, request: Request, found: Found) -> None:
    """Deletes what the databases and the ledger no longer name: rejected rows, former files, old versions, stages."""
    lake, landing, users = run.config.lake_bucket, run.config.landing_bucket, request.users
    # No load is running, so whoever left something in temp/ is dead, however recently it died.
    dead = sweep.find_dead_runs(run.config, now=datetime.now(UTC) + 2 * sweep.DEAD_AFTER)
    sweep.sweep(run.config, dead, lambda: run.warehouse)
    for dataset in request.datasets:
        # Looked for again: a load may have rejected rows since.
        rows = quarantined.find_rows(lake, dataset, users, found.parts)
        quarantined.remove_rows(lake, dataset, sorted(rows), users, found.parts)
        archived.forget_parts(run.ledger, dataset, found.archived)
    for key, body in quarantined.quoting_logs(lake, request.datasets, users).items():
        aws.client("s3").put_object(Bucket=lake, Key=key, Body=body, ContentType="application/x-ndjson")
    versions.delete_all_of(lake, quarantined.with_reasons(quarantined.find_files(lake, request.datasets, users)))
    versions.delete_all_of(lake, [file.key for file in found.archived])
    versions.delete_with_markers(lake, found.former)
    versions.delete_with_markers(landing, found.withdrawn)
    logs.info("former files and versions deleted")


def delete_traces(config: JobConfig, datasets: Sequence[str]) -> None:
    """Deletes this run's temporary files, and what was replaced in folders whose old versions nobody needs."""
    session.delete_temporary_files(config)
    folders = ["temp/", "logs/errors/"]
    folders += [f"quarantine/{part}{name}/" for name in datasets for part in ("", "replayed/")]
    for folder in folders:
        versions.delete_former(config.lake_bucket, folder)


def _fence(run: PlayRun, star: Warehouse) -> list[str]:
    """The statement that fails the transaction if a load of the other workflow published since `open_star`."""
    return [sql.fence(SPARKIFY, version=star.publication.version, run_id=run.config.run_id, at=datetime.now(UTC))]


def _explain(run: PlayRun, star: Warehouse | None, cause: WarehouseError) -> None:
    """Raises what a failed publish means, if it is a load of the other workflow."""
    if star:
        before = star.publication.version
        star.prepare(SPARKIFY_TABLES)
        if star.publication.version != before:
            raise PublishConflictError(
                f"run {star.publication.run_id} published to {SPARKIFY} while this one looked for the users; nothing "
                "in the warehouse was changed: start this job again"
            ) from cause
    raise cause
