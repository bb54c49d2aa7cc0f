"""The one shape of all rows that a report is made of, so that the warehouse gives them in one read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

TEXTS, NUMBERS = 5, 11
LONGEST_TEXT = 65_535

COLUMNS = (
    "figure string, "
    + ", ".join(f"t{at} string" for at in range(TEXTS))
    + ", "
    + ", ".join(f"n{at} double" for at in range(NUMBERS))
)
"""The columns of `union`, as Spark names their types."""


class FactRow(NamedTuple):
    """A row of a figure: its texts and numbers, in the order in which the figure's query names them."""

    texts: tuple[str, ...]
    numbers: tuple[float, ...]


class FigureQuery(NamedTuple):
    """The rows of one figure.

    Attributes:
        sql: A SELECT valid in Redshift and PostgreSQL, without `;` and `%`, of a bounded number of rows.
        texts: Its columns that are texts, at most TEXTS.
        numbers: Its columns that are numbers, at most NUMBERS.
    """

    figure: str
    sql: str
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def union(queries: Iterable[FigureQuery]) -> str:
    """One SELECT of the rows of all figures."""
    return " UNION ALL ".join(_branch(query) for query in queries)


def first(ranked: str, most: int) -> str:
    """The rows of a SELECT whose `place` is among the first."""
    return f"SELECT r.* FROM ({ranked}) AS r WHERE r.place <= {most}"


def by_figure(rows: Iterable[Sequence[Any]]) -> Mapping[str, list[FactRow]]:
    """The rows of `union`, by figure; NULL is an empty text or 0."""
    found: dict[str, list[FactRow]] = {}
    for figure, *values in rows:
        texts = tuple("" if value is None else str(value) for value in values[:TEXTS])
        numbers = tuple(0.0 if value is None else float(value) for value in values[TEXTS:])
        found.setdefault(figure, []).append(FactRow(texts, numbers))
    return found


def _branch(query: FigureQuery) -> str:
    texts = [*query.texts, *("NULL",) * (TEXTS - len(query.texts))]
    numbers = [*query.numbers, *("NULL",) * (NUMBERS - len(query.numbers))]
    columns = [
        *(f"CAST({_of(name)} AS VARCHAR({LONGEST_TEXT})) AS t{at}" for at, name in enumerate(texts)),
        *(f"CAST({_of(name)} AS DOUBLE PRECISION) AS n{at}" for at, name in enumerate(numbers)),
    ]
    return f"SELECT '{query.figure}' AS figure, {', '.join(columns)} FROM ({query.sql}) AS q"


def _of(name: str) -> str:
    return name if name == "NULL" else f"q.{name}"
