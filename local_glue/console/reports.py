"""Pages about a run in the buckets: HTML objects whose key names the run or one of its job runs."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

ENDINGS = (".html", ".htm")
PAGES = 40
"""Pages of a bucket's listing that are looked through, of a thousand objects each."""


def reports_of(s3: Any, run_ids: Iterable[str]) -> list[dict[str, str]]:
    """Bucket and key of each such object."""
    ids = [run_id for run_id in run_ids if run_id]
    found = []
    for bucket in s3.list_buckets()["Buckets"]:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"])
        for _, page in zip(range(PAGES), pages, strict=False):
            keys = [item["Key"] for item in page.get("Contents", ())]
            found += [
                {"bucket": bucket["Name"], "key": key}
                for key in keys
                if key.lower().endswith(ENDINGS) and any(run_id in key for run_id in ids)
            ]
    return found


def disposition(key: str) -> str:
    """The header with which a browser saves an object under the last part of its key."""
    return f"attachment; filename*=UTF-8''{quote(key.rpartition('/')[2] or 'object', safe='')}"
