"""A stateful property of both workflows: whatever happens to them, the warehouse is the recomputation.

Hypothesis draws the steps: deliveries of any split, repeated, replaced in place, before or after what they refer to;
changes there and back; refused files; runs that end well, are killed at any side effect, or whose services fail;
bookmarks that are paused, rewound and reset; backfills and recomputations.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import campaign_files as files
import database_faults
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from killing import Killer, killing
from pipeline import Pipeline
from service_faults import KINDS, ServiceFaults, failing

from glue_jobs.lib.load.file_checks import LINES_DIFFER, OBJECT_MISSING

MOST_EFFECTS, MOST_REQUESTS, MOST_TRANSACTIONS = 90, 260, 12
"""A little more than an ordinary run has; later kills and faults find nothing to do."""

FOR_EVER = 1_000_000
TODAYS = ("users", "songs", "streams", "pending_streams", "track_totals", "genre_kpis")
"""Tables that equal today's recomputation after a catalogue change; the others are as of their last touch."""

names, forms, seeds = st.sampled_from(files.NAMES), st.sampled_from(files.FORMS), st.integers(0, 9)
news = precondition(lambda self: self.has_news)


class Campaign(RuleBasedStateMachine):
    """One warehouse's life.

    Attributes:
        pipeline, monkeypatch: Set by the test.
        loads: The workflow's jobs with bookmarks.
        counts: What must have been loaded just once: the job's loaded rows in the books, and the table's rows.
        days, some_day: Run properties of a backfill of all days, and one of the days.
        did: What all lives so far consisted of.
    """

    pipeline: ClassVar[Pipeline]
    monkeypatch: ClassVar[object]
    loads: ClassVar[Sequence[str]]
    counts: ClassVar[tuple[str, str]]
    days: ClassVar[dict[str, str]]
    some_day: ClassVar[str]
    did: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.has_news = False
        self.has_unread = self.loads_again = False
        """Whether there may be files that no backfill reads, and rows that count as loaded again, as they changed."""
        self.gone: set[str] = set()
        self.versions: dict[int, int] = {}
        self.tables: Sequence[str] | None = None
        """Which tables equal the recomputation; all when None."""

    @initialize()
    def begin(self) -> None:
        """An empty warehouse."""
        self.pipeline.stack.reset()
        self.pipeline.delivered.clear()

    @news
    @rule()
    def run(self) -> None:
        """An undisturbed run."""
        self.has_news = self.has_unread = False
        self.did["runs"] += 1
        self.pipeline.run()
        self._check()

    @news
    @rule(at=st.integers(1, MOST_EFFECTS))
    def run_and_die(self, at: int) -> None:
        """A run that is killed before a side effect."""
        with killing(Killer(at=at), self.monkeypatch) as killer:
            run = self.pipeline.start_and_wait()
        self.did["kills" if killer.dead else "runs"] += 1
        note(f"killed at {killer.seen[-1]}" if killer.dead else "nothing was killed")
        self._check_after(self.pipeline.failures(run), expected="KilledError" if killer.dead else None)

    @news
    @rule(kind=st.sampled_from(KINDS), first=st.integers(1, MOST_REQUESTS), times=st.sampled_from((1, 3, FOR_EVER)))
    def run_with_failing_services(self, kind: str, first: int, times: int) -> None:
        """A run in which requests to S3 or DynamoDB fail once, three times, or for ever."""
        with failing(self.pipeline.stack, ServiceFaults(kind, first, times)) as faults:
            run = self.pipeline.start_and_wait()
        self.did[f"services: {kind}" if faults.failed else "runs"] += 1
        note(f"failed: {faults.failed[:3]}")
        gone = self._put_aside_as_gone() if kind == "missing" else {}
        self._check_after(self.pipeline.failures(run))
        for path, key in gone.items():  # as the message tells the user to
            self._put(key, path.read_bytes())

    @news
    @rule(kind=st.sampled_from(database_faults.KINDS), number=st.integers(1, MOST_TRANSACTIONS))
    def run_with_failing_warehouse(self, kind: str, number: int) -> None:
        """A run whose connection to the warehouse is lost, or that another writer overtakes."""
        fault = database_faults.DatabaseFault(self.pipeline.stack, kind, number)
        with database_faults.failing_warehouse(fault):
            run = self.pipeline.start_and_wait()
        self.did[f"warehouse: {kind}" if fault.at else "runs"] += 1
        note(f"{kind} at {fault.at}")
        self._check_after(self.pipeline.failures(run))

    @rule(number=st.integers(0, 9), to_first_run=st.booleans())
    def reset_bookmark(self, number: int, to_first_run: bool) -> None:
        """A job reads all that it ever read again, or all since its first run that ended well."""
        job = self._job(number)
        runs = self.pipeline.glue.get_job_runs(JobName=job)["JobRuns"]
        good = [run["Id"] for run in runs if run["JobRunState"] == "SUCCEEDED"]
        if not good:
            return
        self.did["bookmarks rewound" if to_first_run else "bookmarks reset"] += 1
        self.has_news = True
        with suppress(self.pipeline.glue.exceptions.EntityNotFoundException):  # none but paused runs so far
            self.pipeline.glue.reset_job_bookmark(JobName=job, **({"RunId": good[-1]} if to_first_run else {}))

    @news
    @rule(number=st.integers(0, 9))
    def run_paused(self, number: int) -> None:
        """One job alone, which leaves its bookmark as it is."""
        self.did["paused jobs"] += 1
        run = self.pipeline.stack.run_job(self._job(number), {"--job-bookmark-option": "job-bookmark-pause"})
        assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]

    @news
    @rule(whole=st.booleans())
    def backfill(self, whole: bool) -> None:
        """Reads the files of all days, or of some, again; new files wait for the next run to count as loaded."""
        self.did["backfills"] += 1
        self.pipeline.run(self._window(whole))
        if whole and not self.has_unread:
            self._check(is_tidy=False)

    def teardown(self) -> None:
        """Whatever happened, one more run makes it good."""
        if self.pipeline.delivered:
            self.run()

    def _window(self, whole: bool) -> dict[str, str]:
        return self.days if whole else dict.fromkeys(self.days, self.some_day)

    def _job(self, number: int) -> str:
        return self.loads[number % len(self.loads)]

    def _changes(self, keys: Iterable[int], version: int) -> bool:
        """Notes which version of these is delivered; tells whether another version of any was before."""
        before, self.versions = self.versions, {**self.versions, **dict.fromkeys(keys, version)}
        return any(before.get(key, version) != version for key in keys)

    def _put_aside_as_gone(self) -> dict[Path, str]:
        """Landing keys by path of the files that S3 said were gone, which no longer count."""
        gone: dict[Path, str] = {}
        for file in self.pipeline.ledger():
            if file.get("reason") in (OBJECT_MISSING, LINES_DIFFER) and file["file_key"] not in self.gone:
                self.gone.add(file["file_key"])
                found = [known for known in self.pipeline.delivered if _checksum(known.path) == file["checksum"]]
                self.pipeline.delivered.remove(found[-1])
                gone[found[-1].path] = file["landing_key"]
        return gone

    def _refuse(self, key: str, content: bytes) -> None:
        self.did["files refused"] += 1
        self.has_news = True
        self.pipeline.put(key, content, valid=False)

    def _put(self, key: str, content: bytes) -> None:
        """Puts a file in a second of its own: the last delivered row of a catalogue wins, and S3 tells seconds only."""
        self.did["files"] += 1
        self.has_news = True
        time.sleep(1 - time.time() % 1)
        self.pipeline.put(key, content)

    def _check_after(self, failures: dict[str, str], *, expected: str | None = None) -> None:
        """A run that failed says why; one that did not is exact."""
        if not failures:
            assert expected is None
            self._check()
        for job, message in failures.items():
            assert message, f"{job} failed without a word"
            assert expected is None or expected in message, message

    def _check(self, *, is_tidy: bool = True) -> None:
        self.did["checks"] += 1
        self.pipeline.assert_exact(tables=self.tables)
        booked, table = self.counts
        loaded = self.pipeline.rows(f"SELECT coalesce(sum(loaded), 0) FROM music.{booked}")
        assert self.loads_again or loaded == self.pipeline.rows(f"SELECT count(*) FROM {table}")
        if is_tidy:
            self.pipeline.assert_tidy()


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
