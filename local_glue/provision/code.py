"""The code of a project: scripts and library archives, uploaded to its bucket or written into a folder.

`python -m local_glue.provision.code build` writes the library archives into a folder, the same that jobs get here; the
same sources give the same bytes.
"""

import argparse
import hashlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local_glue.config import Config, Library, find_project, load_config
from local_glue.errors import ConfigError
from local_glue.provision.workflow_file import Definitions

ZIP_DATE = (1980, 1, 1, 0, 0, 0)
SKIPPED = ("__pycache__", ".ipynb_checkpoints")


def upload_code(config: Config, s3: Any, definitions: Definitions) -> int:
    """Uploads the scripts and library archives that differ from those in the bucket; returns how many."""
    if not config.scripts_bucket:
        return 0
    objects: dict[str, bytes] = {}
    for script in definitions.scripts:
        file = config.project / script
        if not file.is_file():
            raise ConfigError(f"script {file} is missing: a job in {config.workflows} names it")
        objects[script] = file.read_bytes()
    for library in config.libraries:
        objects[library.key] = zip_library(config.project, library)
    there = _etags(s3, config.scripts_bucket)
    changed = 0
    for key, body in objects.items():
        if there.get(key) != hashlib.md5(body, usedforsecurity=False).hexdigest():
            s3.put_object(Bucket=config.scripts_bucket, Key=key, Body=body)
            changed += 1
    return changed


def zip_library(project: Path, library: Library) -> bytes:
    """A zip of the package, with the __init__.py of its parents; the same content gives the same bytes."""
    folder = project / library.package
    if not folder.is_dir():
        raise ConfigError(f"library folder {folder} is missing: [tool.local_glue] libraries names it")
    files = [file for file in folder.rglob("*") if file.is_file() and not set(SKIPPED) & set(file.parts)]
    parents = [folder.parents[i] / "__init__.py" for i in range(len(Path(library.package).parts) - 1)]
    files += [parent for parent in parents if parent.is_file()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(files):
            entry = zipfile.ZipInfo(str(file.relative_to(project)), ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    return buffer.getvalue()


def package(project: Path, folder: Path) -> list[Path]:
    """Writes every library of `[tool.local_glue]` below `folder`; returns the files."""
    config = load_config(project)
    written = []
    for library in config.libraries:
        file = folder / library.key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(zip_library(config.project, library))
        written.append(file)
    return written


def _etags(s3: Any, bucket: str) -> dict[str, str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {item["Key"]: item["ETag"].strip('"') for page in pages for item in page.get("Contents", ())}


def main(argv: Sequence[str] | None = None) -> None:
    """Writes the library archives of the project in or above the current folder."""
    parser = argparse.ArgumentParser(prog="python -m local_glue.provision.code", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="where they go, each under its key in the scripts bucket")
    package(find_project(), parser.parse_args(argv).folder)


if __name__ == "__main__":
    main()
