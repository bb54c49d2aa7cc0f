"""QUALIFY as a subquery with a condition, which adds no column to the result."""

from sqlglot import exp

_KEPT, _ROWS = "_qualified", "_q"


def without_qualify(select: exp.Select) -> exp.Expression:
    """The SELECT with its QUALIFY in the WHERE of an outer one.

    Raises:
        NotImplementedError: a column has no name, or a star stands for columns that a join brings together.
    """
    qualify = select.args.get("qualify")
    if qualify is None:
        return select
    inner, outer = [], []
    for index, projection in enumerate(select.expressions):
        _project(select, projection, index, inner, outer)
    condition = _without_aliases(qualify.this, select)
    outside = exp.Select(expressions=outer)
    for clause in ("distinct", "limit", "offset", "with_", "with", "into"):
        if select.args.get(clause):
            outside.set(clause, select.args[clause])
            select.set(clause, None)
    outside.set("order", _order(select, inner, {column.output_name for column in outer}))
    select.set("order", None)
    select.set("qualify", None)
    select.set("expressions", [*inner, exp.alias_(exp.paren(condition), _KEPT)])
    return outside.from_(select.subquery(_ROWS)).where(exp.column(_KEPT))


def _project(
    select: exp.Select, projection: exp.Expression, index: int, inner: list[exp.Expression], outer: list[exp.Expression]
) -> None:
    if projection.is_star:
        for number, source in enumerate(_sources(select, projection)):
            row = f"_row{index}_{number}"
            inner.append(exp.alias_(exp.column(source), row))
            outer.append(exp.Dot(this=exp.paren(exp.column(row)), expression=exp.Star()))
        return
    name = projection.alias_or_name
    if not name or name in {column.output_name for column in outer} or not isinstance(
        projection, exp.Alias | exp.Column
    ):  # fmt: skip
        raise NotImplementedError(
            f"local_glue does not support QUALIFY with the column {projection.sql('redshift')[:80]}: give it a name"
        )
    inner.append(projection)
    outer.append(exp.column(name, quoted=True))


def _sources(select: exp.Select, star: exp.Expression) -> list[str]:
    """The names of the tables whose columns a star stands for."""
    if isinstance(star, exp.Column) and star.table:
        return [star.table]
    source, joins = select.args.get("from_") or select.args.get("from"), select.args.get("joins") or []
    if source is None or any(join.args.get("using") or join.method for join in joins):
        raise NotImplementedError("local_glue does not support SELECT * with QUALIFY over this join: list the columns")
    return [part.this.alias_or_name for part in (source, *joins)]


def _without_aliases(condition: exp.Expression, select: exp.Select) -> exp.Expression:
    """The condition with the expressions in place of the names that the SELECT list gives them."""
    named = {column.alias: column.this for column in select.expressions if isinstance(column, exp.Alias)}
    return condition.transform(
        lambda node: (
            named[node.name].copy() if isinstance(node, exp.Column) and not node.table and node.name in named else node
        )
    )


def _order(select: exp.Select, inner: list[exp.Expression], names: set[str]) -> exp.Expression | None:
    order = select.args.get("order")
    for index, item in enumerate(order.expressions if order else []):
        by = item.this
        if isinstance(by, exp.Literal) or (isinstance(by, exp.Column) and not by.table and by.name in names):
            continue
        inner.append(exp.alias_(by.copy(), f"_by{index}"))
        by.replace(exp.column(f"_by{index}"))
    return order
