"""Refuses PostgreSQL syntax that Redshift does not have."""

import re

from sqlglot import exp

from local_glue.job.redshift.errors import RefusedError
from local_glue.job.redshift.reserved import reserved_name

_FUNCTIONS = {
    "string_agg": "LISTAGG",
    "array_agg": "LISTAGG",
    "json_agg": "LISTAGG",
    "jsonb_agg": "LISTAGG",
    "unnest": "a numbers table",
    "generate_series": "a numbers table",
    "gen_random_uuid": "MD5 of the key columns",
    "jsonb_build_object": "OBJECT",
    "json_build_object": "OBJECT",
    "to_jsonb": "JSON_PARSE",
    "clock_timestamp": "GETDATE()",
    "statement_timestamp": "GETDATE()",
    "nextval": "an IDENTITY column",
    "setval": "an IDENTITY column",
    "make_date": "TO_DATE",
    "make_timestamp": "TO_TIMESTAMP",
    "regexp_match": "REGEXP_SUBSTR",
    "regexp_matches": "REGEXP_SUBSTR",
    "num_nulls": "NVL2",
}
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


def check_postgres_only(tree: exp.Expression, text: str) -> None:
    """Checks that a statement uses nothing that PostgreSQL accepts and Redshift does not.

    Raises:
        RefusedError: names the syntax and what to write instead.
    """
    for node in tree.walk():
        if type(node) in _NODES:
            _refuse(_NODES[type(node)], text)
        _check_node(node, text)
        if word := reserved_name(node):
            _refuse(f'{word} as a name, it is a reserved word: write "{word}"', text)
    code = _without_literals(text)
    for name, instead in _FUNCTIONS.items():
        if re.search(rf"\b{name}\s*\(", code, re.IGNORECASE):
            _refuse(f"{name}(): use {instead}", text)


def _check_node(node: exp.Expression, text: str) -> None:
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


def _without_literals(text: str) -> str:
    return re.sub(r"'(?:[^']|'')*'", "''", text)


def _refuse(what: str, text: str) -> None:
    raise RefusedError(f"Redshift does not know {what} (in: {text[:200]})")
