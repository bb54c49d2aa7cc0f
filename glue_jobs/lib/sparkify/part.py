"""What events and songs share: repairing the texts of rows, and counting what became of every line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.load.load_run import WarehouseRun
from glue_jobs.lib.load.outcomes import Outcomes, count_outcomes
from glue_jobs.lib.rows import quarantine
from glue_jobs.lib.rows.checked_rows import error_names
from glue_jobs.lib.sparkify.text_repair import repair

TEXT_REPAIRED = "text_repaired"
"""Warning: texts of the row had been encoded twice and were repaired."""


@dataclass(frozen=True)
class JudgedRows:
    """The error-free rows of one dataset with their verdicts, as one copy, and what became of every line."""

    rows: DataFrame
    counted: Outcomes = field(default_factory=Outcomes)


def clean_rows(rows: DataFrame, text_fields: Sequence[str], repairs: DataFrame | None) -> DataFrame:
    """Rows of a delivery that have no verdict yet, the texts in `text_fields` repaired."""
    return repair(rows.where(F.col("verdict").isNull()), text_fields, repairs)


def keep_judged(
    run: WarehouseRun,
    delivered: Delivery,
    judged: DataFrame,
    *,
    is_repaired: Column,
    facts: Mapping[str, Column],
) -> JudgedRows:
    """Copies the judged rows, counts what became of every line, and writes rows in error to the quarantine.

    Args:
        delivered: The delivery that `judged` was made from; it has rows.
        judged: Its rows without errors, each with a verdict.
        facts: Conditions to count over these rows.
    """
    dataset = delivered.inputs.dataset
    kept = run.keep(run.copy(judged, f"judged_{dataset.name}"))
    counted = count_outcomes(kept, warnings={TEXT_REPAIRED: is_repaired}, facts=facts)
    if delivered.has_errors or run.window:
        counted.add(_count_decided(run, delivered, error_names(dataset, run_start=run.config.started_at)))
    return JudgedRows(kept, counted)


def _count_decided(run: WarehouseRun, delivered: Delivery, rules: Collection[str]) -> Outcomes:
    """Counts the lines whose verdict did not depend on others; those in error go to the quarantine."""
    decided = delivered.rows.where(F.col("verdict").isNotNull())
    counted = count_outcomes(decided, rules=rules)
    if counted.total(Count.QUARANTINED):
        broken = decided.where(F.col("verdict") == Count.QUARANTINED)
        named = broken.join(F.broadcast(delivered.names(run)), on="file_id", how="left")
        quarantine.write_quarantine(named, dataset=delivered.inputs.dataset, config=run.config)
    return counted
