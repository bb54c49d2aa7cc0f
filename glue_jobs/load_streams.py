"""Loads new plays into the warehouse, with every figure they touch.

New are the lines of accepted files that the bookmark has not seen; a run with --from_date or --to_date reads the files
of that window again instead, and leaves the bookmark and the files' states alone.
"""

import sys
from collections.abc import Sequence

from glue_jobs.lib.plays import load
from glue_jobs.lib.run import arguments, logs, session


def main(argv: Sequence[str]) -> None:
    """Loads what there is to load and commits the bookmark."""
    config = arguments.resolve(argv)
    logs.configure(run_id=config.run_id, job_name=config.job_name)
    run = session.start(config, argv)
    load.load(run, config)
    if config.is_backfill:
        session.clean_up(config)
    else:
        session.finish(run, config)


if __name__ == "__main__":
    main(sys.argv)
