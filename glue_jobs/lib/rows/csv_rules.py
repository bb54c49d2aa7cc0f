"""The rules for CSV lines."""

from collections.abc import Iterator
from datetime import datetime

from pyspark.sql import Column
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset, Field
from glue_jobs.lib.rows import values
from glue_jobs.lib.rows.raw_lines import NUL
from glue_jobs.lib.rows.rule import Rule, possible_values, text_name, value_rule

DECIMAL_COMMA, DECIMAL_POINT = r"^[+-]?[0-9.]*[0-9],[0-9]+$", r"^[+-]?[0-9]+[.][0-9]*$"

DESCRIPTIONS = {
    "BIGINT": "a whole number of 64 bits",
    "INTEGER": "a whole number of 32 bits",
    "BOOLEAN": "true or false",
    "DATE": f"a date from {values.EARLIEST} on (yyyy-MM-dd)",
    "TIMESTAMP": f"a time from {values.EARLIEST} on (yyyy-MM-dd HH:mm:ss)",
    "DOUBLE PRECISION": "a number",
}


def csv_rules(dataset: Dataset, *, run_start: datetime) -> list[Rule]:
    """Rules over the texts and typed values of `checked_rows.with_checks`, in the order of a row's reasons."""
    return [*_line_rules(), *(rule for field in dataset.fields for rule in _field_rules(dataset, field, run_start))]


def _line_rules() -> Iterator[Rule]:
    ragged = ~F.col("quotes_broken") & (F.col("field_count") != F.col("width"))
    widths = F.format_string("%s fields where the header has %s", "field_count", "width")
    more = F.concat(widths, F.lit("; is there a decimal comma, or no quotes?"))
    comment = F.lit("a comment line, which CSV does not have")
    is_wider = F.col("field_count") > F.col("width")
    widths = F.when(F.col("raw").startswith("#"), comment).when(is_wider, more).otherwise(widths)
    yield Rule("nul_byte", None, F.col("raw").contains(NUL), F.lit("the line holds a NUL byte"))
    yield Rule(
        "unbalanced_quotes",
        None,
        F.col("quotes_broken"),
        F.lit("a quote is not closed where its field ends; a line break inside quotes is not supported"),
    )
    part = F.lit("the line is part of a record with a line break inside quotes, which is not supported")
    # The lines with the record's quotes have their reason already; those between them look like rows of their own.
    yield Rule("multiline_record", None, F.col("in_record") & ~F.col("quotes_broken"), part)
    yield Rule("ragged_row", None, ragged, widths)


def _field_rules(dataset: Dataset, field: Field, run_start: datetime) -> Iterator[Rule]:
    """Rules of one field; they apply to lines with as many fields as the header, as others hold anything anywhere."""
    name, text, value = field.name, F.col(text_name(field.name)), F.col(field.name)
    whole = ~F.col("quotes_broken") & (F.col("field_count") == F.col("width"))

    def rule(rule_name: str, broken: Column, message: str | Column) -> Rule:
        return value_rule(rule_name, name, whole & broken, message)

    if field.required:
        yield Rule(f"{name}_empty", name, whole & text.isNull(), F.lit(f"{name} is empty"))
    if field.empty == "warning":
        yield Rule(f"{name}_missing", name, whole & text.isNull(), F.lit(f"{name} is missing"), "warning")
    if field.max_bytes:
        yield rule("value_too_long", F.octet_length(text) > field.max_bytes, f"takes more than {field.max_bytes} bytes")
    else:
        yield rule(f"{name}_invalid", text.isNotNull() & value.isNull(), _is_not(field, text))
    yield from possible_values(dataset, field, run_start=run_start, given=whole)


def _is_not(field: Field, text: Column) -> Column:
    """What is wrong with a value of another type, and the usual reason."""
    wrong = F.lit(f"is not {DESCRIPTIONS[field.type]}")
    comma = F.concat(wrong, F.lit("; write a decimal point, not a comma"))
    point = F.concat(wrong, F.lit("; write it without a decimal point"))
    return F.when(text.rlike(DECIMAL_COMMA), comma).when(text.rlike(DECIMAL_POINT), point).otherwise(wrong)
