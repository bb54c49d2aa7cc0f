"""Which files of a run cannot be loaded, and why. Each is put aside as a whole, and the others load."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from glue_jobs.lib.files.ledger import LedgerFile
from glue_jobs.lib.files.rejected import Problem
from glue_jobs.lib.load.inputs import Inputs
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.rows.rule import REJECT_RATE_EXCEEDED
from glue_jobs.lib.run import aws
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.errors import BooksError

JUDGED_FROM_LINES = 100
"""Shorter files are not rejected for their share of rows in error."""

LINES_DIFFER, OBJECT_MISSING = "lines_differ", "object_missing"


@dataclass(frozen=True)
class FileContent:
    """What is in a file: the number of rows, how many are in error, and the days and warnings of the others."""

    rows: int
    errors: int
    first_date: date | None
    last_date: date | None
    days: frozenset[date] = frozenset()
    warnings: Mapping[str, int] = field(default_factory=dict)


def find_problems(run: LoadRun, inputs: Inputs, content: Mapping[int, FileContent]) -> dict[int, Problem]:
    """By file_id, why a file is not loaded; no single file can stop a run for good.

    Raises:
        BooksError: A file that must be read was not, though it is there: the bookmark has passed it.
    """
    problems = {}
    for file_id, file in inputs.by_id.items():
        found, is_skipped = content.get(file_id), file_id in inputs.skipped
        if found is None and file.file_key in inputs.awaited and not is_skipped:
            problems[file_id] = _missing(run.config, file)
        elif found and found.rows != file.lines:
            problems[file_id] = _lines_differ(run.config, file, found)
        elif found and not is_skipped and _has_too_many_errors(found, run.config.max_reject_rate):
            problems[file_id] = _too_many_errors(run.config, file, found)
    return problems


def check_paths(paths: Iterable[str | None]) -> None:
    """Raises if lines came from files that the ledger does not know.

    Raises:
        BooksError: The message names one of them.
    """
    unknown = sorted(path or "?" for path in paths)
    if unknown:
        others = f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else ""
        raise BooksError(
            f"{unknown[0]}{others} is not an open file of the ledger, so nobody counted its lines; nothing was "
            "published: deliver it again through the landing bucket and delete this object"
        )


def _has_too_many_errors(found: FileContent, max_rate: float) -> bool:
    return found.rows >= JUDGED_FROM_LINES and found.errors > max_rate * found.rows


def _too_many_errors(config: JobConfig, file: LedgerFile, found: FileContent) -> Problem:
    return Problem(
        reason=REJECT_RATE_EXCEEDED,
        message=f"'{file.landing_key}' is rejected as a whole: {found.errors} of its {found.rows} rows are in "
        f"error, more than --max_reject_rate {config.max_reject_rate:g}",
        remedy="look at the rows' reasons in "
        f"s3://{config.lake_bucket}/quarantine/{file.dataset}/run_id={config.run_id}/, correct the file and deliver it "
        "again, or raise --max_reject_rate",
    )


def _lines_differ(config: JobConfig, file: LedgerFile, found: FileContent) -> Problem:
    return Problem(
        reason=LINES_DIFFER,
        message=f"'{file.landing_key}' is rejected as a whole: validate_files counted {file.lines} lines, this run "
        f"read {found.rows} from s3://{config.lake_bucket}/{file.archived_key or file.accepted_key}",
        remedy="look for odd lines in the file (line ends, byte order marks, control characters), correct it and "
        "deliver it again; keep the run's log and the file if you find none",
    )


def _missing(config: JobConfig, file: LedgerFile) -> Problem:
    key = file.archived_key or file.accepted_key or ""
    if aws.object_exists(config.lake_bucket, key):
        raise BooksError(
            f"file {file.landing_key}: validate_files counted {file.lines} lines, this run read 0 from {key}; nothing "
            "was published: reset or rewind the bookmark of the job, which has passed the file"
        )
    return Problem(
        reason=OBJECT_MISSING,
        message=f"'{file.landing_key}' cannot be loaded: s3://{config.lake_bucket}/{key} is gone",
        remedy="restore the object from its versions or deliver the file again, and find out who deletes there",
    )
