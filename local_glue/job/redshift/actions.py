"""Splits preactions and postactions into statements, as the connector does."""

import re

from local_glue.job.redshift.errors import RefusedError


def split_actions(text: str | None, option: str, table: str) -> list[str]:
    """The statements of an option: split at every `;`, also in literals, with the table in place of `%s`.

    Args:
        text: The value of the option.
        option: The name of the option, for messages.
        table: The quoted table name.

    Raises:
        RefusedError: a line break, or a `%` that Java's String.format would misread.
    """
    if not text or not text.strip():
        return []
    if "\n" in text or "\r" in text:
        raise RefusedError(f"{option} holds a line break, which Glue's connector does not take: write it on one line")
    statements = [part.strip() for part in text.strip().split(";")]
    return [_format(statement, option, table) for statement in statements if statement]


def _format(statement: str, option: str, table: str) -> str:
    if "%s" not in statement:
        return statement
    if re.search(r"%(?![s%])", statement):
        raise RefusedError(
            f"{option} holds both %s and another %: the connector formats the statement and would garble it; "
            f"avoid % in: {statement[:120]}"
        )
    return statement.replace("%s", table).replace("%%", "%")
