"""The class of rules about rows, and the rules that CSV and JSON share: those about a field's typed value."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pyspark.sql import Column
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Bounds, Dataset, Field, Severity

ERRORS_TYPE = "array<struct<rule: string, column: string, message: string>>"
REJECT_RATE_EXCEEDED = "reject_rate_exceeded"
PENDING_EXPIRED = "pending_expired"
BEFORE_SIGNUP = "before_signup"

CLOCK_SKEW = timedelta(hours=1)
"""How long after the run's start a row's time may be, because clocks differ."""

SHOWN_CHARACTERS = 80


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong with a row.

    Attributes:
        name: Its name in books, logs and quarantine; rules of several fields may share one (value_too_long).
        column: The field it is about, None for the line as a whole.
        broken: True for a row that breaks the rule; NULL counts as False.
        message: For people, with the value.
        severity: A row with an error goes to the quarantine, one with a warning is kept and counted.
    """

    name: str
    column: str | None
    broken: Column
    message: Column
    severity: Severity = "error"


def text_name(field: str) -> str:
    """The name of the column with a field's text, next to the column with the typed value."""
    return f"{field}_text"


def value_rule(name: str, field: str, broken: Column, message: str | Column, severity: Severity = "error") -> Rule:
    """A rule whose message begins with the field and its text."""
    text = F.substring(text_name(field), 1, SHOWN_CHARACTERS)
    said = F.lit(message) if isinstance(message, str) else message
    return Rule(name, field, broken, F.format_string(f"{field} '%s' %s", text, said), severity)


def possible_values(dataset: Dataset, field: Field, *, run_start: datetime, given: Column) -> Iterator[Rule]:
    """Rules about the values that the contract calls possible: bounds, choices, no time in the future.

    Args:
        run_start: UTC; times after it (and CLOCK_SKEW) are impossible.
        given: Condition for the rows that the rules apply to.
    """
    value, text = F.col(field.name), F.col(text_name(field.name))
    if field.bounds:
        suffix, broken, message = _out_of_bounds(field.bounds, value)
        # A rule is named after the field without its unit: duration_not_positive, not duration_ms_not_positive.
        name = f"{field.name.removesuffix('_ms')}_{suffix}"
        yield value_rule(name, field.name, given & broken, message, field.bounds.severity)
    if field.choices:
        unknown = ~text.isin(*field.choices)
        yield value_rule(f"{field.name}_unknown", field.name, given & unknown, "is none of the known values")
    if field.name == dataset.time_field:
        future = value > F.lit(run_start + CLOCK_SKEW)
        yield value_rule(f"{field.name}_future", field.name, given & future, "lies after the run's start")


def reason_of(rule: str, message: Column | str) -> Column:
    """`_errors` with one reason that is not about a column of the file."""
    text = F.lit(message) if isinstance(message, str) else message
    return F.array(as_struct(Rule(rule, None, F.lit(True), text))).cast(ERRORS_TYPE)


def as_struct(rule: Rule) -> Column:
    """The rule as an element of `_errors`."""
    return F.struct(
        F.lit(rule.name).alias("rule"), F.lit(rule.column).cast("string").alias("column"), rule.message.alias("message")
    )


def _out_of_bounds(bounds: Bounds, value: Column) -> tuple[str, Column, str]:
    """The name's ending, the broken condition and the message of a rule about the bounds."""
    least, most, above = bounds.least, bounds.most, bounds.above
    if most is None and above is None and least is not None:
        return (
            ("negative", value < 0, "is negative")
            if least == 0
            else ("too_small", value < least, f"is below {least:g}")
        )
    if most is None and above is not None:
        return ("not_positive" if above == 0 else "too_small"), value <= above, f"is not above {above:g}"
    if least is None and above is None:
        return "too_large", value > most, f"is above {most:g}"
    too_small = value < least if least is not None else value <= above
    floor = f"from {least:g}" if least is not None else f"above {above:g}"
    return "out_of_range", too_small | (value > most), f"is not {floor} to {most:g}"
