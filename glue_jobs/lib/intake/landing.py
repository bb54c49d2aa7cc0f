"""Lists the landing bucket: the versions of files that wait, and objects that belong to no dataset."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from glue_jobs.lib.contracts.datasets import DATASETS
from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.run import aws

NO_VERSION = "null"
SHOWN = 5


@dataclass(frozen=True)
class LandedFile:
    """One version of a landing object. `version` is None in a bucket without versions."""

    dataset: Dataset
    key: str
    version: str | None
    etag: str
    size: int
    delivered_at: datetime

    @property
    def file_key(self) -> str:
        """The version's key in the ledger."""
        return f"{self.key}@{self.version or self.etag.strip(chr(34))}"

    @property
    def location(self) -> dict[str, str]:
        """Key and, if there is one, VersionId, as S3 calls take them."""
        return {"Key": self.key} | ({"VersionId": self.version} if self.version else {})


@dataclass
class Landing:
    """A listing. `files` are in the order in which they came (S3's clock, then key, then version)."""

    files: list[LandedFile] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


def list_landing(bucket: str, datasets: Sequence[Dataset]) -> Landing:
    """Everything that waits in `bucket` for `datasets`.

    `hidden` are keys with a part that begins with '.' or '_', and folder markers; `withdrawn` are keys that their
    sender has deleted; `strangers` are first-level names that are not the folder of a dataset.

    Raises:
        MissingResourceError: The bucket does not exist.
    """
    landing = Landing()
    for name in _first_level(bucket):
        if _is_hidden(name):
            landing.hidden.extend(version["Key"] for version in _versions(bucket, name)[0])
        elif name.removesuffix("/") not in DATASETS or not name.endswith("/"):
            landing.strangers.append(name)
    for dataset in datasets:
        _list_dataset(bucket, dataset, landing)
    landing.files.sort(key=lambda file: (file.delivered_at, file.key))
    return landing


def _list_dataset(bucket: str, dataset: Dataset, landing: Landing) -> None:
    versions, markers = _versions(bucket, f"{dataset.name}/")
    # S3 lists a key's newest version first; its clock has whole seconds, so the listing gives the order within a key.
    for version in reversed(versions):
        if _is_hidden(version["Key"]) or _is_folder_marker(version):
            landing.hidden.append(version["Key"])
            continue
        if version["Key"] in markers and _is_withdrawn(version, markers[version["Key"]]):
            landing.withdrawn.append(version["Key"])
            continue
        landing.files.append(
            LandedFile(
                dataset=dataset,
                key=version["Key"],
                version=None if version["VersionId"] == NO_VERSION else version["VersionId"],
                etag=version["ETag"],
                size=version["Size"],
                delivered_at=version["LastModified"],
            )
        )


def _versions(bucket: str, prefix: str) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """All versions below `prefix`, newest first within a key, and the newest delete marker by key."""
    versions: list[dict[str, Any]] = []
    markers: dict[str, dict[str, Any]] = {}
    for page in _pages(bucket, Prefix=prefix):
        versions.extend(page.get("Versions", []))
        for marker in page.get("DeleteMarkers", []):
            markers.setdefault(marker["Key"], marker)
    return versions, markers


def _is_withdrawn(version: dict[str, Any], marker: dict[str, Any]) -> bool:
    """Whether the sender has deleted the version; versions delivered after that are not withdrawn."""
    return marker["IsLatest"] or version["LastModified"] < marker["LastModified"]


def _first_level(bucket: str) -> list[str]:
    names: list[str] = []
    for page in _pages(bucket, Delimiter="/"):
        names.extend(item["Prefix"] for item in page.get("CommonPrefixes", []))
        names.extend(version["Key"] for version in page.get("Versions", []) if version["IsLatest"])
    return sorted(set(names))


def _pages(bucket: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    try:
        yield from aws.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket, **arguments)
    except ClientError as cause:
        aws.raise_if_missing_bucket(cause, bucket)
        raise


def _is_hidden(key: str) -> bool:
    return any(part.startswith((".", "_")) for part in key.split("/"))


def _is_folder_marker(version: dict[str, Any]) -> bool:
    return version["Key"].endswith("/") and version["Size"] == 0
