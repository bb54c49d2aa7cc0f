"""What the report of one workflow shows in addition to the books."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from demo.books import Books


@dataclass(frozen=True)
class Page:
    """One workflow's part of the report.

    Attributes:
        queries: Titles, and the SQL of the rows below them.
        tell: Makes sentences about what a run did in addition to loading lines.
        try_next: Commands to try, with a short remark on each.
    """

    queries: Mapping[str, str]
    tell: Callable[[Books], Sequence[str]]
    try_next: Mapping[str, str]
