"""Where users are: everything that an erasure will change, counted before it changes anything."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from glue_jobs.lib.erasure import archived, delivered, quarantined, warehouse_rows
from glue_jobs.lib.erasure.archived import Archived
from glue_jobs.lib.erasure.rds_rows import UsersInRds
from glue_jobs.lib.erasure.requests import Request
from glue_jobs.lib.erasure.versions import Version
from glue_jobs.lib.plays.reads import PlayRun


@dataclass(frozen=True)
class Found:
    """What there is of the users.

    Attributes:
        archived: Archived files with lines of theirs.
        rejected: Keys of rejected files.
        former: Versions of archived files that were replaced or deleted.
        withdrawn: Versions in the landing bucket that their deliverers deleted.
        counts: Rows by table, lines, files and versions; no ids.
    """

    archived: tuple[Archived, ...]
    rejected: tuple[str, ...]
    former: tuple[Version, ...]
    withdrawn: tuple[Version, ...]
    counts: Mapping[str, int]

    @property
    def parts(self) -> set[str]:
        """MD5 (hex) of the users' lines that are part of a record of several lines."""
        return {part for file in self.archived for part in file.removed.parts}


def search(run: PlayRun, request: Request, stage: str) -> Found:
    """Looks everywhere for the users, and changes nothing.

    Args:
        stage: The warehouse's stage of their ids.

    Raises:
        WaitingError: Files that no run has taken in are about them.
    """
    lake, users, datasets = run.config.lake_bucket, request.users, request.datasets
    withdrawn = delivered.withdrawn(run.config.landing_bucket, datasets, users)
    files = [file for dataset in datasets for file in archived.find(run, dataset, users)]
    parts = {part for file in files for part in file.removed.parts}
    former = [each for dataset in datasets for each in archived.former_versions(lake, dataset, users)]
    rejected = quarantined.find_files(lake, datasets, users)
    counts: Counter[str] = Counter(UsersInRds(run.glue, run.config, datasets, users).count())
    counts.update(warehouse_rows.count_rows(run, warehouse_rows.tables_about_users(datasets), stage))
    for dataset in datasets:
        counts["quarantine rows"] += sum(quarantined.find_rows(lake, dataset, users, parts).values())
    counts["archived files"] = len(files)
    counts["archived lines"] = sum(file.removed.lines for file in files)
    counts["rejected files"] = len(rejected)
    counts["error logs"] = len(quarantined.quoting_logs(lake, datasets, users))
    counts["old versions"] = len(former) + len(withdrawn)
    return Found(tuple(files), tuple(rejected), tuple(former), tuple(withdrawn), dict(+counts))
