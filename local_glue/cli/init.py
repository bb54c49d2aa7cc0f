"""`local-glue init`: a small project that works: one job with a bookmark and a MERGE, its workflow, its test."""

import shutil
from pathlib import Path

from local_glue.errors import LocalGlueError

TEMPLATE = Path(__file__).parents[1] / "template"


def write_project(folder: Path) -> list[Path]:
    """Writes the project's files; returns them, relative to the folder.

    Raises:
        LocalGlueError: One of them is there already.
    """
    files = [
        path.relative_to(TEMPLATE) for path in sorted(TEMPLATE.rglob("*")) if path.is_file() and not _is_cache(path)
    ]
    there = [name for name in files if (folder / name).exists()]
    if there:
        raise LocalGlueError(f"{folder / there[0]} is there already, and stays as it is: name an empty folder")
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(TEMPLATE / name, folder / name)
    return files


def _is_cache(path: Path) -> bool:
    return "__pycache__" in path.parts
