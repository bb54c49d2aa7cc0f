"""Downloads a job's script and libraries from S3."""

import re
from importlib import metadata
from pathlib import Path
from typing import Any


class LaunchError(Exception):
    """The job cannot start, because a file or module is missing."""


def fetch(client: Any, uri: str, folder: Path) -> Path:
    """Downloads `s3://bucket/key` into the folder, named by the last part of the key.

    Raises:
        LaunchError: the URI is malformed, or the bucket or object is missing.
    """
    from botocore.exceptions import ClientError

    found = re.fullmatch(r"s3a?://([^/]+)/(.+)", uri)
    if not found:
        raise LaunchError(f"LaunchError: {uri} is not an S3 URI: give s3://bucket/key")
    target = folder / Path(found.group(2)).name
    try:
        body = client.get_object(Bucket=found.group(1), Key=found.group(2))["Body"].read()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise LaunchError(f"LaunchError: {uri} cannot be read ({code}): upload it, or correct the job") from error
    target.write_bytes(body)
    return target


def stage_libraries(client: Any, options: dict[str, str], folder: Path) -> list[Path]:
    """Downloads the files of --extra-py-files, --extra-files and --additional-python-modules.

    Returns:
        The entries for the import path, in order. Modules given as a requirement must already be installed here.

    Raises:
        LaunchError: an object is missing, or a module is not installed.
    """
    paths: list[Path] = []
    for uri in _items(options.get("--extra-py-files", "")):
        file = fetch(client, uri, folder)
        paths.append(folder if file.suffix == ".py" else file)
    for uri in _items(options.get("--extra-files", "")):
        fetch(client, uri, folder)
    for item in _items(options.get("--additional-python-modules", "")):
        if item.startswith(("s3://", "s3a://")):
            paths.append(fetch(client, item, folder))
        else:
            check_installed(item)
    return paths


def check_installed(requirement: str) -> None:
    """Raises LaunchError if the distribution is not installed here; does not check versions."""
    name = re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError as error:
        raise LaunchError(
            f"LaunchError: module {requirement} of --additional-python-modules is not installed here: "
            f"run 'pip install {requirement}'"
        ) from error


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]
