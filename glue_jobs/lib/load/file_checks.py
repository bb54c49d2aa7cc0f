"""Which files of a run cannot be loaded, and why. Each is put aside as a whole, and the others load."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from glue_jobs.lib.files import unknown_columns
from glue_jobs.lib.files.ledger import LedgerFile
from glue_jobs.lib.files.rejected import Problem
from glue_jobs.lib.load.inputs import Inputs
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.rows.rule import REJECT_RATE_EXCEEDED
from glue_jobs.lib.run import aws
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.errors import BooksError
from glue_jobs.lib.run.options import REJECT, WARN

JUDGED_FROM_LINES = 100
"""Shorter files are not rejected for their share of rows in error."""

LINES_DIFFER, OBJECT_MISSING = "lines_differ", "object_missing"


@dataclass(frozen=True)
class FileContent:
    """What is in a file: the number of rows, how many are in error, and the days and warnings of the others.

    Attributes:
        new_fields: Of JSON, the fields of the line that has most that no contract knows.
    """

    rows: int
    errors: int
    first_date: date | None
    last_date: date | None
    days: frozenset[date] = frozenset()
    warnings: Mapping[str, int] = field(default_factory=dict)
    new_fields: tuple[str, ...] = ()


def find_problems(run: LoadRun, inputs: Inputs, content: Mapping[int, FileContent]) -> dict[int, Problem]:
    """By file_id, why a file is not loaded; no single file can stop a run for good."""
    if inputs.replayed:
        return _refused_again(run, inputs, content)
    problems = {}
    for file_id, file in inputs.by_id.items():
        found = content.get(file_id)
        if found is None and not aws.object_exists(run.config.lake_bucket, file.archive_key or ""):
            problems[file_id] = _missing(run.config, file)
        elif found is None or found.rows != file.lines:
            problems[file_id] = _lines_differ(run.config, file, found.rows if found else 0)
        elif _has_too_many_errors(found, run.config.max_reject_rate):
            problems[file_id] = _too_many_errors(run.config, file, found)
        elif found.new_fields and run.config.on_new_columns(file.dataset) == REJECT:
            problems[file_id] = unknown_columns.problem(file.landing_key, found.new_fields, what="fields")
    return problems


def tell_new_fields(run: LoadRun, inputs: Inputs, content: Mapping[int, FileContent]) -> None:
    """Says which files have fields that no contract knows and are loaded without them."""
    for file_id, found in content.items():
        file = inputs.by_id[file_id]
        if found.new_fields and run.config.on_new_columns(file.dataset) == WARN:
            unknown_columns.tell(run.errors, file, found.new_fields, what="fields")


def _refused_again(run: LoadRun, inputs: Inputs, content: Mapping[int, FileContent]) -> dict[int, Problem]:
    """Of files whose share of rows in error was too large before, those where it still is.

    Raises:
        BooksError: Rows were lost on the way.
    """
    problems = {}
    for file_id, file in inputs.by_id.items():
        found = content.get(file_id)
        if found is None or found.rows != file.lines:
            raise BooksError(
                f"{file.landing_key}: of {file.lines} rows in quarantine this run read {found.rows if found else 0}; "
                "nothing was published: look for odd lines among them, and keep this run's log"
            )
        was_refused = inputs.replayed is not None and file.file_key in inputs.replayed.refused
        if was_refused and _has_too_many_errors(found, run.config.max_reject_rate):
            problems[file_id] = _too_many_errors(run.config, file, found)
    return problems


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


def _lines_differ(config: JobConfig, file: LedgerFile, read: int) -> Problem:
    return Problem(
        reason=LINES_DIFFER,
        message=f"'{file.landing_key}' is rejected as a whole: validate_files counted {file.lines} lines, this run "
        f"read {read} from s3://{config.lake_bucket}/{file.archive_key}",
        remedy="look for odd lines in the file (line ends, byte order marks, control characters), correct it and "
        "deliver it again; keep the run's log and the file if you find none",
    )


def _missing(config: JobConfig, file: LedgerFile) -> Problem:
    return Problem(
        reason=OBJECT_MISSING,
        message=f"'{file.landing_key}' cannot be loaded: s3://{config.lake_bucket}/{file.archive_key} is gone",
        remedy="restore the object from its versions or deliver the file again, and find out who deletes there",
    )
