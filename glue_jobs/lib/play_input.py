"""The lines of a run's files, checked and copied once, and what the run found in each file."""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib import aws, lines, play_files
from glue_jobs.lib.datasets import STREAMS
from glue_jobs.lib.ledger import Ledger
from glue_jobs.lib.play_files import Found, Inputs
from glue_jobs.lib.play_run import PlayRun
from glue_jobs.lib.rules import text_name, with_checks

CONTEXT = "plays"
"""Names the bookmark; under another name everything would be read again."""


@dataclass(frozen=True)
class Delivery:
    """What was delivered.

    Attributes:
        checked: See `plays`; None when there are no lines.
        found: By file_id.
        rejected: file_ids of files rejected whole.
    """

    inputs: Inputs
    checked: DataFrame | None
    found: dict[int, Found]
    rejected: set[int]


def read(run: PlayRun) -> Delivery:
    """Reads what is new, or what a backfill is about.

    Raises:
        BooksError: A file is not what the ledger says it is.
    """
    inputs = _inputs(run)
    run.suit(sum(file.lines for file in inputs.files))
    checked = _checked(run, inputs)
    found = _found(checked, run.ledger) if checked is not None else {}
    play_files.check_rows(inputs, found)
    rejected = play_files.rejected_files(inputs, found, max_reject_rate=run.config.max_reject_rate)
    return Delivery(inputs, checked if found else None, found, rejected)


def _inputs(run: PlayRun) -> Inputs:
    if run.window:
        return play_files.backfill_inputs(run.ledger, run.window)
    return play_files.new_inputs(run.ledger, run.ask)


def _checked(run: PlayRun, inputs: Inputs) -> DataFrame | None:
    read_lines = lines.read_lines(
        run.glue.glue_context,
        paths=play_files.paths(inputs, run.config.lake_bucket),
        transformation_ctx="" if run.window else CONTEXT,
    )
    if not inputs.files and not read_lines.take(1):
        return None
    files = lines.files_frame(run.glue.spark, inputs.files, dataset=STREAMS, lake_bucket=run.config.lake_bucket)
    parsed = lines.parse_lines(read_lines, files, dataset=STREAMS)
    checked = with_checks(parsed, dataset=STREAMS, run_start=run.config.started_at)
    return run.copy(_narrow(checked), "checked")


def _narrow(checked: DataFrame) -> DataFrame:
    """What later steps need; texts only where there is no typed value to stand for them."""
    in_error = F.size("_errors") > 0
    texts = [F.when(in_error, F.col(text_name(name))).alias(text_name(name)) for name in STREAMS.field_names]
    unknown = F.when(F.col("file_id").isNull(), F.col("path")).alias("unknown_path")
    return checked.select("file_id", unknown, "raw", *texts, *STREAMS.field_names, "_errors")


def _found(checked: DataFrame, ledger: Ledger) -> dict[int, Found]:
    """Rows, errors and days by file_id; one small row a file comes to the driver."""
    day = F.when(F.size("_errors") == 0, F.to_date("listen_time"))
    rows = (
        checked.groupBy("file_id", "unknown_path")
        .agg(
            F.count("*").alias("rows"),
            F.count_if(F.size("_errors") > 0).alias("errors"),
            F.collect_set(day).alias("days"),
        )
        .collect()
    )
    _check_unknown([row.unknown_path for row in rows if row.file_id is None], ledger)
    return {row.file_id: _as_found(row.rows, row.errors, row.days) for row in rows if row.file_id is not None}


def _as_found(rows: int, errors: int, days: list) -> Found:  # type: ignore[type-arg]
    return Found(rows, errors, min(days, default=None), max(days, default=None), frozenset(days))


def _check_unknown(paths: list[str], ledger: Ledger) -> None:
    """Raises for a path that is no file's; a closed file's object that a dead run left behind is no error."""
    checksums = {aws.split_uri(path)[1].rpartition("/")[2].partition(".")[0]: path for path in paths}
    closed = {
        checksum
        for checksum, files in (ledger.find(STREAMS.name, checksums).items() if checksums else ())
        if any(not file.is_open for file in files)
    }
    play_files.check_paths(path for checksum, path in checksums.items() if checksum not in closed)
