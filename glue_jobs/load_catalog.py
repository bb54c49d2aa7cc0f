"""Copies catalogue rows that changed in RDS, no matter who changed them, and load_metadata's books to the warehouse.

JDBC bookmarks on `change_seq` and `book_seq` find the changes. The job reads no files, so its own row in load_runs
counts no lines; the number of rows copied is in `measures`. A run that finds nothing new publishes nothing.
"""

import sys
from collections.abc import Sequence

from pyspark.sql import DataFrame

from glue_jobs.lib.books.book import close_books
from glue_jobs.lib.catalogue.changes import ChangeReader, check_complete, count_changes, read_held
from glue_jobs.lib.contracts.books import LOAD_RUNS
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.run import logs, session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.warehouse.warehouse import Warehouse


def load(glue: GlueRun, config: JobConfig) -> None:
    """Reads, checks and publishes the changes of every table that RDS has."""
    warehouse = Warehouse(glue, config)
    warehouse.prepare()
    rds = ChangeReader(glue, config)
    present = rds.present()
    if not present:
        logs.warning("RDS has no catalogue yet: load_metadata never ran; nothing to carry")
        return
    held = {table: state for table, state in read_held(warehouse).items() if table in present}
    offered = rds.offered(held)
    changes = {table: rds.changes(table).persist() for table in present}
    counted = count_changes(changes, held)
    check_complete(held, offered, counted, job_name=config.job_name)
    measures = {table.name: rows for table, (rows, _) in sorted(counted.items(), key=lambda item: item[0].name)}
    logs.info("changes read", **measures)
    changed = [table for table, (rows, _) in counted.items() if rows]
    if changed:
        publish(config, warehouse, {table: changes[table].drop("_seq") for table in changed}, measures)
    for frame in changes.values():
        frame.unpersist()


def publish(config: JobConfig, warehouse: Warehouse, changes: dict[Table, DataFrame], measures: dict[str, int]) -> None:
    """Publishes the changes, the books from RDS and this run's own row."""
    carried_runs = changes.pop(LOAD_RUNS, None)
    warehouse.stage_all(changes)
    book = close_books(config, [], measures=measures)
    warehouse.publish(book, tables=changes, carried_runs=carried_runs)


def main(argv: Sequence[str]) -> None:
    """Publishes what changed since the last run, then saves the bookmark."""
    with session.job_run(argv) as (glue, config):
        load(glue, config)
        if not config.dry_run:
            glue.commit()


if __name__ == "__main__":
    main(sys.argv)
