"""What events and songs share: repairing the texts of rows, and counting what became of every line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.load import reasons
from glue_jobs.lib.load.delivery import Delivery
from glue_jobs.lib.load.load_run import WarehouseRun
from glue_jobs.lib.load.outcomes import Outcomes, count_outcomes
from glue_jobs.lib.sparkify.text_repair import repair

TEXT_REPAIRED = "text_repaired"
"""Warning: texts of the row had been encoded twice and were repaired."""


@dataclass(frozen=True)
class JudgedRows:
    """The error-free rows of one dataset with their verdicts, and what became of every line."""

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
    """Keeps the judged rows, counts what became of every line, and writes rows in error to the quarantine.

    Args:
        delivered: The delivery that `judged` was made from; it has rows.
        judged: Its rows without errors, each with a verdict.
        facts: Conditions to count over these rows.
    """
    kept = run.keep(judged)
    counted = count_outcomes(kept, warnings={TEXT_REPAIRED: is_repaired}, facts=facts)
    reasons.add_decided(run, delivered, counted)
    reasons.quarantine_errors(run, delivered, counted)
    return JudgedRows(kept, counted)
