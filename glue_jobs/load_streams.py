"""Loads new plays into the warehouse, with every figure they touch.

New are the lines of accepted files that the bookmark has not seen; a run with --from_date or --to_date reads the files
of that window again instead, and leaves the bookmark and the files' states alone.

The order makes it safe to die anywhere: what was published is found again in `load_files` by the next run, whose
bookmark gives it the same files.
"""

import sys
from collections.abc import Sequence

from glue_jobs.lib.contracts.music import STREAM_FILES
from glue_jobs.lib.contracts.tables import MUSIC_TABLES
from glue_jobs.lib.load import delivery
from glue_jobs.lib.load.settle import settle
from glue_jobs.lib.plays.judge import judge
from glue_jobs.lib.plays.publish import publish
from glue_jobs.lib.plays.reads import PlayRun
from glue_jobs.lib.run import session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import GlueRun


def load(glue: GlueRun, config: JobConfig) -> None:
    """Loads what there is to load; publishes books and the all-time figures of genres in any case.

    Raises:
        BooksError: What was read is not what validate_files counted; nothing was published.
        PublishConflictError: Someone else published meanwhile; nothing was published.
    """
    with PlayRun.on_warehouse(glue, config, publisher="music", tables=MUSIC_TABLES) as run:
        unread = delivery.find(run, STREAM_FILES)
        run.suit(unread.inputs.line_count)
        delivered = delivery.read(run, unread)
        run.done("read")
        judgement = judge(run, delivered)
        run.done("judge")
        publish(run, delivered, judgement)
        run.done("publish")
        settle(run, delivered, judgement.counted)


def main(argv: Sequence[str]) -> None:
    """Loads, then saves the bookmark."""
    with session.job_run(argv) as (glue, config):
        load(glue, config)
        if not config.is_backfill:
            glue.commit()


if __name__ == "__main__":
    main(sys.argv)
