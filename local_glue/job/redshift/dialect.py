"""Translates Redshift SQL to PostgreSQL: what both accept stays as it is, the rest is translated or refused."""

import logging
import re
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from local_glue.job.redshift import ddl
from local_glue.job.redshift.errors import RefusedError
from local_glue.job.redshift.merge import check_merge
from local_glue.job.redshift.refusals import check_postgres_only

# sqlglot warns about statements that it does not model; they are checked here.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

# Functions and syntax of Redshift that PostgreSQL lacks or treats differently.
_REDSHIFT_ONLY = re.compile(
    r"\b(nvl2?|getdate|sysdate|dateadd|date_add|datediff|date_diff|listagg|decode|len|convert_timezone|isnull|top|"
    r"qualify|median|json_extract_path_text|months_between|add_months|last_day|strtol|charindex|approximate|"
    r"dlog10|sha2?|func_sha1|to_hex|regexp_substr|convert|getbit|minus|super|json_parse)\b|#\w|\\",
    re.IGNORECASE,
)
_COMMANDS = re.compile(
    r"(grant|revoke|lock)\s|alter\s+default\s+privileges\s|alter\s+\w+\s+\S+\s+owner\s+to\s|"
    r"create\s+group\s|create\s+schema\s+.*authorization\s",
    re.IGNORECASE | re.DOTALL,
)
_NOT_IN_TRANSACTION = re.compile(
    r"(vacuum|create\s+database|drop\s+database|create\s+external|alter\s+table\s+\S+\s+append)\b", re.I
)
_SYSTEM_VIEWS = {"svv_columns": "information_schema.columns", "svv_tables": "information_schema.tables"}
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
    tree = _parse(text)
    check_postgres_only(tree, text)
    if isinstance(tree, exp.Create):
        return Statement(_create(tree, text))
    if isinstance(tree, exp.Alter):
        return Statement(tuple(ddl.alter_table(tree)))
    if isinstance(tree, exp.TruncateTable):
        # In Redshift, TRUNCATE commits its transaction; nothing before it can be rolled back.
        return Statement((tree.sql("postgres"), "COMMIT"))
    if isinstance(tree, exp.Merge):
        check_merge(tree)
    if isinstance(tree, _QUERIES):
        return Statement((_query(text),))
    if isinstance(tree, exp.Command):
        return Statement((_command(text),))
    if isinstance(tree, exp.Grant | exp.Revoke):
        return Statement((re.sub(r"\b(to|from)\s+role\s+", r"\1 ", text, flags=re.IGNORECASE),))
    if isinstance(tree, exp.Drop | exp.Comment | exp.Transaction | exp.Commit | exp.Rollback | exp.Analyze):
        return Statement((text,))
    raise NotImplementedError(f"local_glue does not support this Redshift statement: {text[:200]}")


def translate_query(text: str) -> str:
    """Translates a SELECT to PostgreSQL.

    Raises:
        RefusedError: it is not a query, or Redshift would not accept it.
    """
    tree = _parse(text.strip().rstrip(";"))
    if not isinstance(tree, exp.Query):
        raise RefusedError(f"sampleQuery must be one SELECT, not: {text[:200]}")
    check_postgres_only(tree, text)
    return _query(text.strip().rstrip(";"))


def _parse(text: str) -> exp.Expression:
    is_table = re.match(r"\s*(create|alter)\b(?!.*\bview\b)", text, re.IGNORECASE | re.DOTALL)
    try:
        source = ddl.without_physical_properties(text) if is_table else text
        trees = sqlglot.parse(source, read="redshift")
    except SqlglotError as error:
        if re.search(r"\bremove\s+duplicates\b", text, re.IGNORECASE):
            raise NotImplementedError("local_glue does not support MERGE ... REMOVE DUPLICATES") from None
        reason = re.sub(r"\x1b\[\d*m", "", str(error)).split("\n")[0]
        raise RefusedError(f"Redshift does not understand the statement ({reason}): {text[:200]}") from None
    if len(trees) != 1 or trees[0] is None:
        raise RefusedError(f"one statement is expected here, not {len(trees)}: {text[:200]}")
    return trees[0]


def _query(text: str) -> str:
    for view, instead in _SYSTEM_VIEWS.items():
        text = re.sub(rf"\b(?:pg_catalog\.)?{view}\b", instead, text, flags=re.IGNORECASE)
    if not _REDSHIFT_ONLY.search(text):
        return text
    return _parse(text).transform(ddl.utc_now).sql("postgres")


def _create(create: exp.Create, text: str) -> tuple[str, ...]:
    if create.kind == "TABLE":
        if isinstance(create.expression, exp.Query):
            return (create.transform(ddl.utc_now).sql("postgres"),)
        ddl.check_key_columns(create, text)
        return (ddl.create_table(create),)
    if create.kind == "SCHEMA":
        return (text,)
    if create.kind == "VIEW" and not create.find(exp.MaterializedProperty):
        body = re.sub(r"\s+with\s+no\s+schema\s+binding\s*$", "", text, flags=re.IGNORECASE)
        return (body if not _REDSHIFT_ONLY.search(body) else _parse(body).transform(ddl.utc_now).sql("postgres"),)
    if create.kind in ("INDEX", "SEQUENCE", "TRIGGER", "EXTENSION", "TYPE"):
        raise RefusedError(f"Redshift has no CREATE {create.kind}: leave it out")
    raise NotImplementedError(f"local_glue does not support CREATE {create.kind}: {text[:200]}")


def _command(text: str) -> str:
    if _NOT_IN_TRANSACTION.match(text):
        raise RefusedError(f"Redshift does not run this inside a transaction, and actions run in one: {text[:200]}")
    if re.match(
        r"(do|listen|notify|reindex|cluster|create\s+(unique\s+)?index|create\s+extension)\b", text, re.IGNORECASE
    ):
        raise RefusedError(f"Redshift has no such statement: {text[:200]}")
    if not _COMMANDS.match(text):
        raise NotImplementedError(f"local_glue does not support this Redshift statement: {text[:200]}")
    return re.sub(r"\b(to|from)\s+role\s+", r"\1 ", text, flags=re.IGNORECASE)
