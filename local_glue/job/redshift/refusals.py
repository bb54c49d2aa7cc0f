"""Refuses PostgreSQL syntax that Redshift does not have."""

from sqlglot import exp

from local_glue.job.redshift.errors import RefusedError
from local_glue.job.redshift.functions import check_function
from local_glue.job.redshift.kind import is_serverless
from local_glue.job.redshift.reserved import reserved_name
from local_glue.job.redshift.rewrite import REWRITTEN
from local_glue.job.redshift.windows import check_window

_T = exp.DataType.Type
_TYPES = (_T.UUID, _T.JSONB, _T.JSON, _T.ARRAY, _T.SERIAL, _T.BIGSERIAL, _T.SMALLSERIAL, _T.MONEY, _T.XML, _T.HSTORE)
_NODES: dict[type[exp.Expression], str] = {
    exp.OnConflict: "ON CONFLICT: use MERGE",
    exp.Returning: "RETURNING: read the rows with a SELECT",
    exp.Filter: "FILTER (WHERE ...): use CASE inside the aggregate",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM: compare with NVL or IS NULL",
    exp.NullSafeNEQ: "IS DISTINCT FROM: compare with NVL or IS NULL",
    exp.Lock: "FOR UPDATE: use LOCK",
    exp.Lateral: "LATERAL: use a join",
    exp.Fetch: "FETCH FIRST: use LIMIT",
    exp.TableSample: "TABLESAMPLE: use RANDOM()",
    exp.Placeholder: "parameters (?) in a statement: write the value",
}
_CLUSTER_VIEWS = ("svv_", "svl_", "svcs_", "stl_", "stv_", "stcs_", "sys_", "pg_table_def")
SYSTEM_VIEWS = ("sys_load_error_detail", "stl_load_errors", "stv_db_isolation_level")
"""The system views that are here; see postgres/redshift_sql/4_system.sql."""
# What Redshift has and the stand-in has not.
_MISSING: dict[type[exp.Expression], str] = {
    exp.Pivot: "PIVOT and UNPIVOT: use CASE inside the aggregates, or UNION ALL",
    exp.Bracket: "elements of SUPER values: use JSON_EXTRACT_PATH_TEXT on a string",
    exp.Array: "ARRAY: write JSON in a string",
    exp.Connect: "CONNECT BY: use WITH RECURSIVE",
    exp.IgnoreNulls: "IGNORE NULLS: filter the NULLs in a subquery",
    exp.Collate: "COLLATE: compare LOWER of both sides",
    exp.MaterializedProperty: "materialized views: create a table with AS SELECT",
}


def check_postgres_only(tree: exp.Expression, text: str) -> None:
    """Checks that a statement uses nothing that PostgreSQL accepts and Redshift does not.

    Raises:
        RefusedError: names the syntax and what to write instead.
    """
    for node in tree.walk():
        if type(node) in _NODES:
            _refuse(_NODES[type(node)], text)
        if type(node) in _MISSING:
            raise NotImplementedError(f"local_glue does not support {_MISSING[type(node)]} (in: {text[:200]})")
        _check_node(node, text)
        if isinstance(node, exp.Window):
            check_window(node)
        if not isinstance(node, exp.Anonymous) or node.name.lower() not in REWRITTEN:
            check_function(node, text)
        if word := reserved_name(node):
            _refuse(f'{word} as a name, it is a reserved word: write "{word}"', text)


def _check_node(node: exp.Expression, text: str) -> None:
    _check_lists(node, text)
    if isinstance(node, exp.DataType) and node.this in _TYPES:
        _refuse(f"the type {node.sql('postgres')}", text)
    if isinstance(node, exp.Distinct) and node.args.get("on"):
        _refuse("DISTINCT ON: use ROW_NUMBER()", text)
    if isinstance(node, exp.Except | exp.Intersect) and node.args.get("distinct") is False:
        _refuse("EXCEPT ALL and INTERSECT ALL", text)
    if isinstance(node, exp.Values) and isinstance(node.parent, exp.From | exp.Join | exp.Subquery | exp.CTE):
        _refuse("VALUES as a table: use SELECT ... UNION ALL", text)
    if isinstance(node, exp.Insert) and (node.args.get("with_") or node.args.get("with")):
        _refuse("WITH before INSERT: put it between INSERT INTO ... and SELECT", text)


def _check_lists(node: exp.Expression, text: str) -> None:
    if isinstance(node, exp.Unnest):
        _refuse("unnest(): use a numbers table", text)
    if isinstance(node, exp.Select) and _takes_arrays_apart(node):
        raise NotImplementedError(f"local_glue does not support SUPER arrays in FROM: store rows (in: {text[:200]})")
    if isinstance(node, exp.Star) and any(node.args.values()):
        raise NotImplementedError(f"local_glue does not support SELECT * EXCLUDE: list the columns (in: {text[:200]})")
    if isinstance(node, exp.Group) and node.args.get("all"):
        raise NotImplementedError(f"local_glue does not support GROUP BY ALL: list the columns (in: {text[:200]})")
    if isinstance(node, exp.Column) and node.args.get("db") and not _is_qualified(node):
        raise NotImplementedError(f"local_glue does not support parts of SUPER values ({node.sql()}): store them apart")
    if isinstance(node, exp.Table) and node.name.lower().startswith(_CLUSTER_VIEWS) and not _is_own(node):
        _check_view(node.name.lower())
    if isinstance(node, exp.Dot) and not isinstance(node.expression, exp.Star):
        raise NotImplementedError(f"local_glue does not support parts of SUPER values ({node.sql()}): store them apart")
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct) and len(node.this.expressions) > 1:
        _refuse("COUNT(DISTINCT) of several columns: count a subquery with SELECT DISTINCT", text)
    if isinstance(node, exp.Delete) and node.this and node.this.alias:
        _refuse("an alias for the table of DELETE: use the table's name", text)
    if isinstance(node, exp.Between) and node.args.get("symmetric"):
        _refuse("BETWEEN SYMMETRIC: order the bounds", text)


def _takes_arrays_apart(select: exp.Select) -> bool:
    """Whether it reads from what looks like a column of another table in its FROM."""
    joins = select.args.get("joins") or ()
    names = {part.this.alias_or_name.lower() for part in (select.args.get("from_"), *joins) if part}
    lists = [join.this for join in joins if isinstance(join.this, exp.Table) and not join.args.get("on")]
    return any(table.db and table.db.lower() in names for table in lists)


def _check_view(name: str) -> None:
    """Serverless denies the tables of single nodes to everyone, and has the SYS views instead."""
    if is_serverless() and name.startswith("stl_"):
        raise RefusedError(f"permission denied for relation {name}")
    if name not in SYSTEM_VIEWS:
        raise NotImplementedError(f"local_glue does not support the system view {name}: there is no cluster")


def _is_own(table: exp.Table) -> bool:
    """Whether the table is in a schema of the user's, or a WITH query."""
    if table.db and table.db.lower() != "pg_catalog":
        return True
    return table.name.lower() in {query.alias.lower() for query in table.root().find_all(exp.CTE)}


def _is_qualified(column: exp.Column) -> bool:
    """Whether a name of three parts is that of a column of a table that the statement reads."""
    if isinstance(column.root(), exp.Merge | exp.Comment):
        return True
    tables = {(table.db.lower() or "public", table.name.lower()) for table in column.root().find_all(exp.Table)}
    return not column.args.get("catalog") and (column.db.lower(), column.table.lower()) in tables


def _refuse(what: str, text: str) -> None:
    raise RefusedError(f"Redshift does not know {what} (in: {text[:200]})")
