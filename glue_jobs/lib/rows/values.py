"""Parses texts of a file's fields into typed values; NULL if a text is not such a value. No text makes it fail."""

from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Field

# They end in \z because $ also matches before a last line break.
DATE_FORM = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
TIME_FORM = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?\z"
INTEGER_FORM = r"^-?[0-9]+\z"
# pandas writes 34 as 34.0 in a column with empty cells. Up to 15 digits nothing can have been rounded on the way.
INTEGER_OR_FLOAT_FORM = r"^-?([0-9]+|[0-9]{1,15}[.]0+)\z"
NUMBER_FORM = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?\z"
WHOLE = {"BIGINT": "bigint", "INTEGER": "int"}
TRUE, FALSE = ("true", "1"), ("false", "0")

EARLIEST, LATEST = "1900-01-01", "9999-12-31 23:59:59.999999"
"""Earlier times are impossible: no streaming then, and Spark, Java and databases differ in calendars and zones. Later
ones, which a time just before with a zone can be, databases do not take as Spark writes them (+10000-01-01)."""


def trimmed(text: Column) -> Column:
    """The text without spaces around it, NULL when nothing is left."""
    inner = F.trim(text)
    return F.when(inner != "", inner)


def parsed(text: str, field: Field) -> Column:
    """The typed value of the (trimmed) text column called `text`, NULL if it is not a value of the field's type."""
    if field.type in WHOLE:
        return whole_number(text, field) if not field.required else _integer(text, WHOLE[field.type], INTEGER_FORM)
    return F.col(text) if field.type.startswith("VARCHAR") else PARSERS[field.type](text)


def whole_number(text: str, field: Field) -> Column:
    """The whole number in the text, which may have a fraction of zeros; NULL for any other text."""
    return _integer(text, WHOLE[field.type], INTEGER_OR_FLOAT_FORM)


def _integer(text: str, spark_type: str, form: str) -> Column:
    digits = F.expr(f"try_cast(substring_index(`{text}`, '.', 1) AS {spark_type})")
    return F.when(F.col(text).rlike(form), digits)


def _number(text: str) -> Column:
    value = F.when(F.col(text).rlike(NUMBER_FORM), _try_cast(text, "double"))
    return F.when(F.abs(value) < float("inf"), value)


def _boolean(text: str) -> Column:
    lower = F.lower(F.col(text))
    return F.when(lower.isin(*TRUE), F.lit(True)).when(lower.isin(*FALSE), F.lit(False))


def _timestamp(text: str) -> Column:
    value = F.when(F.col(text).rlike(TIME_FORM), _try_cast(text, "timestamp"))
    return F.when(value.between(*(F.lit(end).cast("timestamp") for end in (EARLIEST, LATEST))), value)


def _date(text: str) -> Column:
    day = F.when(F.col(text).rlike(DATE_FORM), _try_cast(text, "date"))
    return F.coalesce(F.when(day >= F.lit(EARLIEST).cast("date"), day), _timestamp(text).cast("date"))


def _try_cast(text: str, spark_type: str) -> Column:
    return F.expr(f"try_cast(`{text}` AS {spark_type})")


PARSERS: dict[str, Callable[[str], Column]] = {
    "BOOLEAN": _boolean,
    "DATE": _date,
    "TIMESTAMP": _timestamp,
    "DOUBLE PRECISION": _number,
}
