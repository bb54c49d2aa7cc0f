"""Copies a folder into a bucket."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local_glue.errors import LocalGlueError

AT_A_TIME = 8


def put_folder(s3: Any, folder: Path, bucket: str) -> tuple[int, int]:
    """Copies every file below `folder`; the keys are the paths relative to it.

    Returns:
        The number of files, and of bytes.

    Raises:
        LocalGlueError: the folder or bucket does not exist, or a file's name is not UTF-8.
    """
    if not folder.is_dir():
        raise LocalGlueError(f"{folder} is not a folder: give one whose files are to be copied")
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    for file in files:
        _key(folder, file)
    there = [entry["Name"] for entry in s3.list_buckets()["Buckets"]]
    if bucket not in there:
        raise LocalGlueError(f"bucket {bucket} is not there: choose one of {', '.join(there) or 'none'} by --bucket")

    def copy(file: Path) -> int:
        with file.open("rb") as body:
            s3.put_object(Bucket=bucket, Key=_key(folder, file), Body=body)
        return file.stat().st_size

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        sizes = list(pool.map(copy, files))
    return len(files), sum(sizes)


def _key(folder: Path, file: Path) -> str:
    key = file.relative_to(folder).as_posix()
    try:
        key.encode()
    except UnicodeEncodeError as error:
        raise LocalGlueError(f"the name of {key!r} is not UTF-8, as S3 keys must be: rename the file") from error
    return key
