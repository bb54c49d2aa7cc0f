"""One run of load_sparkify: read, judge, match, publish everything in one transaction, then settle the ledger.

The order makes it safe to die anywhere: a run that reads the same files again finds what was published, and changes
nothing.
"""

import platform
from datetime import UTC, datetime

from glue_jobs.lib.books import book as books
from glue_jobs.lib.contracts import sparkify as tables
from glue_jobs.lib.contracts.datasets import LOG_DATA, SONG_DATA
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.contracts.tables import LOAD_FILES
from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.load import delivery, settle
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.run import logs
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.sparkify import events, part, songs, star, text_repair
from glue_jobs.lib.sparkify.part import Part
from glue_jobs.lib.sparkify.star import Star
from glue_jobs.lib.warehouse import sql

PUBLISHER = "sparkify"
TEXT_FIELDS = {LOG_DATA: events.TEXT_FIELDS, SONG_DATA: songs.TEXT_FIELDS}
_STAGING = (tables.STAGING_EVENTS, tables.STAGING_SONGS)


def load(glue_run: GlueRun, config: JobConfig) -> None:
    """Loads what there is to load; publishes its books in any case.

    Raises:
        BooksError: What was read is not what validate_files counted; nothing was published.
        PublishConflictError: Someone else published meanwhile; nothing was published.
    """
    with LoadRun.opened(glue_run, config, publisher=PUBLISHER, tables=tables.SPARKIFY_TABLES) as run:
        _load(run)


def _load(run: LoadRun) -> None:
    # A backfill reads no songs: they are as they are now, whatever days are loaded again.
    waiting = [delivery.find(run, dataset) for dataset in ([LOG_DATA] if run.window else [LOG_DATA, SONG_DATA])]
    run.suit(sum(found.inputs.line_count for found in waiting))
    # Each waits more for the driver than for the executors.
    parts = s3_copy.in_parallel(lambda found: part.read(run, found, TEXT_FIELDS[found.inputs.dataset]), waiting)
    if not any(found.has_files for found in parts):
        logs.info("no new files")
        run.warehouse.publish(books.close_books(run.config, [], measures={"seconds": run.seconds}))
        return
    repairs = text_repair.find_repairs((found.rows, found.text_fields) for found in parts if found.rows is not None)
    run.done("read")
    at = datetime.now(UTC)
    changes = star.build(run, parts[0], parts[1] if len(parts) > 1 else None, repairs, at=at)
    run.done("judge")
    _publish(run, parts, changes, at)
    for found in parts:
        settle.settle(run, found.delivered, found.counted)


def _publish(run: LoadRun, parts: list[Part], changes: Star, at: datetime) -> None:
    file_books = [book for found in parts for book in found.books(run, at)]
    run.warehouse.stage_all(changes.frames)
    run.done("stage")
    book = books.close_books(
        run.config,
        file_books,
        measures={"seconds": run.seconds, **changes.measures},
        versions={"python": platform.python_version(), "spark": run.glue.spark.version},
    )
    # The staging tables are emptied even by a run that has no rows for them.
    whole = {table.name: sql.stage_name(LOAD_FILES.name, run.config.run_id) for table in _STAGING}
    run.warehouse.publish(book, file_books, tables=_in_order(changes), slices=whole | changes.slices)
    logs.info("star schema loaded", **changes.measures)


def _in_order(changes: Star) -> list[Table]:
    return [table for table in tables.SPARKIFY_TABLES if table in changes.frames]
