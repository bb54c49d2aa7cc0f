"""An independent answer: every warehouse table computed by DuckDB from the raw files, sharing no code with the jobs."""

from oracle.compare import assert_same_tables, assert_warehouse_equals, warehouse_rows
from oracle.reading import Delivery
from oracle.recompute import Expected, recompute
from oracle.sparkify import recompute_star

__all__ = [
    "Delivery",
    "Expected",
    "assert_same_tables",
    "assert_warehouse_equals",
    "recompute",
    "recompute_star",
    "warehouse_rows",
]
