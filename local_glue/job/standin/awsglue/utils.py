"""Job arguments."""

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from local_glue.versions import running

_BOOKMARK = "job-bookmark-option"
_CHOICES = ("job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable")
_RANGE = ("job-bookmark-from", "job-bookmark-to")
_IDS = ("JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION")
_OTHERS = ("encryption-type", "enable-data-lineage")
_TEMPORARY = ("RedshiftTempDir", "TempDir")


class GlueArgumentError(Exception):
    """An argument that the script asks for is missing, or has no value."""


class GlueArgumentParser(argparse.ArgumentParser):
    """A parser that raises an error instead of ending the process."""

    def error(self, msg: str) -> NoReturn:
        raise GlueArgumentError(msg)


def getResolvedOptions(args: Sequence[str], options: Sequence[str], allow_abbrev: bool = False) -> dict[str, Any]:
    """The values of the named options, which are all required, and of Glue's options.

    Dashes in names become underscores in the result; other arguments are ignored; values are strings. Before
    Glue 6.0 a name can be abbreviated, as `--conf` for `--config_uri`.

    Args:
        args: The script's arguments, `sys.argv`.
        options: Names without the leading dashes.
        allow_abbrev: Whether names can be abbreviated; a parameter since Glue 6.0, before which they always could.

    Raises:
        GlueArgumentError: an option is missing or has no value.
        RuntimeError: a bookmark range without pause, pause with half a range, or a reserved name among the options.
    """
    return _resolved(args, options, allow_abbrev)


def _before_6_0(args: Sequence[str], options: Sequence[str]) -> dict[str, Any]:
    return _resolved(args, options, allow_abbrev=True)


_version = running()
if _version and _version.name < "6.0":
    _before_6_0.__doc__ = getResolvedOptions.__doc__
    getResolvedOptions = _before_6_0  # noqa: N816 (its official name)


def _resolved(args: Sequence[str], options: Sequence[str], allow_abbrev: bool) -> dict[str, Any]:
    reserved = [name for name in options if name in (_BOOKMARK, *_RANGE, *_IDS, *_OTHERS)]
    if reserved:
        raise RuntimeError(f"Using reserved arguments {', '.join(reserved)}")
    parser = GlueArgumentParser(allow_abbrev=allow_abbrev)
    parser.add_argument(f"--{_BOOKMARK}", choices=_CHOICES, default="job-bookmark-disable")
    for name in (*_RANGE, *_IDS, *_OTHERS, *_TEMPORARY):
        parser.add_argument(f"--{name}")
    for name in dict.fromkeys(options):
        if name not in _TEMPORARY:
            parser.add_argument(f"--{name}", required=True)
    values = vars(parser.parse_known_args(list(args)[1:])[0])
    _check_range(values)
    # Both names of the temporary folder have the same value.
    values["TempDir"] = values["TempDir"] or values["RedshiftTempDir"]
    values["RedshiftTempDir"] = values["RedshiftTempDir"] or values["TempDir"]
    return values


def _check_range(values: dict[str, Any]) -> None:
    given = [name for name in _RANGE if values[name.replace("-", "_")]]
    mode = values["job_bookmark_option"]
    if mode == "job-bookmark-disable" and given:
        raise RuntimeError(f"Invalid option(s) --{' --'.join(given)}: a bookmark range needs job-bookmark-pause")
    if mode == "job-bookmark-pause" and len(given) == 1:
        missing = next(name for name in _RANGE if name not in given)
        raise RuntimeError(f"Missing option or value for --{missing}")
