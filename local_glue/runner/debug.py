"""Runs that a debugger follows: they execute the project's own files, in which the breakpoints are set."""

from pathlib import Path
from urllib.parse import urlsplit

from local_glue.config import Config

OPTION = "--local-glue-debug"
"""The argument of a run that a debugger follows: the port. The script does not get it."""


def script_of_project(config: Config, uri: str, fetched: Path) -> Path:
    """The project's file that was uploaded as this script; the one that was fetched if there is none like it."""
    own = config.project / urlsplit(uri).path.lstrip("/")
    return own if own.is_file() and own.read_bytes() == fetched.read_bytes() else fetched


def libraries_of_project(config: Config, uris: str, paths: list[Path]) -> list[Path]:
    """The import path of a run, with the project's folder in place of the archives that were made of it.

    Args:
        config: The project, which says what its archives are.
        uris: The run's --extra-py-files.
        paths: The entries for the import path, as they were fetched.
    """
    keys = {urlsplit(uri.strip()).path.lstrip("/") for uri in uris.split(",")}
    archives = {Path(library.key).name for library in config.libraries if library.key in keys}
    return list(dict.fromkeys(config.project if path.name in archives else path for path in paths))
