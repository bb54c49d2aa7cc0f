"""What a generated landing folder holds and what a correct load of it must book, file by file."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

State = Literal["LOADED", "REPEATED", "REJECTED", "IGNORED"]


@dataclass
class FileEntry:
    """The books expected of one landing file; `read` is the sum of the other counts.

    Attributes:
        state: IGNORED files (hidden ones) stay where they are and have no books.
        reason: For REJECTED files, the reason that is recorded.
        quarantined_by_rule: Rows by rule; a row that breaks two rules counts under both, but once in `quarantined`.
        defects: What was planted in the file, one sentence each.
    """

    key: str
    dataset: str
    state: State = "LOADED"
    reason: str | None = None
    read: int = 0
    loaded: int = 0
    already_loaded: int = 0
    repeated: int = 0
    quarantined: int = 0
    pending: int = 0
    quarantined_by_rule: dict[str, int] = field(default_factory=dict)
    warnings_by_rule: dict[str, int] = field(default_factory=dict)
    defects: list[str] = field(default_factory=list)

    def quarantine(self, rules: Iterable[str], why: str) -> None:
        """Books one row that breaks `rules`."""
        self.quarantined += 1
        for rule in rules:
            self.quarantined_by_rule[rule] = self.quarantined_by_rule.get(rule, 0) + 1
        self.defects.append(why)

    def warn(self, rule: str) -> None:
        """Books a row that is kept with the warning `rule`."""
        self.warnings_by_rule[rule] = self.warnings_by_rule.get(rule, 0) + 1

    def check(self) -> None:
        """Raises AssertionError when the entry's own numbers do not add up."""
        total = self.loaded + self.already_loaded + self.repeated + self.quarantined + self.pending
        if self.read != total:
            raise AssertionError(f"{self.key}: the generator planted {self.read} rows and accounts for {total}")


@dataclass
class Manifest:
    """All files of one generated folder, in the order in which they are loaded.

    Attributes:
        resolved: Earlier plays that were pending, or had another song or none, until these files are loaded.
        measures: Sparkify: the counts that the books of one run of all these files hold.
        rows: Sparkify: rows by table after that run.
    """

    workflow: str
    seed: int
    files: dict[str, FileEntry] = field(default_factory=dict)
    resolved: int = 0
    measures: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def add(self, entry: FileEntry) -> FileEntry:
        """Registers `entry` and returns it."""
        self.files[entry.key] = entry
        return entry

    def of(self, dataset: str | None = None, *states: State) -> list[FileEntry]:
        """The entries of a dataset (all when None) in one of `states` (all when none is named)."""
        return [
            entry
            for entry in self.files.values()
            if (dataset is None or entry.dataset == dataset) and (not states or entry.state in states)
        ]

    def total(self, dataset: str, count: str) -> int:
        """Sum of one count over a dataset's files."""
        return sum(getattr(entry, count) for entry in self.of(dataset))

    def by_rule(self, dataset: str) -> dict[str, int]:
        """Quarantined rows of a dataset by rule, over all files that were not rejected whole."""
        totals: Counter[str] = Counter()
        for entry in self.of(dataset, "LOADED"):
            totals.update(entry.quarantined_by_rule)
        return dict(sorted(totals.items()))

    def to_json(self) -> str:
        """The manifest as indented JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, sort_keys=False)

    def write(self, path: Path) -> None:
        """Writes the JSON to `path`, which the caller chooses outside the landing folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.to_json() + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """A manifest written by `write`."""
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files = {key: FileEntry(**entry) for key, entry in content.pop("files").items()}
        return cls(files=files, **content)
