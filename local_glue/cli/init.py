"""`local-glue init`: a small project that works: one job with a bookmark and a MERGE, its workflow, its test."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from local_glue.cli.support import readable_errors
from local_glue.errors import LocalGlueError

TEMPLATE = Path(__file__).parents[1] / "template"


@readable_errors
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it.")] = Path("orders"),
) -> None:
    """Write a small Glue project that works: a job with a bookmark and a MERGE, its workflow and test."""
    for name in _write_project(folder):
        typer.echo(folder / name)
    typer.echo(f"\nNext: cd {folder}; pytest, or local-glue up; local-glue console --open")


def _write_project(folder: Path) -> list[Path]:
    """Writes the project's files; returns them, relative to the folder.

    Raises:
        LocalGlueError: One of them is there already.
    """
    files = [path.relative_to(TEMPLATE) for path in sorted(TEMPLATE.rglob("*")) if path.is_file()]
    files = [name for name in files if "__pycache__" not in name.parts]
    there = [name for name in files if (folder / name).exists()]
    if there:
        raise LocalGlueError(f"{folder / there[0]} is there already, and stays as it is: name an empty folder")
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(TEMPLATE / name, folder / name)
    return files
