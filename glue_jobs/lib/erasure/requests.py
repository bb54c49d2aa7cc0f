"""Requests to erase a user, and what became of them: objects below `erasures/` in the lake bucket. Imports no Spark.

A request is an object, not an argument of the job, because Glue and CloudTrail show arguments for ever. It is deleted,
with all its versions, when the user is erased; until then the next run of the job takes it up again.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glue_jobs.lib.contracts.datasets import DATASETS
from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.erasure import versions
from glue_jobs.lib.run import aws
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.errors import ConfigError

FOLDER = "erasures/"
REQUESTS = f"{FOLDER}requests/"
PROGRESS = f"{FOLDER}progress.json"

LARGEST = 2**63 - 1
"""BIGINT's."""

REMEDY = "delete the object and ask again with `make erase`"


@dataclass(frozen=True)
class Request:
    """The users whom one run erases.

    Attributes:
        keys: The objects that ask for it.
        datasets: Where they are looked for; their tables follow from them.
    """

    keys: tuple[str, ...]
    users: frozenset[int]
    datasets: tuple[Dataset, ...]


def receipt_key(run_id: str) -> str:
    """The key of what a run says it did."""
    return f"{FOLDER}receipts/{run_id}.json"


def body_of(user_id: int, datasets: Sequence[str]) -> bytes:
    """The content of the object that asks for a user to be erased."""
    return json.dumps({"user_id": user_id, "datasets": list(datasets)}).encode()


def open_request(config: JobConfig) -> Request | None:
    """The users to erase: of the oldest request, and of all others for the same datasets; None if there is none.

    Raises:
        ConfigError: An object is no request; the message names it.
    """
    found = sorted(aws.list_objects(config.lake_bucket, REQUESTS), key=lambda item: (item["LastModified"], item["Key"]))
    asked = {item["Key"]: _read(config, item["Key"]) for item in found}
    if not asked:
        return None
    (_, datasets) = next(iter(asked.values()))
    same = {key: user_id for key, (user_id, others) in asked.items() if others == datasets}
    return Request(tuple(same), frozenset(same.values()), tuple(DATASETS[name] for name in datasets))


def keep_progress(config: JobConfig, counts: Mapping[str, int]) -> dict[str, int]:
    """What this run has found, or a run before it that died, whichever is more; it is kept until `close`."""
    before: Counter[str] = Counter()
    if aws.object_exists(config.lake_bucket, PROGRESS):
        before = Counter(json.loads(b"".join(versions.read(config.lake_bucket, PROGRESS))))
    now = dict(before | Counter(counts))
    _put(config, PROGRESS, now)
    return now


def write_receipt(config: JobConfig, receipt: Mapping[str, Any]) -> None:
    """Writes what the run says it did, or would do."""
    _put(config, receipt_key(config.run_id), receipt)


def close(config: JobConfig, request: Request) -> None:
    """Deletes the request with all its versions."""
    versions.delete_all_of(config.lake_bucket, [PROGRESS, *request.keys])


def _read(config: JobConfig, key: str) -> tuple[int, tuple[str, ...]]:
    try:
        said = json.loads(b"".join(versions.read(config.lake_bucket, key)))
        user_id, datasets = said["user_id"], tuple(said["datasets"])
    except (ValueError, KeyError, TypeError) as cause:
        raise ConfigError(f"'{key}' in bucket '{config.lake_bucket}' is no request: {REMEDY}") from cause
    people = [name for name, dataset in DATASETS.items() if dataset.user_field]
    if not isinstance(user_id, int) or not 0 <= user_id <= LARGEST or not datasets or not set(datasets) <= set(people):
        raise ConfigError(
            f"'{key}' in bucket '{config.lake_bucket}' must hold user_id, a whole number, and datasets, some of "
            f"{', '.join(people)}: {REMEDY}"
        )
    return user_id, datasets


def _put(config: JobConfig, key: str, content: Any) -> None:
    body = json.dumps(content, indent=2).encode()
    aws.client("s3").put_object(Bucket=config.lake_bucket, Key=key, Body=body, ContentType="application/json")
