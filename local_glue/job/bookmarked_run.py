"""A job run as the job itself sees it: name, run id, start, bookmark mode, and the bookmark states it will save."""

import json
import os
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from local_glue.bookmarks import BookmarkStore
from local_glue.job.keeping import keep
from local_glue.job.permissions import need, require

ENABLE, DISABLE, PAUSE = "job-bookmark-enable", "job-bookmark-disable", "job-bookmark-pause"
State = dict[str, Any]


@dataclass
class BookmarkedRun:
    """One run of one job, from `Job.init` on."""

    name: str
    run_id: str
    mode: str = DISABLE
    from_run: str | None = None
    to_run: str | None = None
    started: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    pending: dict[str, State] = field(default_factory=dict)
    attempt: int | None = None
    version: int | None = None
    _saved: dict[str, State] | None = None

    @classmethod
    def start(cls, name: str, options: dict[str, Any]) -> "BookmarkedRun":
        """A run with the bookmark options as `getResolvedOptions` gives them."""
        run = cls(
            name=name,
            run_id=options.get("JOB_RUN_ID") or f"jr_{uuid.uuid4().hex}",
            mode=options.get("job_bookmark_option") or DISABLE,
            from_run=options.get("job_bookmark_from"),
            to_run=options.get("job_bookmark_to"),
        )
        # A reset while the run goes on must not change what it reads, so the states are loaded now.
        if run.mode == ENABLE:
            require(need("glue:GetJobBookmark"))
            entry = run.store.begin(name, run.run_id)
            run.attempt, run.version = entry["Attempt"], entry["Version"]
            run._saved = json.loads(entry["JobBookmark"])
        return run

    @property
    def store(self) -> BookmarkStore:
        """The store of the bookmarks.

        Raises:
            RuntimeError: LOCAL_GLUE_HOME is not set.
        """
        home = os.environ.get("LOCAL_GLUE_HOME")
        if not home:
            raise RuntimeError("job bookmarks need LOCAL_GLUE_HOME: run the job with local-glue, or set it to a folder")
        return BookmarkStore(Path(home))

    @property
    def ranged(self) -> bool:
        """Whether the run reads again what a range of earlier runs read, which saves nothing."""
        return self.mode == PAUSE and bool(self.from_run and self.to_run)

    def bounds(self, ctx: str) -> tuple[State | None, State | None] | None:
        """The states before (lower) and after (upper) what may be read; None when no bookmark applies."""
        if not ctx or self.mode == DISABLE:
            return None
        if self.ranged:
            lower, upper = (self.store.states_after(self.name, str(run)) for run in (self.from_run, self.to_run))
            return lower.get(ctx), upper.get(ctx)
        if self._saved is None:
            self._saved = self.store.states(self.name)
        return self._saved.get(ctx), None

    def record(self, ctx: str, state: State) -> None:
        """Remembers what `commit` is to save for a context."""
        self.pending[ctx] = state

    def commit(self) -> None:
        """Saves all recorded states at once; only with bookmarks enabled.

        Raises:
            VersionMismatchError: another run of the job began, or the bookmark was reset, since this run began.
        """
        if self.mode == ENABLE:
            require(need("glue:UpdateJobBookmark"))
            keep()
            self.version = self.store.save(self.name, self.run_id, self.attempt, self.pending, self.version)
            self.pending = {}


def next_number(state: State | None) -> int:
    """The number of the run that follows the one that saved this state; 1 without a state."""
    return int(state["timestamps"]["RUN"]) + 1 if state and "timestamps" in state else 1
