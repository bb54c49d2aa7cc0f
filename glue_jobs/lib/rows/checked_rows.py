"""Which rows of an input file are in error, and why: named rules as Columns, generated from the contract."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts import model
from glue_jobs.lib.contracts.model import Dataset, Field
from glue_jobs.lib.rows import json_rules, values
from glue_jobs.lib.rows.csv_lines import NUL
from glue_jobs.lib.rows.rule import Rule, text_name, value_rule

ERRORS_TYPE = "array<struct<rule: string, column: string, message: string>>"
REJECT_RATE_EXCEEDED = "reject_rate_exceeded"
PENDING_EXPIRED = "pending_expired"
BEFORE_SIGNUP = "before_signup"

ID_FIELDS = ("user_id", "id")
AGES = (1, 120)
CLOCK_SKEW = timedelta(hours=1)
"""How far after the run's start a play may lie: clocks differ."""

WARNINGS = {
    "songs": {"track_name_missing": "track_name"},
    "users": {"user_country_missing": "user_country"},
}
"""Values that a row may lack and that are counted when it does."""


def with_checks(frame: DataFrame, *, dataset: Dataset, run_start: datetime) -> DataFrame:
    """Adds the typed values and everything that is wrong with each row.

    Args:
        frame: `lines.parse_lines`, or `json_lines.parse_json`, which has texts and typed values already.
        dataset: Whose contract and rules.
        run_start: UTC; plays after it (and an hour) are impossible.

    Returns:
        The frame with each field's text as `<field>_text` (trimmed, NULL when empty), the typed `<field>` (NULL when
        empty or of another type), `_errors` array<struct<rule, column, message>> with all broken rules (empty when
        clean) and `_warnings` array<string>.
    """
    rules = error_rules(dataset, run_start=run_start)
    if dataset.file_format == "json":
        return frame.select("*", _errors(rules), _warnings(dataset))
    names = dataset.field_names
    others = [name for name in frame.columns if name not in names]
    texts = frame.select(*others, *(values.trimmed(F.col(name)).alias(text_name(name)) for name in names))
    typed = texts.select(
        "*", *(values.parsed(text_name(field.name), field).alias(field.name) for field in dataset.fields)
    )
    return typed.select("*", _errors(rules), _warnings(dataset))


def error_rules(dataset: Dataset, *, run_start: datetime) -> list[Rule]:
    """Rules over the texts and typed values of `with_checks`; their order is the order of a row's reasons."""
    if dataset.file_format == "json":
        return json_rules.error_rules(dataset, latest=run_start + CLOCK_SKEW)
    return [*_line_rules(), *(rule for field in dataset.fields for rule in _field_rules(field, run_start))]


def reason_of(rule: str, message: Column | str) -> Column:
    """`_errors` of one reason that concerns no column of the file."""
    text = F.lit(message) if isinstance(message, str) else message
    return F.array(_reason(Rule(rule, None, F.lit(True), text))).cast(ERRORS_TYPE)


def _line_rules() -> Iterator[Rule]:
    ragged = ~F.col("quotes_broken") & (F.col("field_count") != F.col("width"))
    widths = F.format_string("%s fields where the header has %s", "field_count", "width")
    yield Rule("nul_byte", None, F.col("raw").contains(NUL), F.lit("the line holds a NUL byte"))
    yield Rule(
        "unbalanced_quotes",
        None,
        F.col("quotes_broken"),
        F.lit("a quote is not closed where its field ends; a line break inside quotes is not supported"),
    )
    yield Rule("ragged_row", None, ragged, widths)


def _field_rules(field: Field, run_start: datetime) -> Iterator[Rule]:
    """Rules of one field; they look at lines that split as the header does, others hold anything anywhere."""
    name, text, value = field.name, F.col(text_name(field.name)), F.col(field.name)
    whole = ~F.col("quotes_broken") & (F.col("field_count") == F.col("width"))

    def rule(rule_name: str, broken: Column, message: str) -> Rule:
        return value_rule(rule_name, name, whole & broken, message)

    if not field.nullable:
        yield Rule(f"{name}_empty", name, whole & text.isNull(), F.lit(f"{name} is empty"))
    max_bytes = model.Column(name, field.type).max_bytes
    if max_bytes:
        yield rule("value_too_long", F.octet_length(text) > max_bytes, f"takes more than {max_bytes} bytes")
    else:
        yield rule(f"{name}_invalid", text.isNotNull() & value.isNull(), f"is no {DESCRIPTIONS[field.type]}")
    if name in ID_FIELDS:
        yield rule(f"{name}_negative", value < 0, "is negative")
    if name == "user_age":
        yield rule("user_age_out_of_range", ~value.between(*AGES), f"is not from {AGES[0]} to {AGES[1]}")
    if name == "duration_ms":
        yield rule("duration_not_positive", value <= 0, "is not above 0")
    if name == "listen_time":
        latest = run_start + CLOCK_SKEW
        yield rule("listen_time_future", value > F.lit(latest), "lies after the run's start")


DESCRIPTIONS = {
    "BIGINT": "whole number of 64 bits",
    "INTEGER": "whole number of 32 bits",
    "BOOLEAN": "true or false",
    "DATE": f"date from {values.EARLIEST} on (yyyy-MM-dd)",
    "TIMESTAMP": f"time from {values.EARLIEST} on (yyyy-MM-dd HH:mm:ss)",
    "DOUBLE PRECISION": "number",
}


def _reason(rule: Rule) -> Column:
    return F.struct(
        F.lit(rule.name).alias("rule"), F.lit(rule.column).cast("string").alias("column"), rule.message.alias("message")
    )


def _errors(rules: list[Rule]) -> Column:
    any_broken = F.lit(False)
    for rule in rules:
        any_broken = any_broken | F.coalesce(rule.broken, F.lit(False))
    reasons = F.array(*(F.when(rule.broken, _reason(rule)) for rule in rules))
    # Most rows are clean: they don't pay for the array.
    broken = F.when(any_broken, F.array_compact(reasons)).otherwise(F.array())
    return broken.cast(ERRORS_TYPE).alias("_errors")


def _warnings(dataset: Dataset) -> Column:
    found = [
        F.when(F.col(text_name(column)).isNull(), F.lit(name))
        for name, column in WARNINGS.get(dataset.name, {}).items()
    ]
    warnings = F.array_compact(F.array(*found)) if found else F.array()
    return warnings.cast("array<string>").alias("_warnings")
