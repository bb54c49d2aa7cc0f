"""What each answer means: which ones the pipeline relies on, and which it avoids relying on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """One question.

    Attributes:
        asks: The question, for people.
        relied: A pattern that the answer must match because the pipeline relies on it; None if any answer will do.
        why: What the pipeline relies on, or does so that it need not.
    """

    asks: str
    relied: str | None
    why: str


MEANINGS = {
    "bookmark_rights": Meaning("May the job's role use bookmarks?", "granted", "the role grants them on *"),
    "null_column_in_a_frame": Meaning(
        "Does a column of NULLs stay in a DynamicFrame?", None, "writes name their columns: a lost one loads as NULL"
    ),
    "null_column_in_the_warehouse": Meaning(
        "Does such a column load as NULL?", r"k=1 nothing=None n=2", "writes name their columns"
    ),
    "microseconds": Meaning("Do microseconds survive a write and a read?", None, "times cross Glue's frames as text"),
    "empty_frame": Meaning("Do actions run for an empty frame?", None, "empty frames are not written"),
    "error_text": Meaning("Does a load error name its cause?", r"(?!no error)", "messages are dug out of the causes"),
    "select_without_a_table": Meaning("Does UNLOAD take a SELECT without a table?", None, "every read names a table"),
    "table_and_query": Meaning("Are dbtable and sampleQuery accepted together?", None, "reads give one of the two"),
    "stl_load_errors": Meaning("Is there stl_load_errors?", None, "one of the two views is enough"),
    "sys_load_error_detail": Meaning("Is there sys_load_error_detail?", None, "one of the two views is enough"),
    "connection_secret": Meaning(
        "Does extract_jdbc_conf resolve the secret?", None, "otherwise Secrets Manager is asked"
    ),
    "isolation_level": Meaning(
        "The database's isolation level", None, "a transaction that lost to another is repeated"
    ),
}


@dataclass(frozen=True)
class Finding:
    """A line of the table; `held` is None where the pipeline relies on nothing."""

    what: str
    found: str
    held: bool | None
    why: str = ""


def findings(answers: Mapping[str, str]) -> list[Finding]:
    """One finding a question; a question without an answer did not hold."""
    return [_finding(meaning, answers.get(name)) for name, meaning in MEANINGS.items()]


def _finding(meaning: Meaning, answer: str | None) -> Finding:
    if answer is None:
        return Finding(meaning.asks, "no answer", held=False, why=meaning.why)
    held = None if meaning.relied is None else bool(re.match(meaning.relied, answer))
    return Finding(meaning.asks, answer, held, meaning.why)
