"""Rows of an input file with their typed values and broken rules."""

from datetime import datetime
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.rows import values
from glue_jobs.lib.rows.csv_rules import csv_rules
from glue_jobs.lib.rows.json_lines import new_fields
from glue_jobs.lib.rows.json_rules import json_rules
from glue_jobs.lib.rows.rule import ERRORS_TYPE, Rule, as_struct, text_name


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
    return _with_values(frame, dataset).select("*", _errors(rules), _warnings(rules))


def sifted(frame: DataFrame, *, dataset: Dataset, run_start: datetime) -> DataFrame:
    """The typed values of each row, and the text of those in error: what `with_checks` costs more is for few rows.

    Args:
        frame, dataset, run_start: As for `with_checks`.

    Returns:
        file_id, the typed fields, `raw` (NULL unless the row is in error) and, if the dataset has warnings,
        `_warnings`, and of JSON `_new_fields` (`json_lines.new_fields`).
    """
    rules = rules_of(dataset, run_start=run_start)
    raw = F.when(_is_broken(rules), F.col("raw")).alias("raw")
    warnings = [_warnings(rules)] if dataset.has_warnings else []
    new = [new_fields(dataset)] if dataset.file_format == "json" else []
    return _with_values(frame, dataset).select("file_id", *dataset.field_names, raw, *warnings, *new)


def _with_values(frame: DataFrame, dataset: Dataset) -> DataFrame:
    """Adds texts and typed values; parsed JSON has them already."""
    if dataset.file_format == "json":
        return frame
    names = dataset.field_names
    others = [name for name in frame.columns if name not in names]
    texts = frame.select(*others, *(values.trimmed(F.col(name)).alias(text_name(name)) for name in names))
    return texts.select(
        "*", *(values.parsed(text_name(field.name), field).alias(field.name) for field in dataset.fields)
    )


def rules_of(dataset: Dataset, *, run_start: datetime) -> list[Rule]:
    """The rules of the dataset's rows; their order is the order of a row's reasons."""
    make = json_rules if dataset.file_format == "json" else csv_rules
    return make(dataset, run_start=run_start)


def warning_names(dataset: Dataset, *, run_start: datetime) -> list[str]:
    """Every warning that a row of the dataset can have."""
    return [rule.name for rule in rules_of(dataset, run_start=run_start) if rule.severity == "warning"]


def _errors(rules: list[Rule]) -> Column:
    reasons = F.array(*(F.when(rule.broken, as_struct(rule)) for rule in rules if rule.severity == "error"))
    return F.array_compact(reasons).cast(ERRORS_TYPE).alias("_errors")


def _is_broken(rules: list[Rule]) -> Column:
    broken = (F.coalesce(rule.broken, F.lit(False)) for rule in rules if rule.severity == "error")
    return reduce(or_, broken, F.lit(False))


def _warnings(rules: list[Rule]) -> Column:
    found = [F.when(rule.broken, F.lit(rule.name)) for rule in rules if rule.severity == "warning"]
    warnings = F.array_compact(F.array(*found)) if found else F.array()
    return warnings.cast("array<string>").alias("_warnings")
