"""Removes what dead runs left. Starts Spark only if it needs the warehouse."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from glue_jobs.lib.books import metrics
from glue_jobs.lib.contracts.books import LOAD_RUNS
from glue_jobs.lib.run import logs, session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.upkeep import sweep

if TYPE_CHECKING:
    from glue_jobs.lib.warehouse.warehouse import Warehouse


def run(config: JobConfig, start: Callable[[], GlueRun]) -> None:
    """Finds dead runs and sweeps what they left; `start` is called only if the warehouse is needed."""
    started: list[GlueRun] = []

    def open_warehouse() -> "Warehouse":
        from glue_jobs.lib.warehouse.warehouse import Warehouse

        started.append(start())
        warehouse = Warehouse(started[0], config)
        warehouse.prepare([LOAD_RUNS])
        return warehouse

    dead = sweep.find_dead_runs(config)
    if config.dry_run:
        logs.info("dry run: nothing was swept", dead_runs=[run.run_id for run in dead])
        return
    sweep.sweep(config, dead, open_warehouse)
    for glue in started:
        glue.commit()
        session.delete_temporary_files(config)
    logs.info("cleaned up", dead_runs=len(dead))
    metrics.publish_counts(config, {"DeadRunsSwept": len(dead)})


def main(argv: Sequence[str]) -> None:
    """Runs the job as Glue does."""
    config = session.configured(argv)
    run(config, lambda: session.start(config, argv))


if __name__ == "__main__":
    main(sys.argv)
