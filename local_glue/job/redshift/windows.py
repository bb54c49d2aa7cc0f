"""Checks window functions: Redshift wants a frame where PostgreSQL assumes one."""

from sqlglot import exp

from local_glue.job.redshift.errors import RefusedError

_WITHOUT_FRAME = frozenset(
    {"row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "listagg", "median",
     "percentile_cont", "percentile_disc", "ratio_to_report"}
)  # fmt: skip


def check_window(window: exp.Window) -> None:
    """Checks an OVER clause.

    Raises:
        RefusedError: names what Redshift wants.
    """
    if window.args.get("alias") or not window.args.get("over"):
        raise RefusedError("Redshift does not know named windows: repeat the window in OVER (...)")
    function = window.this
    while isinstance(function, exp.IgnoreNulls | exp.RespectNulls | exp.WithinGroup):
        if isinstance(function, exp.IgnoreNulls):
            raise NotImplementedError("local_glue does not support IGNORE NULLS: filter the NULLs in a subquery")
        function = function.this
    name = function.name.lower() if isinstance(function, exp.Anonymous) else function.sql_name().lower()
    frame, order = window.args.get("spec"), window.args.get("order")
    if name in _WITHOUT_FRAME:
        if frame:
            raise RefusedError(f"Redshift takes no frame clause for {name.upper()}: leave ROWS BETWEEN out")
    elif order and not frame:
        raise RefusedError(
            "If an ORDER BY clause is used for an aggregate function, an explicit frame clause is required "
            f"({name.upper()}): add ROWS UNBOUNDED PRECEDING or another frame"
        )
    if frame and (frame.args.get("kind") or "").upper() != "ROWS":
        raise RefusedError(f"Redshift knows only ROWS in a frame, not {frame.args['kind']}")
    if frame and frame.args.get("exclude"):
        raise RefusedError("Redshift does not know EXCLUDE in a frame: leave it out")
