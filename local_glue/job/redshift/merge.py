"""Checks that a MERGE is one that Redshift accepts, which is less than PostgreSQL does."""

import re

from sqlglot import exp

from local_glue.job.redshift.errors import RefusedError
from local_glue.job.redshift.forms import check_form
from local_glue.job.redshift.refusals import check_postgres_only
from local_glue.job.redshift.rewrite import merge_values
from local_glue.job.redshift.written import parse

_FORM = (
    "MERGE INTO target USING source [AS s] ON target.k = s.k "
    "WHEN MATCHED THEN UPDATE SET c = s.c | DELETE WHEN NOT MATCHED THEN INSERT [(c, ...)] VALUES (s.c, ...)"
)


def simplified(text: str) -> tuple[str, ...]:
    """The statements for MERGE ... REMOVE DUPLICATES: rows of the source replace those they match, or are added.

    Raises:
        RefusedError: it has WHEN clauses, or is not within Redshift's grammar in another way.
        NotImplementedError: the source is a query.
    """
    merge = parse(re.sub(r"\bremove\s+duplicates\s*$", "WHEN MATCHED THEN DELETE", text, flags=re.IGNORECASE))
    check_postgres_only(merge, text)
    check_form(merge, text)
    if not isinstance(merge, exp.Merge) or len(merge.args["whens"].expressions) > 1:
        _refuse("REMOVE DUPLICATES without WHEN clauses")
    target, source, condition = merge.this, merge.args["using"], merge.args["on"].sql("postgres")
    if not isinstance(source, exp.Table):
        raise NotImplementedError("local_glue does not support REMOVE DUPLICATES of a query: create a table of it")
    _check_parts(merge)
    into, using = target.sql("postgres"), source.sql("postgres")
    names = [exp.Literal.string(exp.table_(table.this, db=table.args.get("db")).sql("postgres")).sql("postgres")
             for table in (target, source)]  # fmt: skip
    matches = f"SELECT COUNT(*) AS n FROM {into} JOIN {using} ON {condition} GROUP BY {target.name}.ctid"
    return (
        f"SELECT check_simplified_merge({names[0]}, {names[1]}, MAX(n)) FROM ({matches}) AS m",
        f"DELETE FROM {into} USING {using} WHERE {condition}",
        f"INSERT INTO {into} SELECT * FROM {using}",
    )


def check_merge(merge: exp.Merge) -> None:
    """Checks that a MERGE is within Redshift's grammar.

    Raises:
        RefusedError: names what is not allowed.
    """
    _check_parts(merge)
    _check_clauses(list(merge.args["whens"].expressions))


def _check_parts(merge: exp.Merge) -> None:
    target, source = merge.this, merge.args["using"]
    if merge.args.get("with_") or merge.args.get("with"):
        _refuse("no WITH clause")
    if merge.args.get("returning"):
        _refuse("no RETURNING")
    if not isinstance(target, exp.Table) or target.alias:
        _refuse("no alias for the target table")
    _check_source(target, source)
    _check_source(target, merge.args["whens"])
    _check_condition(merge.args["on"], merge)
    _check_columns(merge)


def _check_source(target: exp.Table, source: exp.Expression) -> None:
    for table in source.find_all(exp.Table):
        same_name = table.name.lower() == target.name.lower()
        if same_name and (table.db or "public").lower() == (target.db or "public").lower():
            _refuse(f"a source that neither is nor reads the target {target.sql()}")


def _check_condition(condition: exp.Expression, merge: exp.Merge) -> None:
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        _check_condition(condition.this, merge)
        _check_condition(condition.expression, merge)
    elif not isinstance(condition, exp.EQ):
        _refuse(f"equality predicates joined by AND in ON, not {condition.sql()}")
    else:
        sides = [side.unnest() for side in (condition.this, condition.expression)]
        names = {side.table.lower() or side.sql() for side in sides if isinstance(side, exp.Column)}
        if len(names) < 2:
            _refuse(f"a column of the target and one of the source in each predicate of ON, not {condition.sql()}")


def _check_columns(merge: exp.Merge) -> None:
    """A name of three parts is a column with its schema, or part of a SUPER value, which MERGE does not take."""
    tables = {
        (table.db.lower() or "public", table.name.lower())
        for table in (merge.this, merge.args["using"])
        if isinstance(table, exp.Table)
    }
    names = {merge.this.name.lower(), merge.args["using"].alias_or_name.lower()}
    for part in (merge.args["on"], merge.args["whens"]):
        for node in part.find_all(exp.Dot, exp.Bracket, exp.Column):
            if node.find_ancestor(exp.Query):
                continue
            named = isinstance(node, exp.Column) and not node.args.get("catalog")
            if named and not node.args.get("db"):
                named = not node.table or node.table.lower() in names
            elif named:
                named = (node.db.lower(), node.table.lower()) in tables
            if not named:
                _refuse(f"no references to parts of SUPER values, as {node.sql()}")


def _check_clauses(whens: list[exp.When]) -> None:
    if len(whens) != 2 or not whens[0].args.get("matched") or whens[1].args.get("matched"):
        _refuse("exactly one WHEN MATCHED clause, then exactly one WHEN NOT MATCHED clause")
    for when in whens:
        if when.args.get("condition") is not None:
            _refuse("no AND condition in a WHEN clause")
        if when.args.get("source"):
            _refuse("no BY SOURCE")
    matched, unmatched = (when.args.get("then") for when in whens)
    if isinstance(matched, exp.Update):
        _check_update(matched)
    elif not (isinstance(matched, exp.Var) and matched.name.upper() == "DELETE"):
        _refuse("UPDATE SET or DELETE when matched, no DO NOTHING")
    if not isinstance(unmatched, exp.Insert):
        _refuse("INSERT when not matched, no DO NOTHING")
    _check_insert(unmatched)


def _check_update(update: exp.Update) -> None:
    for assignment in update.expressions:
        if not isinstance(assignment, exp.EQ):
            _refuse("UPDATE SET with each column and its value, not *")
        left, right = assignment.this, assignment.expression
        if not isinstance(left, exp.Column) or left.table:
            _refuse(f"bare column names in UPDATE SET, not {left.sql()}")
        _no_default(right)


def _check_insert(insert: exp.Insert) -> None:
    values = insert.args.get("expression")
    if (listed := merge_values(insert)) is not None:
        values = exp.Tuple(expressions=listed)
    if isinstance(values, exp.Values):
        values = values.expressions[0] if values.expressions else None
    if not isinstance(values, exp.Tuple | exp.Paren):
        _refuse("INSERT with VALUES (...)")
    for value in values.find_all(exp.Column, exp.Var):
        _no_default(value)
    columns = insert.this.expressions if listed is None and isinstance(insert.this, exp.Tuple | exp.Schema) else []
    for column in columns:
        if isinstance(column, exp.Column) and column.table:
            _refuse(f"bare column names in the INSERT list, not {column.sql()}")


def _no_default(value: exp.Expression) -> None:
    if isinstance(value, exp.Column | exp.Var) and value.name.upper() == "DEFAULT":
        _refuse("no DEFAULT as a value")


def _refuse(rule: str) -> None:
    raise RefusedError(f"Redshift's MERGE takes {rule}: write {_FORM}")
