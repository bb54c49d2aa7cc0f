"""Names of columns and tables as Spark and SQL take them."""

from pyspark.sql import Column
from pyspark.sql import functions as F


def backquoted(name: str) -> str:
    """A column's name as Spark SQL takes it, whatever characters it has."""
    return "`" + name.replace("`", "``") + "`"


def column(name: str) -> Column:
    """The column of exactly this name, dots included."""
    return F.col(backquoted(name))


def qualified(table: str) -> str:
    """A table name with its schema, `public` when none is given."""
    return table if "." in table else f"public.{table}"
