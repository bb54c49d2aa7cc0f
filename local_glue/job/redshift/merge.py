"""Checks that a MERGE is one that Redshift accepts, which is less than PostgreSQL does."""

from sqlglot import exp

from local_glue.job.redshift.errors import RefusedError

_FORM = (
    "MERGE INTO target USING source [AS s] ON target.k = s.k "
    "WHEN MATCHED THEN UPDATE SET c = s.c | DELETE WHEN NOT MATCHED THEN INSERT [(c, ...)] VALUES (s.c, ...)"
)


def check_merge(merge: exp.Merge) -> None:
    """Checks that a MERGE is within Redshift's grammar.

    Raises:
        RefusedError: names what is not allowed.
    """
    target, source = merge.this, merge.args["using"]
    if merge.args.get("with_") or merge.args.get("with"):
        _refuse("no WITH clause")
    if merge.args.get("returning"):
        _refuse("no RETURNING")
    if not isinstance(target, exp.Table) or target.alias:
        _refuse("no alias for the target table")
    _check_source(target, source)
    _check_condition(merge.args["on"])
    _check_clauses(list(merge.args["whens"].expressions))


def _check_source(target: exp.Table, source: exp.Expression) -> None:
    for table in source.find_all(exp.Table):
        same_name = table.name.lower() == target.name.lower()
        if same_name and (table.db or "public").lower() == (target.db or "public").lower():
            _refuse(f"a source that neither is nor reads the target {target.sql()}")


def _check_condition(condition: exp.Expression) -> None:
    for term in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        if not isinstance(term.unnest(), exp.EQ):
            _refuse(f"equality predicates joined by AND in ON, not {term.sql()}")


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
        left, right = assignment.this, assignment.expression
        if not isinstance(left, exp.Column) or left.table:
            _refuse(f"bare column names in UPDATE SET, not {left.sql()}")
        _no_default(right)


def _check_insert(insert: exp.Insert) -> None:
    values = insert.args.get("expression")
    if isinstance(values, exp.Values):
        values = values.expressions[0] if values.expressions else None
    if not isinstance(values, exp.Tuple | exp.Paren):
        _refuse("INSERT with VALUES (...)")
    for value in values.find_all(exp.Column, exp.Var):
        _no_default(value)
    columns = insert.this.expressions if isinstance(insert.this, exp.Tuple | exp.Schema) else []
    for column in columns:
        if isinstance(column, exp.Column) and column.table:
            _refuse(f"bare column names in the INSERT list, not {column.sql()}")


def _no_default(value: exp.Expression) -> None:
    if isinstance(value, exp.Column | exp.Var) and value.name.upper() == "DEFAULT":
        _refuse("no DEFAULT as a value")


def _refuse(rule: str) -> None:
    raise RefusedError(f"Redshift's MERGE takes {rule}: write {_FORM}")
