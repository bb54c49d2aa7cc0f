"""Job bookmarks as in AWS: an entry for each job, a state for each transformation context, a history to rewind to."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local_glue.faults import side_effect

HISTORY = 200
_COUNTERS = {"Version": 0, "Run": 0, "Attempt": 0}


class BookmarkError(Exception):
    """The requested bookmark does not exist."""


class VersionMismatchError(BookmarkError):
    """Something changed the bookmark while the run went on, so what the run read does not follow from it any more."""


class BookmarkStore:
    """Bookmarks in `<home>/bookmarks/<job>.json`; every change replaces that file atomically."""

    def __init__(self, home: Path) -> None:
        self.folder = Path(home) / "bookmarks"

    def get(self, job: str) -> dict[str, Any] | None:
        """The JobBookmarkEntry of AWS (`JobBookmark` is a JSON string), None if the job never had a bookmark."""
        return self._read(job).get("entry")

    def states(self, job: str) -> dict[str, dict[str, Any]]:
        """The current state of each transformation context."""
        entry = self.get(job)
        return json.loads(entry["JobBookmark"]) if entry else {}

    def states_after(self, job: str, run_id: str) -> dict[str, dict[str, Any]]:
        """The states that this run saved.

        Raises:
            BookmarkError: no run with this id saved a bookmark.
        """
        return json.loads(self._find(job, self._read(job), run_id)["JobBookmark"])

    def history(self, job: str) -> list[dict[str, Any]]:
        """The entries that runs have saved, to which it can be reset, oldest first."""
        return self._read(job).get("history", [])

    def begin(self, job: str, run_id: str) -> dict[str, Any]:
        """Counts a new attempt; after a run that did not commit, it is another attempt of the same run number."""
        with self._changing(job) as record:
            entry = record.setdefault("entry", self._empty(job))
            failed_before = bool(record.get("open"))
            if not failed_before and entry.get("RunId"):
                entry["PreviousRunId"] = entry["RunId"]
            entry["Attempt"] = entry["Attempt"] + 1 if failed_before else 0
            entry["Version"] += 1
            record["open"] = run_id
            return dict(entry)

    def save(
        self, job: str, run_id: str, attempt: int | None, states: dict[str, dict[str, Any]], version: int | None = None
    ) -> int:
        """Saves the states of a successful run, all at once; contexts that it did not read keep their states.

        Args:
            job: The job's name.
            run_id: The run that read what the states tell.
            attempt: The run's attempt, None to keep the one that is there.
            states: A state for each context that the run read.
            version: The version that the run began with, if it must still be the current one.

        Returns:
            The new version.

        Raises:
            VersionMismatchError: another run began or saved, or the bookmark was reset or deleted, since `version`.
        """
        side_effect("bookmark:save")
        with self._changing(job) as record:
            found = record.get("entry", {}).get("Version", 0)
            if version not in (None, found):
                raise VersionMismatchError(
                    f"VersionMismatchException: Continuation update failed due to version mismatch. Expected version "
                    f"{version} but found version {found}: another run of job '{job}' began, or its bookmark was "
                    f"reset, during this run; give the job MaxConcurrentRuns 1"
                )
            entry = record.setdefault("entry", self._empty(job))
            merged = json.loads(entry["JobBookmark"]) | states
            entry |= {"Version": entry["Version"] + 1, "Run": entry["Run"] + 1, "RunId": run_id}
            entry["Attempt"] = entry["Attempt"] if attempt is None else attempt
            entry["JobBookmark"] = json.dumps(merged, sort_keys=True)
            record.pop("open", None)
            record["history"] = [*record.get("history", []), dict(entry)][-HISTORY:]
            return entry["Version"]

    def reset(self, job: str, run_id: str | None = None) -> dict[str, Any]:
        """Deletes all states of a job, or with `run_id` restores those after that run.

        Returns:
            The new JobBookmarkEntry.

        Raises:
            BookmarkError: the job has no bookmark, or that run saved none.
        """
        if self.get(job) is None:
            raise BookmarkError(f"job '{job}' has no bookmark: it was never run with job-bookmark-enable")
        with self._changing(job) as record:
            version = record["entry"]["Version"] + 1
            record["entry"] = dict(self._find(job, record, run_id)) if run_id else self._empty(job)
            record["entry"]["Version"] = version
            record.pop("open", None)
            return dict(record["entry"])

    def delete(self, job: str) -> None:
        """Deletes all that is stored about a job."""
        self._file(job).unlink(missing_ok=True)

    def _find(self, job: str, record: dict[str, Any], run_id: str) -> dict[str, Any]:
        for saved in reversed(record.get("history", [])):
            if saved["RunId"] == run_id:
                return saved
        known = ", ".join(saved["RunId"] for saved in record.get("history", [])[-5:]) or "none"
        raise BookmarkError(f"run '{run_id}' of job '{job}' saved no bookmark: name one that did (latest: {known})")

    @staticmethod
    def _empty(job: str) -> dict[str, Any]:
        return {"JobName": job, **_COUNTERS, "JobBookmark": "{}"}

    def _file(self, job: str) -> Path:
        return self.folder / f"{quote(job, safe='')}.json"

    def _read(self, job: str) -> dict[str, Any]:
        try:
            return json.loads(self._file(job).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}

    @contextmanager
    def _changing(self, job: str) -> Iterator[dict[str, Any]]:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self._file(job)
        with open(file.with_suffix(".lock"), "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            record = self._read(job)
            yield record
            temporary = file.with_suffix(f".{os.getpid()}.tmp")
            with temporary.open("w", encoding="utf-8") as out:
                out.write(json.dumps(record, indent=1))
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(file)
