"""What a rule about rows is."""

from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

SHOWN_CHARACTERS = 80


@dataclass(frozen=True)
class Rule:
    """One way for a row to be in error.

    Attributes:
        name: Unique in its dataset; what books, logs and quarantine say.
        column: The field it looks at, None for the line as a whole.
        broken: True for a row in error; NULL counts as False.
        message: For people, with the value.
    """

    name: str
    column: str | None
    broken: Column
    message: Column


def text_name(field: str) -> str:
    """Column that holds a field's text as it was delivered, beside the typed one."""
    return f"{field}_text"


def value_rule(name: str, field: str, broken: Column, message: str) -> Rule:
    """A rule whose message begins with the field and its text."""
    text = F.substring(text_name(field), 1, SHOWN_CHARACTERS)
    return Rule(name, field, broken, F.format_string(f"{field} '%s' {message}", text))
