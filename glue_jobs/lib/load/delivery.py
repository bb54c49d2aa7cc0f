"""The lines of a run's files, checked and copied once, and what the run found in each file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files import archive
from glue_jobs.lib.files.rejected import Problem
from glue_jobs.lib.load.file_checks import FileContent, find_problems
from glue_jobs.lib.load.inputs import Inputs
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.rows import csv_lines, json_lines, raw_lines, verdicts
from glue_jobs.lib.rows.checked_rows import warning_names, with_checks
from glue_jobs.lib.rows.rule import REJECT_RATE_EXCEEDED, text_name
from glue_jobs.lib.rows.small_frames import frame_of
from glue_jobs.lib.run.spans import Span

NAMES = "file_id int, turn int, source_file string, file_key string"
LINE = "line_number"
"""Column that grows with a line's place in its file; kept where a contract lets the first of several rows win."""


@dataclass(frozen=True)
class Delivery:
    """A dataset's files in this run and their checked rows.

    Attributes:
        content: By file_id.
        rejected: By file_id, why a file is put aside as a whole.
        rows: file_id, raw, the texts and typed values of the dataset's fields, _errors, and `verdict`
            (`verdicts.with_first_verdict`); None when there are no lines.
    """

    inputs: Inputs
    content: dict[int, FileContent]
    rejected: dict[int, Problem]
    rows: DataFrame | None

    @property
    def has_files(self) -> bool:
        """Whether there is a file to load or to book."""
        return self.inputs.has_work

    @property
    def has_errors(self) -> bool:
        """Whether any line is in error."""
        return any(content.errors for content in self.content.values())

    def names(self, run: LoadRun) -> DataFrame:
        """The files as a frame: file_id, turn (order of acceptance), source_file, file_key."""
        by_id = self.inputs.by_id
        turns = sorted(by_id, key=lambda file_id: (by_id[file_id].accepted_at, file_id))
        rows = [
            (file_id, turn, by_id[file_id].landing_key, by_id[file_id].file_key) for turn, file_id in enumerate(turns)
        ]
        return frame_of(run.glue.spark, rows, NAMES)


def read(run: LoadRun, chosen: Inputs) -> Delivery:
    """Reads and checks the lines of the chosen files."""
    dataset = chosen.dataset
    checked = _checked(run, chosen)
    content = _content(run, checked, dataset) if checked is not None else {}
    rejected = find_problems(run, chosen, content)
    if checked is None or not content:
        return Delivery(chosen, content, rejected, rows=None)
    unread = [file_id for file_id, problem in rejected.items() if problem.reason != REJECT_RATE_EXCEEDED]
    known = checked.where(~F.col("file_id").isin(unread)) if unread else checked
    rows = verdicts.with_first_verdict(known, rejected=set(rejected), window=run.window, time_field=dataset.time_field)
    return Delivery(chosen, content, rejected, rows)


def days_of(content: Mapping[int, FileContent], *, without: Iterable[int], window: Span | None) -> set[date]:
    """Days of the rows that may be new."""
    left_out = set(without)
    days = {day for file_id, file in content.items() if file_id not in left_out for day in file.days}
    return {day for day in days if window is None or day in window}


def _checked(run: LoadRun, chosen: Inputs) -> DataFrame | None:
    dataset, spark = chosen.dataset, run.glue.spark
    paths = archive.paths_to_read(run.config.lake_bucket, (file.archive_key or "" for file in chosen.files))
    if not paths:
        return None
    files = raw_lines.files_frame(spark, chosen.files, dataset=dataset, lake_bucket=run.config.lake_bucket)
    parse = json_lines.parse_json if dataset.file_format == "json" else csv_lines.parse_lines
    parsed = parse(raw_lines.read_lines(spark, paths), files, dataset=dataset)
    checked = with_checks(parsed, dataset=dataset, run_start=run.config.started_at)
    return run.keep(run.copy(_narrow(checked, dataset), f"checked_{dataset.name}"))


def _narrow(checked: DataFrame, dataset: Dataset) -> DataFrame:
    """The columns that later steps need; texts only of rows in error, as the others have their typed values."""
    in_error = F.size("_errors") > 0
    texts = [F.when(in_error, F.col(text_name(name))).alias(text_name(name)) for name in dataset.field_names]
    # Neither the join with few files nor the rules reorder rows, so the id still follows the order of the lines.
    line = [F.monotonically_increasing_id().alias(LINE)] if dataset.wins is not None else []
    warnings = ["_warnings"] if dataset.has_warnings else []
    return checked.select("file_id", "raw", *texts, *dataset.field_names, "_errors", *warnings, *line)


def _content(run: LoadRun, checked: DataFrame, dataset: Dataset) -> dict[int, FileContent]:
    """What is in each file, by file_id; one small row per file comes to the driver."""
    time = F.col(dataset.time_field) if dataset.time_field else F.lit(None).cast("timestamp")
    is_clean = F.size("_errors") == 0
    names = warning_names(dataset, run_start=run.config.started_at)
    warned = [F.count_if(is_clean & F.array_contains("_warnings", name)).alias(f"_warning_{name}") for name in names]
    rows = (
        checked.groupBy("file_id")
        .agg(
            F.count("*").alias("rows"),
            F.count_if(~is_clean).alias("errors"),
            F.collect_set(F.when(is_clean, F.to_date(time))).alias("days"),
            *warned,
        )
        .collect()
    )
    return {
        row.file_id: FileContent(
            rows=row.rows,
            errors=row.errors,
            first_date=min(row.days, default=None),
            last_date=max(row.days, default=None),
            days=frozenset(row.days),
            warnings={name: row[f"_warning_{name}"] for name in names if row[f"_warning_{name}"]},
        )
        for row in rows
    }
