"""Rows of an input file with their typed values and broken rules."""

from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.rows import values
from glue_jobs.lib.rows.csv_rules import csv_rules
from glue_jobs.lib.rows.json_rules import json_rules
from glue_jobs.lib.rows.rule import ERRORS_TYPE, PENDING_EXPIRED, REJECT_RATE_EXCEEDED, Rule, as_struct, text_name


def with_checks(frame: DataFrame, *, dataset: Dataset, run_start: datetime) -> DataFrame:
    """Adds the typed values and the broken rules of each row.

    Args:
        frame: `csv_lines.parse_lines`, or `json_lines.parse_json`, which has texts and typed values already.
        dataset: The dataset of the rows.
        run_start: UTC; times more than an hour after it are errors.

    Returns:
        The frame with each field's text as `<field>_text` (trimmed, NULL when empty), the typed `<field>` (NULL when
        empty or of another type), `_errors` array<struct<rule, column, message>> with all broken rules (empty when
        clean) and `_warnings` array<string>.
    """
    rules = rules_of(dataset, run_start=run_start)
    checks = _errors(rules), _warnings(rules)
    if dataset.file_format == "json":
        return frame.select("*", *checks)
    names = dataset.field_names
    others = [name for name in frame.columns if name not in names]
    texts = frame.select(*others, *(values.trimmed(F.col(name)).alias(text_name(name)) for name in names))
    typed = texts.select(
        "*", *(values.parsed(text_name(field.name), field).alias(field.name) for field in dataset.fields)
    )
    return typed.select("*", *checks)


def rules_of(dataset: Dataset, *, run_start: datetime) -> list[Rule]:
    """The rules of the dataset's rows; their order is the order of a row's reasons."""
    make = json_rules if dataset.file_format == "json" else csv_rules
    return make(dataset, run_start=run_start)


def error_names(dataset: Dataset, *, run_start: datetime) -> list[str]:
    """Every reason for which a row can be in the quarantine, each once (some are about several fields)."""
    names = [rule.name for rule in rules_of(dataset, run_start=run_start) if rule.severity == "error"]
    return list(dict.fromkeys([*names, REJECT_RATE_EXCEEDED, PENDING_EXPIRED]))


def warning_names(dataset: Dataset, *, run_start: datetime) -> list[str]:
    """Every warning that a row of the dataset can have."""
    return [rule.name for rule in rules_of(dataset, run_start=run_start) if rule.severity == "warning"]


def _errors(rules: list[Rule]) -> Column:
    errors = [rule for rule in rules if rule.severity == "error"]
    any_broken = F.lit(False)
    for rule in errors:
        any_broken = any_broken | F.coalesce(rule.broken, F.lit(False))
    reasons = F.array(*(F.when(rule.broken, as_struct(rule)) for rule in errors))
    # Most rows are clean, so the array is only built for the others.
    broken = F.when(any_broken, F.array_compact(reasons)).otherwise(F.array())
    return broken.cast(ERRORS_TYPE).alias("_errors")


def _warnings(rules: list[Rule]) -> Column:
    found = [F.when(rule.broken, F.lit(rule.name)) for rule in rules if rule.severity == "warning"]
    warnings = F.array_compact(F.array(*found)) if found else F.array()
    return warnings.cast("array<string>").alias("_warnings")
