"""The lines of a run's files, checked and copied once, and what the run found in each file."""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files.ledger import Ledger
from glue_jobs.lib.load import inputs
from glue_jobs.lib.load.inputs import Found, Inputs
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.rows import csv_lines, json_lines
from glue_jobs.lib.rows.checked_rows import text_name, with_checks
from glue_jobs.lib.run import aws


@dataclass(frozen=True)
class Delivery:
    """What was delivered.

    Attributes:
        checked: file_id, unknown_path, raw, the texts and typed values of the dataset's fields, _errors; None when
            there are no lines.
        found: By file_id.
        rejected: file_ids of files rejected whole.
    """

    inputs: Inputs
    checked: DataFrame | None
    found: dict[int, Found]
    rejected: set[int]


@dataclass(frozen=True)
class Waiting:
    """Files that wait to be read, and their lines (`lines.read_lines`), not yet read."""

    inputs: Inputs
    lines: DataFrame


def find(run: LoadRun, dataset: Dataset) -> Waiting:
    """What is new of `dataset`, or what a backfill is about; one dataset at a time, for the bookmark's sake."""
    chosen = _inputs(run, dataset)
    found = csv_lines.read_lines(
        run.glue.glue_context,
        paths=inputs.paths(chosen, run.config.lake_bucket),
        transformation_ctx="" if run.window else bookmark_of(dataset),
    )
    return Waiting(chosen, found)


def read(run: LoadRun, waiting: Waiting) -> Delivery:
    """Reads and checks the lines.

    Raises:
        BooksError: A file is not what the ledger says it is.
    """
    chosen = waiting.inputs
    checked = _checked(run, waiting)
    found = _found(checked, run.ledger, chosen.dataset) if checked is not None else {}
    inputs.check_rows(chosen, found)
    rejected = inputs.rejected_files(chosen, found, max_reject_rate=run.config.max_reject_rate)
    return Delivery(chosen, checked if found else None, found, rejected)


def bookmark_of(dataset: Dataset) -> str:
    """Names the bookmark of a dataset; under another name everything would be read again."""
    return f"accepted_{dataset.name}"


def _inputs(run: LoadRun, dataset: Dataset) -> Inputs:
    if run.window:
        return inputs.backfill_inputs(run.ledger, run.window, dataset)
    return inputs.new_inputs(run.ledger, run.ask, dataset)


def _checked(run: LoadRun, waiting: Waiting) -> DataFrame | None:
    chosen, dataset = waiting.inputs, waiting.inputs.dataset
    if not chosen.files and not waiting.lines.take(1):
        return None
    files = csv_lines.files_frame(run.glue.spark, chosen.files, dataset=dataset, lake_bucket=run.config.lake_bucket)
    parse = json_lines.parse_json if dataset.file_format == "json" else csv_lines.parse_lines
    parsed = parse(waiting.lines, files, dataset=dataset)
    checked = with_checks(parsed, dataset=dataset, run_start=run.config.started_at)
    return run.keep(run.copy(_narrow(checked, dataset), f"checked_{dataset.name}"))


def _narrow(checked: DataFrame, dataset: Dataset) -> DataFrame:
    """What later steps need; texts only where there is no typed value to stand for them."""
    in_error = F.size("_errors") > 0
    texts = [F.when(in_error, F.col(text_name(name))).alias(text_name(name)) for name in dataset.field_names]
    unknown = F.when(F.col("file_id").isNull(), F.col("path")).alias("unknown_path")
    return checked.select("file_id", unknown, "raw", *texts, *dataset.field_names, "_errors")


def _found(checked: DataFrame, ledger: Ledger, dataset: Dataset) -> dict[int, Found]:
    """Rows, errors and days by file_id; one small row a file comes to the driver."""
    time = F.col(dataset.time_field) if dataset.time_field else F.lit(None).cast("timestamp")
    rows = (
        checked.groupBy("file_id", "unknown_path")
        .agg(
            F.count("*").alias("rows"),
            F.count_if(F.size("_errors") > 0).alias("errors"),
            F.collect_set(F.when(F.size("_errors") == 0, F.to_date(time))).alias("days"),
        )
        .collect()
    )
    _check_unknown([row.unknown_path for row in rows if row.file_id is None], ledger, dataset)
    return {row.file_id: _as_found(row.rows, row.errors, row.days) for row in rows if row.file_id is not None}


def _as_found(rows: int, errors: int, days: list) -> Found:  # type: ignore[type-arg]
    return Found(rows, errors, min(days, default=None), max(days, default=None), frozenset(days))


def _check_unknown(paths: list[str], ledger: Ledger, dataset: Dataset) -> None:
    """Raises for a path that is no file's; a closed file's object that a dead run left behind is no error."""
    checksums = {aws.split_uri(path)[1].rpartition("/")[2].partition(".")[0]: path for path in paths}
    closed = {
        checksum
        for checksum, files in (ledger.find(dataset.name, checksums).items() if checksums else ())
        if any(not file.is_open for file in files)
    }
    inputs.check_paths(path for checksum, path in checksums.items() if checksum not in closed)
