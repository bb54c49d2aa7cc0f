"""Plays the steps of a case: runs of a job read a source, commit or not, and bookmarks are reset or rewound.

A step is a table with one of these keys:

- `run`, a label: a run begins and reads. With `at` (when, see `moment`), `reads` (what it must read, in order), `fails`
  (the error instead), `mode`, `ctx`, `options` of the source, `from` and `to` (labels), `commit = false`;
- `commit`, a label: that run commits now; with `fails`;
- `reset`, `forget` (the job is deleted), `rewind` (to the run of a label);
- `entry`: what GetJobBookmark answers, as far as it is given.

All other steps are the source's.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local_glue.bookmarks import BookmarkStore
from local_glue.job.bookmarked_run import BookmarkedRun

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
JOB = "job"
_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours"}
Step = dict[str, Any]


def moment(text: str) -> datetime:
    """The time that is so far from noon: `-90s`, `15m`, `500ms`, `1h`."""
    number, unit = re.fullmatch(r"(-?\d+)(ms|s|m|h)", text).groups()
    return START + timedelta(**{_UNITS[unit]: int(number)})


class Story:
    """A job with its bookmarks.

    Args:
        home: The state folder, which LOCAL_GLUE_HOME names.
        read: What a run reads of the source, sorted.
        change: Does a step of the source.
    """

    def __init__(
        self,
        home: Path,
        read: Callable[[BookmarkedRun, str, dict[str, Any]], list[Any]],
        change: Callable[[Step], None],
    ) -> None:
        self.store, self.read, self.change = BookmarkStore(home), read, change
        self.runs: dict[str, BookmarkedRun] = {}

    def play(self, steps: list[Step]) -> None:
        """Does the steps in order, and checks what each of them says."""
        for step in steps:
            done = next((getattr(self, f"_{name}") for name in _STEPS if name in step), self.change)
            if "fails" in step:
                with pytest.raises(Exception, match=step["fails"]):
                    done(step)
            else:
                done(step)

    def _run(self, step: Step) -> None:
        options = {
            "job_bookmark_option": f"job-bookmark-{step.get('mode', 'enable')}",
            "JOB_RUN_ID": step["run"],
            "job_bookmark_from": step.get("from"),
            "job_bookmark_to": step.get("to"),
        }
        run = self.runs[step["run"]] = BookmarkedRun.start(JOB, options)
        run.started = moment(step.get("at", "0s"))
        assert self.read(run, step.get("ctx", "c"), step.get("options", {})) == step.get("reads"), step
        if step.get("commit", True):
            run.commit()

    def _commit(self, step: Step) -> None:
        self.runs[step["commit"]].commit()

    def _reset(self, _step: Step) -> None:
        self.store.reset(JOB)

    def _rewind(self, step: Step) -> None:
        self.store.reset(JOB, step["rewind"])

    def _forget(self, _step: Step) -> None:
        self.store.delete(JOB)

    def _entry(self, step: Step) -> None:
        entry = self.store.get(JOB) or {}
        assert {name: entry.get(name) for name in step["entry"]} == step["entry"]


_STEPS = ("run", "commit", "reset", "rewind", "forget", "entry")
