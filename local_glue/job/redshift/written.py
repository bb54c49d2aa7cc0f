"""Reads Redshift SQL as it is written: quoted names folded, functions under their own names.

sqlglot's own Redshift dialect gives functions the meaning that most databases share, which is not always Redshift's
(DATEDIFF, for example). So functions are parsed as plain calls, and `functions` says what becomes of each.
"""

import re
from functools import lru_cache

import sqlglot
from sqlglot import exp, tokenize
from sqlglot.dialects.redshift import Redshift
from sqlglot.errors import SqlglotError
from sqlglot.parsers.redshift import RedshiftParser
from sqlglot.tokens import Token, TokenType

from local_glue.job.redshift import ddl
from local_glue.job.redshift.errors import RefusedError

_SYNTAX = ("CAST", "TRY_CAST", "CONVERT", "EXTRACT", "POSITION", "SUBSTRING", "TRIM")
_SYSTEM_VIEWS = {"svv_columns": "information_schema.columns", "svv_tables": "information_schema.tables"}
_TEMPORARY = ("TEMP", "TEMPORARY")
_EXACT = ("COUNT", "PERCENTILE_DISC")
# Types of other databases, which sqlglot would read as one of Redshift's.
_FOREIGN_TYPES = frozenset({"STRING", "BYTEA", "DOUBLE", "BLOB", "CLOB", "NUMBER", "LONG", "DATETIME", "TINYINT"})


class AsWritten(Redshift):
    """Redshift's syntax, with only those functions known that have a syntax of their own."""

    class Tokenizer(Redshift.Tokenizer):
        """Knows no types but Redshift's by these names, of which FLOAT is the one of eight bytes."""

        KEYWORDS = {word: kind for word, kind in Redshift.Tokenizer.KEYWORDS.items() if word not in _FOREIGN_TYPES} | {
            "FLOAT": TokenType.DOUBLE
        }

    class Parser(RedshiftParser):
        """Knows no function but COUNT, whose star needs it, and no arrays (SUPER) that a FROM could take apart.

        To look for these, sqlglot copies every query that another one reads from: half the time of a long statement.
        """

        SUPPORTS_IMPLICIT_UNNEST = False
        FUNCTIONS = {"COUNT": RedshiftParser.FUNCTIONS["COUNT"]}  # noqa: RUF012
        FUNCTION_PARSERS = {name: RedshiftParser.FUNCTION_PARSERS[name] for name in _SYNTAX}  # noqa: RUF012


def normalize(text: str) -> str:
    """The statement with names, system views and modifiers as PostgreSQL has them; nothing else changes.

    Raises:
        RefusedError: it has no end, or a character that SQL does not have.
    """
    try:
        tokens = tokens_of(text)
    except SqlglotError as error:
        raise RefusedError(f"Redshift does not understand the statement ({_reason(error)}): {text[:200]}") from None
    parts, done = [], 0
    for at, token in enumerate(tokens):
        new = _replacement(tokens, at, token)
        if new is not None:
            parts += [text[done : token.start], new]
            done = token.end + 1
    text = "".join([*parts, text[done:]])
    return ddl.without_physical_properties(text) if _defines_table(tokens) else text


def parse(text: str) -> exp.Expression:
    """The tree of one normalized statement.

    Raises:
        RefusedError: it is no statement, or several, or has a type of another database.
        NotImplementedError: sqlglot cannot read it, which does not prove that Redshift cannot.
    """
    try:
        trees = sqlglot.parse(text, read=AsWritten)
    except SqlglotError as error:
        if foreign := sorted(_FOREIGN_TYPES.intersection(words(text))):
            raise RefusedError(f"Redshift has no type {', '.join(foreign)}: {text[:200]}") from None
        raise NotImplementedError(
            f"local_glue does not support this syntax, if Redshift does ({_reason(error)}): {text[:200]}"
        ) from None
    if len(trees) != 1 or trees[0] is None:
        raise RefusedError(f"one statement is expected here, not {len(trees)}: {text[:200]}")
    return trees[0]


@lru_cache(maxsize=64)
def tokens_of(text: str) -> list[Token]:
    """The tokens of a statement, which several checks look at one after another; not to be changed.

    Raises:
        SqlglotError: it has no end, or a character that SQL does not have.
    """
    return tokenize(text, read="redshift")


def words(text: str) -> list[str]:
    """The words of a statement in capitals, without literals and quoted names."""
    quoted = (TokenType.STRING, TokenType.IDENTIFIER)
    return [token.text.upper() for token in tokens_of(text) if token.token_type not in quoted]


def _reason(error: SqlglotError) -> str:
    return re.sub(r"\x1b\[\d*m", "", str(error)).split("\n")[0]


def _defines_table(tokens: list[Token]) -> bool:
    first = {token.text.upper() for token in tokens[:5]}
    return bool(tokens) and tokens[0].text.upper() in ("CREATE", "ALTER") and "VIEW" not in first


def _replacement(tokens: list[Token], at: int, token: Token) -> str | None:
    word = token.text.upper()
    following = tokens[at + 1].text.upper() if at + 1 < len(tokens) else ""
    if token.token_type == TokenType.IDENTIFIER:
        # Redshift folds quoted names too, unless enable_case_sensitive_identifier is set.
        lower = token.text.lower().replace('"', '""')
        return f'"{lower}"' if token.text != token.text.lower() else None
    if token.token_type == TokenType.STRING:
        return None
    if word == "IDENTITY" and following == "(" and at and tokens[at - 1].text.upper() != "AS":
        # No INSERT may give such a column a value.
        return "GENERATED ALWAYS AS IDENTITY"
    if word.startswith("#") and len(word) > 1:
        return f'"{token.text.lower()}"'
    if (word == "LOCAL" and following in _TEMPORARY) or (word == "APPROXIMATE" and following in _EXACT):
        return ""
    if token.text.lower() in _SYSTEM_VIEWS:
        return _SYSTEM_VIEWS[token.text.lower()]
    if word == "PG_CATALOG" and following == "." and tokens[at + 2].text.lower() in _SYSTEM_VIEWS:
        return ""
    if token.text == "." and at and tokens[at - 1].text.upper() == "PG_CATALOG" and following.lower() in _SYSTEM_VIEWS:
        return ""
    return None
