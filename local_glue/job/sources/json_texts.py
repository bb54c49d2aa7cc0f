"""Small files of JSON lines in which every value is a string: their columns are known without asking Spark.

Spark would read such files three times before the script does: for the types, and for what Glue sees and it does not
(`json_types`), of which strings have nothing. Lists of work to do are often like that.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from local_glue.job.clients import client
from local_glue.job.sources.s3_listing import S3Object

MOST_BYTES, MOST_OBJECTS = 1 << 20, 20
PACKED = (".gz", ".bz2", ".deflate", ".lz4", ".snappy", ".zst", ".xz")
LINE_END = re.compile("\r\n|\r|\n")


class _OtherError(ValueError):
    """Not a line of strings only; Spark looks at the files."""


def text_columns(objects: Sequence[S3Object]) -> list[str] | None:
    """The columns in Spark's order, which is that of their names; None if the files may hold anything but strings."""
    if len(objects) > MOST_OBJECTS or sum(item.size for item in objects) > MOST_BYTES:
        return None
    if any(item.key.lower().endswith(PACKED) for item in objects):
        return None
    try:
        names = {name for item in objects for name in _names_in(item)}
    except (ValueError, RecursionError):
        return None
    is_clear = names and len({name.lower() for name in names}) == len(names)
    return sorted(names) if is_clear else None


def _names_in(item: S3Object) -> set[str]:
    body = client("s3").get_object(Bucket=item.bucket, Key=item.key)["Body"].read().decode()
    lines = (line for line in LINE_END.split(body) if line)
    return {name for line in lines for name in _object(line)}


def _object(line: str) -> dict[str, Any]:
    found = json.loads(line, object_pairs_hook=_strings)
    if not isinstance(found, dict):
        raise _OtherError(line)
    return found


def _strings(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs) or not all(isinstance(value, str) for value in found.values()):
        raise _OtherError(pairs)
    return found
