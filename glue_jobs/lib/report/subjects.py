"""What a report is about: the workflow, its jobs that keep books, and the questions to its schema."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from glue_jobs.lib.quality.suites import Suite
from glue_jobs.lib.report.book_queries import book_queries
from glue_jobs.lib.report.music_queries import music_queries
from glue_jobs.lib.report.rows import FigureQuery
from glue_jobs.lib.report.sparkify_queries import sparkify_queries


@dataclass(frozen=True)
class Subject:
    """A workflow as its report sees it.

    Attributes:
        jobs: The jobs that keep books, in the order in which they run.
        check: A check that no other workflow has, by which its earlier results are found.
    """

    workflow: str
    jobs: tuple[str, ...]
    check: str
    questions: Callable[[], Sequence[FigureQuery]]

    def queries(self, *, now: datetime) -> tuple[FigureQuery, ...]:
        """Every question of the report."""
        return (*book_queries(self.jobs, self.check, now=now), *self.questions())


SUBJECTS = {
    "music": Subject(
        workflow="streams",
        jobs=("load_metadata", "load_catalog", "load_streams"),
        check="streams_delivered",
        questions=music_queries,
    ),
    "sparkify": Subject(
        workflow="sparkify", jobs=("load_sparkify",), check="log_data_delivered", questions=sparkify_queries
    ),
}
"""By publisher."""


def subject_of(suite: Suite) -> Subject:
    """The subject of the report that goes with the checks of `suite`."""
    return SUBJECTS[suite.publisher]
