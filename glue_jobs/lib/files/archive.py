"""Where accepted files are kept: `archive/<dataset>/YYYY/MM/DD/<sha256>.<csv or json>[.gz]` in the lake bucket.

The landing key, which can hold any character, is in the object's metadata and in the ledger, never in the path.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.run import aws, parallel

DATES = (
    r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)",
    r"(?<!\d)(\d{4})/(\d{2})/(\d{2})(?!\d)",
    r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)",
    r"(?<!\d)(\d{4})/(\d{2})(?!\d)",
)
YEARS = range(1970, 2101)
"""Other numbers of four digits are not taken for years."""


def archive_key(dataset: Dataset, landing_key: str, *, checksum: str, gzipped: bool, delivered_at: datetime) -> str:
    """The key of an accepted file; it depends on the delivery alone, so that a run that died left no other copy.

    Args:
        checksum: SHA-256 of the file, in hex.
        gzipped: Whether its content is gzip, whatever its name says; Hadoop unpacks by the key's ending.
        delivered_at: When it arrived in the landing bucket (UTC).
    """
    folder = f"archive/{dataset.name}/{file_date(landing_key, delivered_at):%Y/%m/%d}"
    return f"{folder}/{checksum}.{dataset.file_format}{'.gz' if gzipped else ''}"


def file_date(landing_key: str, delivered_at: datetime) -> date:
    """The date in the landing key, the first of the month if it has no day; otherwise the day of delivery."""
    for form in DATES:
        for found in re.finditer(form, landing_key):
            year, month, day = (int(part) for part in (*found.groups(), "1")[:3])
            if year in YEARS and 1 <= month <= 12 and 1 <= day <= 31:
                try:
                    return date(year, month, day)
                except ValueError:
                    continue
    return delivered_at.date()


def paths_to_read(bucket: str, keys: Iterable[str]) -> list[str]:
    """s3:// paths that lead to exactly those of `keys` that are there.

    Folders are listed, not objects looked for one by one: that is a call for a thousand files. A folder of which all
    is wanted is given as a folder, which Spark lists as cheaply.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        wanted[f"{key.rpartition('/')[0]}/"].add(key)

    def found(folder: str) -> list[str]:
        there = {item["Key"] for item in aws.list_objects(bucket, folder)}
        if there == wanted[folder]:
            return [path(bucket, folder)]
        return [path(bucket, key) for key in sorted(there & wanted[folder])]

    return [path for paths in parallel.in_parallel(found, sorted(wanted)) for path in paths]


def path(bucket: str, key: str) -> str:
    """The s3:// path of a key, in which characters that Hadoop takes for patterns stand for themselves."""
    return f"s3://{bucket}/" + re.sub(r"([*?\[\]{}\\])", r"\\\1", key)
