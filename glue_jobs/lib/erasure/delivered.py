"""Users in the landing bucket: what its deliverers withdrew is deleted, what waits has to be taken in first."""

from collections.abc import Collection, Sequence
from contextlib import suppress

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.erasure import versions
from glue_jobs.lib.erasure.rewrite import Filter, count
from glue_jobs.lib.intake.gunzip import DamagedError, TruncatedError
from glue_jobs.lib.intake.landing import list_landing
from glue_jobs.lib.run import parallel
from glue_jobs.lib.run.errors import PipelineError

SHOWN = 5


class WaitingError(PipelineError):
    """Files that wait in the landing bucket are about users to be erased; nothing was changed."""


def withdrawn(bucket: str, datasets: Sequence[Dataset], users: Collection[int]) -> list[versions.Version]:
    """Versions of files about the users that their deliverers deleted, so that no job will take them in.

    Raises:
        WaitingError: A file that waits is about the users; the message names it. Rewritten here it would be a newer
            delivery than it is, and a catalogue takes the newest.
    """
    waiting = {(file.key, file.version or "null") for file in list_landing(bucket, datasets).files}
    found = [
        (version, dataset)
        for dataset in datasets
        for version in versions.list_versions(bucket, f"{dataset.name}/")
        if not version.is_marker
    ]
    is_about = parallel.in_parallel(lambda pair: _mentions(bucket, pair[0], pair[1], users), found)
    about = [version for (version, _), mentions in zip(found, is_about, strict=True) if mentions]
    in_use = [version.key for version in about if version.is_latest or (version.key, version.id) in waiting]
    if in_use:
        others = f" and {len(in_use) - SHOWN} more" if len(in_use) > SHOWN else ""
        raise WaitingError(
            f"bucket '{bucket}' has files about the users that no run has taken in: {', '.join(in_use[:SHOWN])}{others}"
            "; nothing was changed: run the jobs validate_files, which take in what waits (files whose name begins "
            "with '.' or '_' are their deliverer's to delete), then start this job again"
        )
    return about


def _mentions(bucket: str, version: versions.Version, dataset: Dataset, users: Collection[int]) -> bool:
    filter_ = Filter(dataset, users)
    # Of a damaged file, what can be read is judged.
    with suppress(TruncatedError, DamagedError):
        count(versions.read(bucket, version.key, version.id), filter_)
    return bool(filter_.removed.lines)
