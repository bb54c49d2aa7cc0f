"""Rewrites what PostgreSQL has no name or syntax for; what the database can do by itself stays as it is."""

from collections.abc import Callable

from sqlglot import exp

from local_glue.job.redshift.errors import RefusedError
from local_glue.job.redshift.functions import PART_FIRST, SAME_AS
from local_glue.job.redshift.qualify import without_qualify

_T = exp.DataType.Type


def rewrite(tree: exp.Expression) -> exp.Expression:
    """The tree with calls, casts and clauses that PostgreSQL understands; equal to the given one if it does already."""
    # From the leaves up, because the arguments of a rewritten call are part of what replaces it.
    changed = tree.copy()
    for node in reversed(list(changed.walk())):
        new = _rewritten(node)
        if new is not node:
            if node is changed:
                changed = new
            else:
                node.replace(new)
    return changed


def _rewritten(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Anonymous):
        name = node.name.lower()
        return _CALLS[name](node) if name in _CALLS else _common_call(node)
    for kind, change in _NODES.items():
        if isinstance(node, kind):
            return change(node)
    return node


def _common_call(call: exp.Anonymous) -> exp.Expression:
    name = SAME_AS.get(call.name.lower(), call.name.lower())
    if name != call.name.lower():
        call.set("this", name)
    first = call.expressions[0] if call.expressions else None
    if name in PART_FIRST and isinstance(first, exp.Column | exp.Var):
        first.replace(exp.Literal.string(first.name.lower()))
    return call


def _nvl(call: exp.Anonymous) -> exp.Expression:
    return exp.Coalesce(this=call.expressions[0], expressions=call.expressions[1:])


def _isnull(call: exp.Anonymous) -> exp.Expression:
    _expect(call, 2)
    return _nvl(call)


def _nvl2(call: exp.Anonymous) -> exp.Expression:
    _expect(call, 3)
    value, given, missing = call.expressions
    return exp.Case().when(value.is_(exp.null()).not_(), given, copy=False).else_(missing, copy=False)


def _decode(call: exp.Anonymous) -> exp.Expression:
    if len(call.expressions) < 3:
        raise RefusedError("Redshift's DECODE takes a value, pairs of a search and a result, and perhaps a default")
    value, *rest = call.expressions
    case = exp.Case()
    for search, result in zip(rest[::2], rest[1::2], strict=False):
        # DECODE holds two NULLs for equal.
        case = case.when(exp.NullSafeEQ(this=value.copy(), expression=search), result, copy=False)
    return case.else_(rest[-1], copy=False) if len(rest) % 2 else case


def _concat(call: exp.Anonymous) -> exp.Expression:
    _expect(call, 2)
    left, right = (exp.paren(value, copy=False) for value in call.expressions)
    return exp.paren(exp.DPipe(this=left, expression=right, safe=False), copy=False)


def _median(call: exp.Anonymous) -> exp.Expression:
    _expect(call, 1)
    half = exp.Anonymous(this="PERCENTILE_CONT", expressions=[exp.Literal.number("0.5")])
    order = exp.Order(expressions=[exp.Ordered(this=call.expressions[0])])
    return exp.WithinGroup(this=half, expression=order)


def _listagg(call: exp.Anonymous) -> exp.Expression:
    """With a delimiter in any case; an ORDER BY is added by `_within_group`."""
    first, *rest = call.expressions
    if isinstance(first, exp.Distinct) and len(first.expressions) == 2:
        value, delimiter = first.expressions
        first, rest = exp.Distinct(expressions=[value]), [delimiter]
    return exp.Anonymous(this="LISTAGG", expressions=[first, *(rest or [exp.Literal.string("")])])


def _within_group(node: exp.WithinGroup) -> exp.Expression:
    call = node.this
    if not isinstance(call, exp.Anonymous) or call.name.lower() != "listagg":
        return node
    value, delimiter = call.expressions
    return exp.Anonymous(
        this="LISTAGG", expressions=[value, exp.Order(this=delimiter, expressions=node.expression.expressions)]
    )


def _ratio(window: exp.Window) -> exp.Expression:
    call = window.this
    if isinstance(call, exp.RespectNulls):
        window.set("this", call.this)
        return window
    if not isinstance(call, exp.Anonymous) or call.name.lower() != "ratio_to_report":
        return window
    value = exp.cast(call.expressions[0].copy(), "double precision")
    call.set("this", "SUM")
    return exp.paren(exp.Div(this=value, expression=exp.func("nullif", window.copy(), exp.Literal.number(0))))


def _cast(cast: exp.Cast) -> exp.Expression:
    kind = cast.to
    if kind.this == _T.DECIMAL and not kind.expressions:
        kind.set("expressions", [exp.DataTypeParam(this=exp.Literal.number(n)) for n in (18, 0)])
    if kind.this in (_T.NVARCHAR, _T.VARCHAR) and kind.expressions and kind.expressions[0].name.upper() == "MAX":
        kind.set("expressions", [exp.DataTypeParam(this=exp.Literal.number(65535))])
    if kind.this == _T.NVARCHAR:
        kind.set("this", _T.VARCHAR)
    if not isinstance(cast, exp.TryCast):
        return cast
    # Only strings are tried: the database has no try_text of any other type.
    text = exp.Anonymous(this="try_text", expressions=[cast.this])
    valid = exp.Anonymous(this="pg_input_is_valid", expressions=[text, exp.Literal.string(kind.sql("postgres"))])
    return exp.Case().when(valid, exp.Cast(this=text.copy(), to=kind.copy()), copy=False)


def _delete(delete: exp.Delete) -> exp.Expression:
    """DELETE t is DELETE FROM t."""
    tables = delete.args.get("tables")
    if tables and not delete.this and len(tables) == 1:
        delete.set("this", tables[0])
        delete.set("tables", None)
    return delete


def _into(into: exp.Into) -> exp.Expression:
    if into.this.name.startswith("#"):
        into.set("temporary", True)
    return into


def _insert(insert: exp.Insert) -> exp.Expression:
    """The INSERT VALUES (...) of a MERGE, which sqlglot takes for a list of columns."""
    if values := merge_values(insert):
        insert.set("this", None)
        insert.set("expression", exp.Tuple(expressions=values))
    return insert


def merge_values(insert: exp.Insert) -> list[exp.Expression] | None:
    """The values of an INSERT VALUES (...) without a list of columns; None for every other INSERT."""
    listed = insert.this.expressions if isinstance(insert.this, exp.Tuple) else []
    if len(listed) == 1 and isinstance(listed[0], exp.Anonymous) and listed[0].name.upper() == "VALUES":
        return listed[0].expressions
    return None


def _now(node: exp.CurrentTimestamp) -> exp.Expression:
    return exp.Anonymous(this="SYSDATE", expressions=[])


def _expect(call: exp.Anonymous, number: int) -> None:
    if len(call.expressions) != number:
        raise RefusedError(f"Redshift's {call.name.upper()} takes {number} arguments, not {len(call.expressions)}")


_CALLS: dict[str, Callable[[exp.Anonymous], exp.Expression]] = {
    "nvl": _nvl, "nvl2": _nvl2, "isnull": _isnull, "decode": _decode, "concat": _concat, "median": _median,
    "listagg": _listagg,
}  # fmt: skip
REWRITTEN = frozenset({*_CALLS, "ratio_to_report", "values"})
"""Functions that are known because they are rewritten."""

_NODES: dict[type[exp.Expression], Callable[..., exp.Expression]] = {
    exp.WithinGroup: _within_group,
    exp.Window: _ratio,
    exp.Cast: _cast,
    exp.Delete: _delete,
    exp.Into: _into,
    exp.Insert: _insert,
    exp.CurrentTimestamp: _now,
    exp.ApproxDistinct: lambda node: exp.Count(this=exp.Distinct(expressions=[node.this])),
    exp.Select: without_qualify,
}
