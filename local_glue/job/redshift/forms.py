"""Refuses statements in a form that PostgreSQL has and Redshift has not, or whose outcome there nobody documents."""

import re
from itertools import pairwise

from sqlglot import exp
from sqlglot.tokens import TokenType

from local_glue.job.redshift.column_types import is_type
from local_glue.job.redshift.errors import RefusedError
from local_glue.job.redshift.written import tokens_of, words

SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})
MAX_NAME, POSTGRES_NAME = 127, 63
"""Bytes of a name in Redshift; PostgreSQL cuts them after fewer."""

_NOT_IN_TRANSACTION = re.compile(r"\s*(vacuum|create\s+database|drop\s+database|alter\s+table\s+\S+\s+append)\b", re.I)
_NO_SUCH = ("INDEX", "SEQUENCE", "TYPE", "TRIGGER", "DOMAIN")
_DROPPED = ("TABLE", "VIEW", "SCHEMA")


def check_words(text: str) -> None:
    """Checks how a statement begins, for sqlglot takes some for what they are not.

    Raises:
        RefusedError: Redshift does not accept it in a transaction.
    """
    if _NOT_IN_TRANSACTION.match(text):
        raise RefusedError(f"Redshift does not run this inside a transaction, and actions run in one: {text[:200]}")
    for number, following in pairwise(tokens_of(text)):
        glued = number.token_type == TokenType.NUMBER and number.end + 1 == following.start
        if glued and following.text[0].isidentifier():
            _refuse(f"the number {number.text}{following.text}: write digits alone, or a blank before a name", text)
    begins = words(text)[:1]
    if begins == ["TABLE"]:
        _refuse("TABLE as a query: write SELECT * FROM", text)
    if begins in (["SAVEPOINT"], ["RELEASE"]):
        _refuse("savepoints: an error rolls the whole transaction back", text)


def check_form(tree: exp.Expression, text: str) -> None:
    """Checks the statement as a whole, and its names.

    Raises:
        RefusedError: Redshift does not accept it.
        NotImplementedError: Redshift does, or nobody says what it does.
    """
    if isinstance(tree, exp.Rollback) and tree.args.get("savepoint"):
        _refuse("savepoints: an error rolls the whole transaction back", text)
    if isinstance(tree, exp.Merge) and ("MATCHED", "BY") in pairwise(words(text)):
        _refuse("WHEN NOT MATCHED BY: write WHEN NOT MATCHED", text)
    for kind, check in _STATEMENTS.items():
        if isinstance(tree, kind):
            check(tree, text)
    for node in tree.walk():
        _check_node(node, text)


def _alter(alter: exp.Alter, text: str) -> None:
    if alter.args.get("only"):
        _refuse("ONLY: tables inherit nothing, leave it out", text)
    if alter.find(exp.CheckColumnConstraint, exp.ExcludeColumnConstraint):
        _refuse("CHECK and EXCLUDE constraints: leave it out", text)


def _commit(commit: exp.Commit, text: str) -> None:
    if commit.args.get("chain"):
        _refuse("AND CHAIN: leave it out", text)


def _create(create: exp.Create, text: str) -> None:
    properties = create.args.get("properties")
    for item in properties.expressions if properties else ():
        if create.kind == "TABLE" and not isinstance(item, exp.TemporaryProperty | exp.LikeProperty):
            _refuse(f"{item.sql('postgres')} of a table: leave it out", text)
        if create.kind == "VIEW" and isinstance(item, exp.TemporaryProperty):
            _refuse("temporary views: use WITH, or CREATE TEMP TABLE ... AS", text)
    for like in create.find_all(exp.LikeProperty):
        if any(option.args["value"].name.upper() != "DEFAULTS" for option in like.expressions):
            _refuse("LIKE with more than INCLUDING or EXCLUDING DEFAULTS: leave it out", text)
    if create.find(exp.ExcludeColumnConstraint):
        _refuse("EXCLUDE constraints: leave it out", text)


def _drop(drop: exp.Drop, text: str) -> None:
    if drop.args.get("kind") in _NO_SUCH:
        _refuse(f"DROP {drop.args['kind']}: leave it out", text)
    if drop.args.get("kind") not in _DROPPED or drop.args.get("materialized"):
        raise NotImplementedError(f"local_glue does not support this DROP, for it has no CREATE of it: {text[:200]}")


def _truncate(truncate: exp.TruncateTable, text: str) -> None:
    if len(truncate.expressions) > 1 or truncate.args.get("identity") or truncate.args.get("option"):
        _refuse("TRUNCATE of more than one table, or with an option: write TRUNCATE table", text)


def _insert(insert: exp.Insert, text: str) -> None:
    if isinstance(insert.this, exp.Table) and insert.this.alias:
        _refuse("an alias for the table of INSERT: leave it out", text)


def _update(update: exp.Update, text: str) -> None:
    if any(isinstance(assigned.this, exp.Tuple) for assigned in update.expressions):
        _refuse("UPDATE SET (a, b) = ...: set each column", text)


_STATEMENTS = {
    exp.Alter: _alter,
    exp.Commit: _commit,
    exp.Create: _create,
    exp.Drop: _drop,
    exp.TruncateTable: _truncate,
    exp.Insert: _insert,
    exp.Update: _update,
}


def _check_node(node: exp.Expression, text: str) -> None:
    if isinstance(node, exp.Table) and node.args.get("only"):
        _refuse("ONLY: tables inherit nothing, leave it out", text)
    if isinstance(node, exp.CTE) and isinstance(node.this, exp.DML):
        _refuse(f"{node.this.key.upper()} in WITH: write two statements", text)
    if isinstance(node, exp.Column) and node.name.lower() in SYSTEM_COLUMNS:
        _refuse(f"the system column {node.name} of PostgreSQL: number the rows with ROW_NUMBER()", text)
    if isinstance(node, exp.ColumnDef) and node.name.lower() in (*SYSTEM_COLUMNS, "oid"):
        _refuse(f"{node.name} as the name of a column: choose another", text)
    if isinstance(node, exp.Cast) and not is_type(node.to):
        _refuse(f"the type {node.to.sql('postgres')}", text)
    if isinstance(node, exp.Identifier):
        _check_length(node.name, text)
    compared = isinstance(node, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE)
    if compared and isinstance(node.this, exp.Tuple) and not isinstance(node.parent, exp.Update):
        raise NotImplementedError(f"local_glue does not support comparing rows: compare each column ({text[:200]})")


def _check_length(name: str, text: str) -> None:
    size = len(name.encode())
    if size > MAX_NAME:
        _refuse(f"names of more than {MAX_NAME} bytes, as {name}", text)
    if size > POSTGRES_NAME:
        raise NotImplementedError(
            f"local_glue does not support names of more than {POSTGRES_NAME} bytes, where PostgreSQL cuts them: "
            f"shorten {name}"
        )


def _refuse(what: str, text: str) -> None:
    raise RefusedError(f"Redshift does not know {what} (in: {text[:200]})")
