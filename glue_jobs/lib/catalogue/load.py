"""One dataset's part of load_metadata: which of its rows win, and what the upsert into RDS did with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import DataFrame

from glue_jobs.lib.books.book import FileBook
from glue_jobs.lib.catalogue.rds import FileChanges, Rds
from glue_jobs.lib.catalogue.rds_sql import CATALOGUE
from glue_jobs.lib.catalogue.winners import winners, with_winners
from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.load import outcomes, reasons
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.load.outcomes import Outcomes, count_outcomes


@dataclass(frozen=True)
class JudgedCatalogue:
    """The decision about the rows of one dataset.

    Attributes:
        counted: Rows that win count as loaded, whether or not RDS holds them already.
        winners: Rows for RDS; None when there are no lines.
    """

    delivered: Delivery
    counted: Outcomes
    winners: DataFrame | None

    @property
    def table(self) -> Table:
        """The dataset's table in RDS."""
        return CATALOGUE[self.delivered.inputs.dataset.name]


def judge(run: LoadRun, delivered: Delivery) -> JudgedCatalogue:
    """Decides which rows win, counts what became of each, and writes rows in error to the quarantine."""
    dataset = delivered.inputs.dataset
    if delivered.rows is None:
        return JudgedCatalogue(delivered, Outcomes(), winners=None)
    table = CATALOGUE[dataset.name]
    judged = run.keep(with_winners(delivered.named(delivered.rows), dataset=dataset, key=table.key))
    counted = count_outcomes(judged)
    reasons.add_decided(run, delivered, counted)
    reasons.quarantine_errors(run, delivered, counted)
    return JudgedCatalogue(delivered, counted, winners(judged, table))


def stage(rds: Rds, part: JudgedCatalogue) -> None:
    """Writes the rows that win to their stage table in RDS."""
    if part.winners is not None:
        rds.stage(part.winners, part.table)


def file_books(
    run: LoadRun, part: JudgedCatalogue, changes: Mapping[str, FileChanges], *, loaded_at: datetime
) -> list[FileBook]:
    """The books of the dataset's files; `changes` says by file key what the upsert did with the staged rows."""
    counted = part.counted
    for file_id, file in part.delivered.inputs.by_id.items():
        if file_id in counted.files:
            change = changes.get(file.file_key, FileChanges(staged=0, changed=0))
            verdicts = counted.files[file_id].verdicts
            verdicts[Count.LOADED] = change.changed
            verdicts[Count.ALREADY_LOADED] = change.staged - change.changed
    return outcomes.file_books(run.config, part.delivered, counted, loaded_at=loaded_at)
