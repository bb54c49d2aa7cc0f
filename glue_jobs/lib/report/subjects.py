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
        waits: Whether lines can wait for what they refer to.
    """

    workflow: str
    publisher: str
    jobs: tuple[str, ...]
    check: str
    questions: Callable[[], Sequence[FigureQuery]]
    waits: bool = False

    def queries(self, *, now: datetime) -> tuple[FigureQuery, ...]:
        """Every question of the report."""
        return (*book_queries(self.jobs, self.check, now=now), *self.questions())


SUBJECTS = {
    "music": Subject(
        *("streams", "music", ("load_metadata", "load_catalog", "load_streams"), "streams_delivered", music_queries),
        waits=True,
    ),
    "sparkify": Subject("sparkify", "sparkify", ("load_sparkify",), "log_data_delivered", sparkify_queries),
}
"""By publisher."""


def subject_of(suite: Suite) -> Subject:
    """The subject of the report that goes with the checks of `suite`."""
    return SUBJECTS[suite.publisher]
