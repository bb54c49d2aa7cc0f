"""Loads new plays into the warehouse, with every KPI they touch.

Files are new if a manifest names them that the bookmark has not seen. A run with --from_date or --to_date reads the
files of that window again instead, one with --replay rows of the quarantine; neither changes the bookmark or the
files' states.

The order makes it safe to crash anywhere: the bookmark gives the next run the same manifests, and it finds in the
ledger what was finished and in `load_files` what was published.
"""

import sys
from collections.abc import Sequence

from glue_jobs.lib.contracts.music import STREAM_FILES
from glue_jobs.lib.contracts.tables import MUSIC_TABLES
from glue_jobs.lib.load import delivery, replay
from glue_jobs.lib.load.inputs import choose_inputs
from glue_jobs.lib.load.settle import settle
from glue_jobs.lib.plays.judge import judge
from glue_jobs.lib.plays.publish import publish
from glue_jobs.lib.plays.reads import PlayRun
from glue_jobs.lib.run import session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import GlueRun


def load(glue: GlueRun, config: JobConfig) -> None:
    """Loads what is new, and publishes books even if nothing is; the all-time KPIs of genres follow the catalogue.

    Raises:
        BooksError: The lines read differ from what validate_files counted; nothing was published.
        PublishConflictError: Another run published in the meantime; nothing was published.
    """
    with PlayRun.on_warehouse(glue, config, publisher="music", tables=MUSIC_TABLES) as run:
        replay.finish_former(run, STREAM_FILES)
        chosen = choose_inputs(run, STREAM_FILES)
        run.suit(chosen.line_count)
        delivered = delivery.read(run, chosen)
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
        if config.saves_bookmark:
            glue.commit()


if __name__ == "__main__":
    main(sys.argv)
