"""The lines of a run's files, read and checked once, and what the run found in each file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Dataset
from glue_jobs.lib.files import archive
from glue_jobs.lib.files.ledger import LedgerFile
from glue_jobs.lib.files.rejected import Problem
from glue_jobs.lib.files.unknown_columns import NEW_COLUMNS
from glue_jobs.lib.load.file_checks import FileContent, find_problems, tell_new_fields
from glue_jobs.lib.load.inputs import Inputs
from glue_jobs.lib.load.load_run import LoadRun
from glue_jobs.lib.rows import csv_lines, json_lines, quarantine, raw_lines, verdicts
from glue_jobs.lib.rows.checked_rows import sifted, warning_names, with_checks
from glue_jobs.lib.rows.periods import day_of
from glue_jobs.lib.rows.rule import REJECT_RATE_EXCEEDED
from glue_jobs.lib.rows.small_frames import lookup
from glue_jobs.lib.run.options import IGNORE
from glue_jobs.lib.run.spans import Span

LINE = "line_number"
"""Column that grows with a line's place in its file; kept where a contract lets the first of several rows win."""


@dataclass(frozen=True)
class Delivery:
    """A dataset's files in this run and their checked rows.

    Attributes:
        content: By file_id.
        rejected: By file_id, why a file is put aside as a whole.
        rows: file_id, the typed values of the dataset's fields, and `verdict` (`verdicts.with_first_verdict`); None
            when there are no lines.
        in_error: file_id, and what the quarantine keeps of the rows in error: raw, texts, _errors; None when there
            are none.
    """

    inputs: Inputs
    content: dict[int, FileContent]
    rejected: dict[int, Problem]
    rows: DataFrame | None
    in_error: DataFrame | None = None

    @property
    def has_files(self) -> bool:
        """Whether there is a file to load or to book."""
        return self.inputs.has_work

    @property
    def source_file(self) -> Column:
        """The landing key of the file of a row with file_id."""
        return self._of_file(lambda file: file.landing_key)

    def named(self, rows: DataFrame) -> DataFrame:
        """Adds to rows with file_id their file's source_file, file_key, and turn (int, the order of acceptance)."""
        by_id = self.inputs.by_id
        order = sorted(by_id, key=lambda file_id: (by_id[file_id].accepted_at, file_id))
        turns = {by_id[file_id].file_key: str(turn) for turn, file_id in enumerate(order)}
        return rows.withColumns(
            {
                "source_file": self.source_file,
                "file_key": self._of_file(lambda file: file.file_key),
                "turn": self._of_file(lambda file: turns[file.file_key]).cast("int"),
            }
        )

    def _of_file(self, text: Callable[[LedgerFile], str]) -> Column:
        return lookup([text(file) for _, file in sorted(self.inputs.by_id.items())], F.col("file_id"))


def read(run: LoadRun, chosen: Inputs) -> Delivery:
    """Reads and checks the lines of the chosen files."""
    dataset = chosen.dataset
    fields = _fields_of_files(run, chosen, chosen.files)
    found = run.keep(_sifted(run, fields, dataset)) if fields is not None else None
    content = _content(run, found, dataset) if found is not None else {}
    tell_new_fields(run, chosen, content)
    rejected = find_problems(run, chosen, content)
    if found is None or not content:
        return Delivery(chosen, content, rejected, rows=None)
    unread = [file_id for file_id, problem in rejected.items() if problem.reason != REJECT_RATE_EXCEEDED]
    known = found.where(~F.col("file_id").isin(unread)) if unread else found
    rows = verdicts.with_first_verdict(known, rejected=set(rejected), window=run.window, time_field=dataset.time_field)
    return Delivery(chosen, content, rejected, rows, _in_error(run, chosen, found, content, rejected))


def days_of(content: Mapping[int, FileContent], *, without: Iterable[int], window: Span | None) -> set[date]:
    """Days of the rows that may be new."""
    left_out = set(without)
    days = {day for file_id, file in content.items() if file_id not in left_out for day in file.days}
    return {day for day in days if window is None or day in window}


def _fields_of_files(run: LoadRun, chosen: Inputs, files: Sequence[LedgerFile]) -> DataFrame | None:
    """The fields of each line of some of the files; None if none of these is there."""
    if chosen.replayed:
        ids = raw_lines.file_ids(chosen.files)
        lines, wanted = chosen.replayed.lines, [ids[file.file_key] for file in files]
        return None if lines is None else _fields(run, chosen, lines.where(F.col("file_id").isin(wanted)))
    keys = [file.archive_key or "" for file in files]
    paths = archive.paths_to_read(run.config.lake_bucket, keys)
    return _fields(run, chosen, raw_lines.read_lines(run.glue.spark, paths, keys)) if paths else None


def _fields(run: LoadRun, chosen: Inputs, lines: DataFrame) -> DataFrame:
    """The fields of each line (`raw_lines.lines_of_files`) of the chosen files."""
    dataset = chosen.dataset
    files = raw_lines.files_frame(run.glue.spark, chosen.files, dataset=dataset, lake_bucket=run.config.lake_bucket)
    parse = json_lines.parse_json if dataset.file_format == "json" else csv_lines.parse_lines
    return parse(lines, files, dataset=dataset)


def _sifted(run: LoadRun, fields: DataFrame, dataset: Dataset) -> DataFrame:
    """`checked_rows.sifted`, with LINE where a contract needs it."""
    found = sifted(fields, dataset=dataset, run_start=run.config.started_at)
    # Neither the join with few files nor the rules reorder rows, so the id still follows the order of the lines.
    return found if dataset.wins is None else found.withColumn(LINE, F.monotonically_increasing_id())


def _in_error(
    run: LoadRun,
    chosen: Inputs,
    found: DataFrame,
    content: Mapping[int, FileContent],
    rejected: Mapping[int, Problem],
) -> DataFrame | None:
    """The rows in error, parsed a second time for their reasons; of files with too many of them, all rows."""
    check = partial(with_checks, dataset=chosen.dataset, run_start=run.config.started_at)
    parts = []
    if any(file.errors for file_id, file in content.items() if file_id not in rejected):
        lines = found.where(F.col("raw").isNotNull() & ~F.col("file_id").isin(sorted(rejected)))
        parts.append(check(_fields(run, chosen, lines.select(F.col("raw").alias("line"), "file_id"))))
    whole = [chosen.by_id[id_] for id_, problem in rejected.items() if problem.reason == REJECT_RATE_EXCEEDED]
    if whole and (fields := _fields_of_files(run, chosen, whole)) is not None:
        parts.append(verdicts.with_rejection(check(fields)))
    if not parts:
        return None
    columns = ["file_id", *quarantine.columns(chosen.dataset)]
    return run.keep(reduce(DataFrame.unionByName, (part.select(*columns) for part in parts)))


def _content(run: LoadRun, found: DataFrame, dataset: Dataset) -> dict[int, FileContent]:
    """What is in each file, by file_id; one small row per file comes to the driver."""
    day = day_of(dataset.time_field) if dataset.time_field else F.lit(None).cast("date")
    is_clean = F.col("raw").isNull()
    names = warning_names(dataset, run_start=run.config.started_at)
    warned = [F.count_if(is_clean & F.array_contains("_warnings", name)).alias(f"_warning_{name}") for name in names]
    has_fields = dataset.file_format == "json" and run.config.on_new_columns(dataset.name) != IGNORE
    new = [_most_new_fields(), F.count(json_lines.NEW_FIELDS).alias("_lines")] if has_fields else []
    rows = (
        found.groupBy("file_id")
        .agg(
            F.count("*").alias("rows"),
            F.count_if(~is_clean).alias("errors"),
            F.collect_set(F.when(is_clean, day)).alias("days"),
            *warned,
            *new,
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
            warnings={name: row[f"_warning_{name}"] for name in names if row[f"_warning_{name}"]}
            | ({NEW_COLUMNS: row["_lines"]} if has_fields and row["_lines"] else {}),
            new_fields=tuple(row["_most"]["names"]) if has_fields and row["_lines"] else (),
        )
        for row in rows
    }


def _most_new_fields() -> Column:
    """The new fields of the line that has most: one line's, as those of all might be more than the driver can hold."""
    names = F.col(json_lines.NEW_FIELDS)
    return F.max(F.when(names.isNotNull(), F.struct(F.size(names), names.alias("names")))).alias("_most")
