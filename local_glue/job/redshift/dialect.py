"""Translates Redshift SQL to PostgreSQL: what both accept stays as it is, the rest is translated or refused."""

import logging
import re
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from local_glue.job.redshift import ddl, merge
from local_glue.job.redshift.errors import RefusedError
from local_glue.job.redshift.forms import check_form, check_words
from local_glue.job.redshift.refusals import check_postgres_only
from local_glue.job.redshift.rewrite import rewrite
from local_glue.job.redshift.written import normalize, parse, words

# sqlglot warns about statements that it does not model; they are checked here.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

# What sqlglot reads and writes in another way; everything else that differs is a change of the tree.
_RESPELLED = frozenset({"TOP", "MINUS", "CONVERT"})
_COMMANDS = re.compile(
    r"(grant|revoke|lock)\s|alter\s+default\s+privileges\s|alter\s+\w+\s+\S+\s+owner\s+to\s|"
    r"create\s+group\s|create\s+schema\s+.*authorization\s",
    re.IGNORECASE | re.DOTALL,
)
_QUERIES = (exp.Query, exp.Insert, exp.Update, exp.Delete, exp.Merge)


@dataclass(frozen=True)
class Statement:
    """The PostgreSQL statements for one Redshift statement."""

    sql: tuple[str, ...]


@lru_cache(maxsize=512)
def translate(text: str) -> Statement:
    """Translates one Redshift statement to PostgreSQL.

    Raises:
        RefusedError: Redshift would not accept it.
        NotImplementedError: the stand-in does not support it, although Redshift does.
    """
    if re.match(r"\s*create\s+external\b", text, re.IGNORECASE):
        raise NotImplementedError(f"local_glue does not support CREATE EXTERNAL (Spectrum): {text[:200]}")
    source = normalize(text)
    check_words(source)
    if re.search(r"\bremove\s+duplicates\s*$", source, re.IGNORECASE):
        return Statement(merge.simplified(source))
    tree = parse(source)
    check_postgres_only(tree, source)
    check_form(tree, source)
    if isinstance(tree, exp.Create):
        return Statement(_create(tree, source, text))
    if isinstance(tree, exp.Alter):
        return Statement(tuple(ddl.alter_table(tree)))
    if isinstance(tree, exp.TruncateTable):
        # In Redshift, TRUNCATE commits its transaction; nothing before it can be rolled back.
        return Statement((tree.sql("postgres"), "COMMIT"))
    if isinstance(tree, exp.Merge):
        merge.check_merge(tree)
    if isinstance(tree, _QUERIES):
        return Statement((_query(tree, source),))
    if isinstance(tree, exp.Command):
        return Statement((_command(source),))
    if isinstance(tree, exp.Grant | exp.Revoke):
        return Statement((re.sub(r"\b(to|from)\s+role\s+", r"\1 ", source, flags=re.IGNORECASE),))
    if isinstance(tree, exp.Drop | exp.Comment | exp.Transaction | exp.Commit | exp.Rollback | exp.Analyze):
        return Statement((source,))
    raise NotImplementedError(f"local_glue does not support this Redshift statement: {text[:200]}")


def translate_query(text: str) -> str:
    """Translates a SELECT to PostgreSQL.

    Raises:
        RefusedError: it is not a query, or Redshift would not accept it.
    """
    source = normalize(text.strip().rstrip(";"))
    check_words(source)
    tree = parse(source)
    if not isinstance(tree, exp.Query):
        raise RefusedError(f"sampleQuery must be one SELECT, not: {text[:200]}")
    check_postgres_only(tree, source)
    check_form(tree, source)
    return _query(tree, source)


def _query(tree: exp.Expression, source: str) -> str:
    """The statement as it is written if PostgreSQL understands it, because then nothing can go wrong."""
    changed = rewrite(tree)
    # In Redshift's literals a backslash escapes the next character.
    if changed == tree and "\\" not in source and not _RESPELLED.intersection(words(source)):
        return source
    return _generated(changed)


def _generated(tree: exp.Expression) -> str:
    try:
        return tree.sql("postgres", unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise NotImplementedError(f"local_glue does not support this construct: {error}") from None


def _create(create: exp.Create, text: str, original: str) -> tuple[str, ...]:
    if create.kind == "TABLE":
        if isinstance(create.expression, exp.Query):
            return (_generated(rewrite(ddl.create_table_as(create))),)
        ddl.check_key_columns(create, original)
        return (ddl.create_table(create),)
    if create.kind == "SCHEMA":
        return (text,)
    if create.kind == "VIEW" and not create.find(exp.MaterializedProperty):
        body = re.sub(r"\s+with\s+no\s+schema\s+binding\s*$", "", text, flags=re.IGNORECASE)
        return (_query(parse(body), body),)
    if create.kind in ("INDEX", "SEQUENCE", "TRIGGER", "EXTENSION", "TYPE"):
        raise RefusedError(f"Redshift has no CREATE {create.kind}: leave it out")
    raise NotImplementedError(f"local_glue does not support CREATE {create.kind}: {text[:200]}")


def _command(text: str) -> str:
    if re.match(
        r"(do|listen|notify|reindex|cluster|create\s+(unique\s+)?index|create\s+extension)\b", text, re.IGNORECASE
    ):
        raise RefusedError(f"Redshift has no such statement: {text[:200]}")
    if re.match(r"lock\b.*(\bin\s.*\bmode|\bnowait)\s*$", text, re.IGNORECASE | re.DOTALL):
        raise RefusedError(f"Redshift's LOCK takes tables, no mode: write LOCK table (in: {text[:200]})")
    if not _COMMANDS.match(text):
        raise NotImplementedError(f"local_glue does not support this Redshift statement: {text[:200]}")
    return re.sub(r"\b(to|from)\s+role\s+", r"\1 ", text, flags=re.IGNORECASE)
