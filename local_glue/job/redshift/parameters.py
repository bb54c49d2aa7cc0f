"""Values for the named parameters (`:name`) of a statement, as the Redshift Data API takes them."""

from collections.abc import Mapping
from itertools import pairwise

from sqlglot import TokenType
from sqlglot.dialects.redshift import Redshift


class ParameterError(ValueError):
    """A parameter has no value, or a value no parameter."""


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The statement with a literal for every `:name`; quoted texts, names and casts (`::`) stay as they are.

    Raises:
        ParameterError: The names in the statement are not those of `values`.
    """
    tokens = Redshift().tokenize(text)
    pairs = [
        (colon, name)
        for colon, name in pairwise(tokens)
        if colon.token_type == TokenType.COLON and name.start == colon.end + 1
    ]
    named = {name.text for _, name in pairs}
    if missing := sorted(named - values.keys()):
        raise ParameterError(f"Parameter {missing[0]} has no value.")
    if unused := sorted(values.keys() - named):
        raise ParameterError(f"Parameters list contains unused parameters. Unused parameters: {unused}")
    for colon, name in reversed(pairs):
        literal = "'" + values[name.text].replace("\\", "\\\\").replace("'", "''") + "'"
        text = text[: colon.start] + literal + text[name.end + 1 :]
    return text
