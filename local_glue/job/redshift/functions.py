"""What becomes of each function of Redshift: known as it is, refused, or not supported.

Known functions are PostgreSQL's with the same result, or those that the database of a warehouse has instead
(`local_glue/postgres/redshift_sql`). What is in none of these lists is not supported.
"""

from sqlglot import exp

from local_glue.job.redshift.errors import RefusedError

KNOWN = frozenset(
    """
    abs acos add_months any_value ascii asin atan atan2 avg bit_and bit_length bit_or bool_and bool_or btrim cbrt ceil
    ceiling char_length character_length charindex chr coalesce convert_timezone cos cot count cume_dist
    current_database current_schema date_part date_part_year date_trunc dateadd datediff degrees dense_rank dexp dlog1
    dlog10 exp first_value floor getdate greatest has_schema_privilege has_table_privilege initcap
    json_array_length json_extract_array_element_text json_extract_path_text json_parse lag last_day last_value lead
    least left len length ln log lower lpad ltrim max md5 min mod months_between next_day nth_value ntile nullif
    octet_length percent_rank percentile_cont percentile_disc pg_backend_pid pi position pow power quote_ident
    quote_literal radians random rank regexp_count regexp_instr regexp_replace regexp_substr repeat replace replicate
    reverse right round row_number rpad rtrim sha2 sign sin split_part sqrt stddev stddev_pop stddev_samp strpos strtol
    substr substring sum sysdate tan textlen timezone to_char to_date to_hex to_number to_timestamp translate trunc
    upper var_pop var_samp variance grouping
    """.split()  # noqa: SIM905
)
PART_FIRST = frozenset({"dateadd", "datediff", "date_part", "date_trunc"})
SAME_AS = {"date_add": "dateadd", "date_diff": "datediff", "pgdate_part": "date_part"}
"""Functions by another name."""

REFUSED = {
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
    "transaction_timestamp": "SYSDATE",
    "nextval": "an IDENTITY column",
    "setval": "an IDENTITY column",
    "make_date": "TO_DATE",
    "make_timestamp": "TO_TIMESTAMP",
    "make_interval": "DATEADD",
    "date_bin": "DATE_TRUNC",
    "regexp_match": "REGEXP_SUBSTR",
    "regexp_matches": "REGEXP_SUBSTR",
    "regexp_split_to_table": "SPLIT_PART",
    "regexp_split_to_array": "SPLIT_TO_ARRAY",
    "string_to_array": "SPLIT_TO_ARRAY",
    "num_nulls": "NVL2",
    "num_nonnulls": "NVL2",
    "concat_ws": "||",
    "format": "||",
    "starts_with": "LIKE",
    "mode": "RANK()",
    "every": "BOOL_AND",
    "row_to_json": "OBJECT",
    "overlay": "SUBSTRING",
    "width_bucket": "CASE",
}
_LEADER_NODE = frozenset({"now", "age", "isfinite", "timeofday", "current_setting"})
_ARGUMENTS = {"to_timestamp": 2, "lag": (1, 2), "lead": (1, 2), "len": 1, "regexp_replace": (2, 5), "to_date": (2, 2)}
"""How many arguments Redshift's function takes, where PostgreSQL's takes another number."""

_NODES = (exp.Count, exp.Cast, exp.TryCast, exp.Extract, exp.StrPosition, exp.Substring, exp.Trim, exp.Case, exp.If,
          exp.Exists, exp.Connector, exp.CurrentDate, exp.CurrentUser, exp.SessionUser, exp.RegexpLike, exp.Pow,
          exp.ApproxDistinct, exp.Any, exp.All)  # fmt: skip
_NOT_REDSHIFT = (exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract, exp.JSONBExtractScalar, exp.JSONBContains,
                 exp.RegexpILike, exp.ArrayContainsAll, exp.ArrayOverlaps)  # fmt: skip
_LEADER_NODES = (exp.CurrentTime, exp.Localtime, exp.Localtimestamp, exp.CurrentTimestamp)


def check_function(node: exp.Expression, text: str) -> None:
    """Checks that Redshift has the function or operator and that its result is known.

    Raises:
        RefusedError: Redshift does not have it.
        NotImplementedError: it is not known what it gives there.
    """
    if isinstance(node, _NOT_REDSHIFT):
        _refuse(f"the operator in {node.sql('postgres')}: use JSON_EXTRACT_PATH_TEXT or REGEXP functions", text)
    elif isinstance(node, exp.Anonymous):
        _check_call(node, text)
    elif isinstance(node, _LEADER_NODES) and not node.args.get("sysdate"):
        _leader_node(node.sql("postgres"), node)
    elif isinstance(node, exp.Func) and not isinstance(node, (*_NODES, *_LEADER_NODES, exp.Anonymous)):
        _unknown(node.sql("redshift").partition("(")[0], node)


def _check_call(call: exp.Anonymous, text: str) -> None:
    name = SAME_AS.get(call.name.lower(), call.name.lower())
    if name in REFUSED:
        _refuse(f"{name}(): use {REFUSED[name]}", text)
    if name in _LEADER_NODE:
        _leader_node(name, call)
    if name in _ARGUMENTS:
        _check_arguments(call, text)
    if name not in KNOWN:
        _unknown(name, call)


def _check_arguments(call: exp.Anonymous, text: str) -> None:
    wanted, given = _ARGUMENTS[call.name.lower()], len(call.expressions)
    least, most = wanted if isinstance(wanted, tuple) else (wanted, wanted)
    if not least <= given <= most:
        _refuse(f"{call.name}() with {given} arguments", text)


def _leader_node(name: str, node: exp.Expression) -> None:
    if node.root().find(exp.Table):
        raise RefusedError(
            f"Redshift runs {name} only on the leader node, not in a statement with tables (Specified types or "
            "functions not supported on Redshift tables): use GETDATE() or SYSDATE"
        )
    raise NotImplementedError(f"local_glue does not support {name}: use GETDATE() or SYSDATE")


def _unknown(name: str, node: exp.Expression) -> None:
    raise NotImplementedError(
        f"local_glue does not support the function {name.upper()}: write it with another, or compute it in Spark "
        f"(in: {node.sql('redshift')[:120]})"
    )


def _refuse(what: str, text: str) -> None:
    raise RefusedError(f"Redshift does not know {what} (in: {text[:200]})")
