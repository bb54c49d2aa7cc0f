"""Names of columns and tables for Spark and SQL."""

from pyspark.sql import Column
from pyspark.sql import functions as F


def backquoted(name: str) -> str:
    """A column's name in backquotes, for Spark SQL."""
    return "`" + name.replace("`", "``") + "`"


def column(name: str) -> Column:
    """The column with exactly this name, which may contain dots."""
    return F.col(backquoted(name))


def qualified(table: str) -> str:
    """A table name with its schema, or with `public` if it has none."""
    return table if "." in table else f"public.{table}"
