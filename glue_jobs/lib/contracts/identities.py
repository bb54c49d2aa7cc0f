"""What must be true between the rows of tables; check_quality measures it, for Redshift enforces none of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """Columns that name a row of another table of the schema; Redshift does not enforce it.

    Attributes:
        columns: The column names, the same in both tables.
        parent: The other table's name.
        verb: What a row of the parent does, for the diagram; if empty, the diagram leaves the reference out.
        checked: Whether check_quality measures it.
    """

    columns: tuple[str, ...]
    parent: str
    verb: str = ""
    checked: bool = False


@dataclass(frozen=True)
class Touched:
    """Which keys of a table a load may have changed: those of the rows of `table` that it loaded (`loaded_at`).

    Attributes:
        table: A table of the same schema; the one that has it, if its own rows say when they were loaded.
        keys: What each column of the key is there.
    """

    table: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class SumIsRowsOf:
    """The sum of `column` is the number of rows of `table`."""

    column: str
    table: str


@dataclass(frozen=True)
class SharesSumToOne:
    """The values of `column` sum to 1 in each period; without a period in the whole table."""

    column: str
    period: str | None = None


@dataclass(frozen=True)
class RanksHaveNoGaps:
    """The column `rank` of each period holds 1..n, each once, n at most `last`."""

    last: int
    period: tuple[str, ...]


@dataclass(frozen=True)
class CountsWithin:
    """`column`, summed by `period`, is at most the same column's value in the table `whole`."""

    column: str
    period: tuple[str, ...]
    whole: str


@dataclass(frozen=True)
class SharesNoKeyWith:
    """No key of the table is in `table`."""

    table: str


@dataclass(frozen=True)
class BooksBalance:
    """In each row, the sum of the columns `came` is the sum of the outcomes."""

    came: tuple[str, ...]


Identity = SumIsRowsOf | SharesSumToOne | RanksHaveNoGaps | CountsWithin | SharesNoKeyWith | BooksBalance
"""An arithmetic rule that the rows of a table must satisfy; check_quality measures each."""
