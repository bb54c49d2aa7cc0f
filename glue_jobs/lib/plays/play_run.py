"""A run of load_streams."""

from dataclasses import dataclass

from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.plays.reads import COUNTED_TOTALS, MOVED_TOTALS, Totals
from glue_jobs.lib.run.spans import Span


@dataclass
class PlayRun(LoadRun):
    """One run of load_streams."""

    @property
    def recomputed(self) -> list[Span]:
        """The days whose figures are computed again though they have no new plays."""
        return [self.window or Span(None, None)] if self.config.recompute else []

    @property
    def totals(self) -> Totals:
        """Where all-time totals are read from; a run that mends counts them anew."""
        return COUNTED_TOTALS if self.window or self.recomputed else MOVED_TOTALS
