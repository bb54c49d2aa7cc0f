"""Loads new events and songs into the star schema, with everything that follows from them.

Files are new if a manifest names them that the bookmark has not seen. A run with --from_date or --to_date reads the
event files of that window again instead, one with --replay events of the quarantine; neither changes the bookmark or
the files' states.

The order makes it safe to crash anywhere: a run that reads the same files again finds what was published, and changes
nothing.
"""

import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from glue_jobs.lib.books.book import close_books
from glue_jobs.lib.contracts.sparkify import LOG_DATA, SONG_DATA, STAGING
from glue_jobs.lib.contracts.tables import SPARKIFY_TABLES
from glue_jobs.lib.load import delivery, outcomes, replay
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.load.inputs import choose_inputs
from glue_jobs.lib.load.load_run import WarehouseRun
from glue_jobs.lib.load.outcomes import Outcomes
from glue_jobs.lib.load.settle import settle
from glue_jobs.lib.run import logs, parallel, session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.sparkify import events, songs, star, text_repair
from glue_jobs.lib.sparkify.star import Star

TEXT_FIELDS = {LOG_DATA: events.TEXT_FIELDS, SONG_DATA: songs.TEXT_FIELDS}


def load(glue: GlueRun, config: JobConfig) -> None:
    """Loads what is new, and publishes its books even if nothing is.

    Raises:
        BooksError: The lines read differ from what validate_files counted; nothing was published.
        PublishConflictError: Another run published in the meantime; nothing was published.
    """
    with WarehouseRun.on_warehouse(glue, config, publisher="sparkify", tables=SPARKIFY_TABLES) as run:
        # Neither a backfill nor a replay reads songs: their present state applies, and old rows must not undo it.
        datasets = [LOG_DATA] if run.window or config.replay else [LOG_DATA, SONG_DATA]
        replay.finish_former(run, LOG_DATA)
        chosen = [choose_inputs(run, dataset) for dataset in datasets]
        run.suit(sum(inputs.line_count for inputs in chosen))
        # In parallel, because each waits more for the driver than for the executors.
        delivered = parallel.in_parallel(lambda inputs: delivery.read(run, inputs), chosen)
        if not any(found.has_files for found in delivered):
            logs.info("no new files")
            run.warehouse.publish(close_books(config, [], measures=run.measures(0)))
            return
        repairs = text_repair.find_repairs(
            (found.rows.where("verdict IS NULL"), TEXT_FIELDS[found.inputs.dataset])
            for found in delivered
            if found.rows is not None
        )
        run.done("read")
        at = datetime.now(UTC)
        changes = star.build(run, delivered[0], delivered[1] if len(delivered) > 1 else None, repairs, at=at)
        run.done("judge")
        counted = list(zip(delivered, (changes.counted_log, changes.counted_songs), strict=False))
        publish(run, changes, counted, at)
        for found, outcome in counted:
            settle(run, found, outcome)


def publish(run: WarehouseRun, changes: Star, counted: Sequence[tuple[Delivery, Outcomes]], at: datetime) -> None:
    """Publishes every table that changes, and the books, all at once."""
    file_books = [
        book for found, outcome in counted for book in outcomes.file_books(run.config, found, outcome, loaded_at=at)
    ]
    run.warehouse.stage_all(changes.frames)
    run.done("stage")
    book = close_books(
        run.config,
        file_books,
        measures={**run.measures(sum(book.read for book in file_books)), **changes.measures},
        versions={"python": platform.python_version(), "spark": run.glue.spark.version},
    )
    in_order = [table for table in SPARKIFY_TABLES if table in changes.frames]
    # The staging tables are emptied even by a run that has no rows for them.
    run.warehouse.publish(book, file_books, tables=in_order, slices=changes.slices, emptied=STAGING)
    logs.info("star schema built", **changes.measures)


def main(argv: Sequence[str]) -> None:
    """Loads, then saves the bookmark."""
    with session.job_run(argv) as (glue, config):
        load(glue, config)
        if config.saves_bookmark:
            glue.commit()


if __name__ == "__main__":
    main(sys.argv)
