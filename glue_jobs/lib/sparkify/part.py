"""One dataset's part of load_sparkify: what was delivered of it, judged and counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.books.book import FileBook
from glue_jobs.lib.catalogue import winners
from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.load import delivery, outcomes
from glue_jobs.lib.load.delivery import Delivery, Waiting
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.load.outcomes import Outcomes
from glue_jobs.lib.rows import quarantine, verdicts
from glue_jobs.lib.rows.small_frames import frame_of
from glue_jobs.lib.sparkify.text_repair import repair

TEXT_REPAIRED = "text_repaired"
"""Warning: texts of the row had been encoded twice and were repaired."""

NAMES = "file_id int, turn int, source_file string, file_key string"


@dataclass
class Part:
    """What one run does with one dataset.

    Attributes:
        text_fields: Fields that people wrote.
        rows: Lines with their first verdict; None when there are none.
        judged: Rows without errors, with their verdict and one copy of it; None when there are none.
    """

    dataset: Dataset
    text_fields: Sequence[str]
    delivered: Delivery
    counted: Outcomes
    rows: DataFrame | None = None
    judged: DataFrame | None = None

    @property
    def has_files(self) -> bool:
        """Whether there is a file to load or to book."""
        return bool(self.delivered.found or self.delivered.inputs.booked)

    @property
    def judged_rows(self) -> DataFrame:
        """`judged`, which must be there."""
        if self.judged is None:
            raise ValueError(f"{self.dataset.name} was not judged")
        return self.judged

    def names(self, run: LoadRun) -> DataFrame:
        """The files: file_id, turn (in the order of acceptance), source_file, file_key."""
        by_id = self.delivered.inputs.by_id
        turns = sorted(by_id, key=lambda file_id: (by_id[file_id].accepted_at, file_id))
        rows = [
            (file_id, turn, by_id[file_id].landing_key, by_id[file_id].file_key) for turn, file_id in enumerate(turns)
        ]
        return frame_of(run.glue.spark, rows, NAMES)

    def clean_rows(self, repairs: DataFrame | None) -> DataFrame:
        """Rows that have no verdict yet, their texts repaired."""
        if self.rows is None:
            raise ValueError(f"nothing of {self.dataset.name} was delivered")
        return repair(self.rows.where(F.col("verdict").isNull()), self.text_fields, repairs)

    def books(self, run: LoadRun, at: datetime) -> list[FileBook]:
        """A book a file."""
        delivered = self.delivered
        return outcomes.file_books(
            run.config, delivered.inputs, delivered.found, self.counted, rejected=delivered.rejected, loaded_at=at
        )


def read(run: LoadRun, waiting: Waiting, text_fields: Sequence[str]) -> Part:
    """The part as delivered: lines checked, files that are to be rejected known."""
    dataset, delivered = waiting.inputs.dataset, delivery.read(run, waiting)
    part = Part(dataset, text_fields, delivered, Outcomes())
    if delivered.checked is not None:
        part.rows = verdicts.with_first_verdict(
            delivered.checked,
            skipped=delivered.inputs.skipped,
            rejected=delivered.rejected,
            window=run.window,
            time_field=dataset.time_field,
        )
    return part


def judge(
    run: LoadRun, part: Part, judged: DataFrame, *, is_repaired: Column, facts: Mapping[str, Column] | None = None
) -> None:
    """Copies the judged rows once, counts what became of every line, and puts rows in error into the quarantine."""
    part.judged = run.keep(run.copy(judged, f"judged_{part.dataset.name}"))
    part.counted = outcomes.count_verdicts(part.judged, {TEXT_REPAIRED: is_repaired}, facts)
    is_whole = run.window is None and not part.delivered.inputs.skipped
    if part.rows is None or (is_whole and not any(found.errors for found in part.delivered.found.values())):
        return
    decided = part.rows.where(F.col("verdict").isNotNull())
    part.counted.add(outcomes.count_verdicts(decided))
    if part.counted.total(verdicts.QUARANTINED):
        broken = decided.where(F.col("verdict") == verdicts.QUARANTINED)
        named = broken.join(F.broadcast(part.names(run)), on="file_id", how="left")
        quarantine.write_quarantine(named, dataset=part.dataset, config=run.config)
        by_key = winners.count_rules(named)
        for file_id, file in part.delivered.inputs.by_id.items():
            part.counted.files.setdefault(file_id, outcomes.Outcome()).rules.update(by_key.get(file.file_key, {}))
