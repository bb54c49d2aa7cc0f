"""An independent result: DuckDB computes every warehouse table from the raw files, without code of the jobs."""

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
