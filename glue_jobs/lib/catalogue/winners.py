"""Decides which of several rows with one key wins. Pure functions over frames."""

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from glue_jobs.lib.catalogue.rds_sql import FILE_KEY, staged_columns
from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.contracts.model import Dataset, Table
from glue_jobs.lib.load.delivery import LINE


def with_winners(rows: DataFrame, *, dataset: Dataset, key: Sequence[str]) -> DataFrame:
    """The rows without a verdict: `loaded` for the one that wins among those of its key, `repeated` for the others.

    The winner is in the file that was accepted last; within a file the contract's `wins` decides, then the first line.

    Args:
        rows: `delivery.Delivery.rows`, named.

    Returns:
        These rows with verdict.
    """
    newest_file = [F.desc("turn")]
    first_row = [F.asc(name) for name in (*(dataset.wins or ()), LINE)]
    order = Window.partitionBy(*key).orderBy(*newest_file, *first_row)
    rank = F.row_number().over(order)
    return rows.where(F.col("verdict").isNull()).withColumn(
        "verdict", F.when(rank == 1, Count.LOADED).otherwise(Count.REPEATED)
    )


def winners(judged: DataFrame, table: Table) -> DataFrame:
    """One row per key, in the columns of the table's stage in RDS."""
    found = judged.where(F.col("verdict") == Count.LOADED).withColumn(FILE_KEY.name, F.col("file_key"))
    return found.select(*staged_columns(table))
