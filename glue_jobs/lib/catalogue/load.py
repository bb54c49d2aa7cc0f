"""One dataset's part of load_metadata: what it reads, stages, rejects and books."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pyspark.sql import DataFrame

from glue_jobs.lib.books.book import FileBook
from glue_jobs.lib.catalogue import winners
from glue_jobs.lib.catalogue.rds import FileChanges, Rds
from glue_jobs.lib.catalogue.rds_sql import CATALOGUE
from glue_jobs.lib.catalogue.winners import FileCounts
from glue_jobs.lib.contracts.datasets import get_dataset
from glue_jobs.lib.contracts.model import Dataset, Table
from glue_jobs.lib.files import rejected as file_quarantine
from glue_jobs.lib.files.ledger import ACCEPTED, LOADED, REJECTED, REPEATED, Ledger, LedgerFile
from glue_jobs.lib.intake import orphans
from glue_jobs.lib.intake.inspection import Problem
from glue_jobs.lib.rows import csv_lines, quarantine
from glue_jobs.lib.rows.checked_rows import REJECT_RATE_EXCEEDED
from glue_jobs.lib.run import aws, logs
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.error_log import ErrorLog
from glue_jobs.lib.run.errors import BooksError
from glue_jobs.lib.run.session import GlueRun


@dataclass
class CatalogueLoad:
    """What one run does with the waiting files of one dataset.

    Attributes:
        accepted: Files to read; the first to apply comes first.
        settled: Repeated and rejected files that are only booked.
        known: All files whose objects may be read again, by path; only lines of `accepted` count.
        rejected: By file key, why a file of `accepted` is rejected as a whole.
    """

    dataset: Dataset
    accepted: list[LedgerFile]
    settled: list[LedgerFile]
    known: dict[str, LedgerFile]
    counts: dict[str, FileCounts] = field(default_factory=dict)
    rejected: dict[str, Problem] = field(default_factory=dict)
    rows: DataFrame | None = None
    cached: DataFrame | None = None

    @property
    def table(self) -> Table:
        """The dataset's table in RDS."""
        return CATALOGUE[self.dataset.name]

    @property
    def has_work(self) -> bool:
        """Whether there is a file to load or to book."""
        return bool(self.accepted or self.settled)


def find_work(config: JobConfig, ledger: Ledger, dataset: str) -> CatalogueLoad:
    """The dataset's waiting files."""
    files = ledger.open_files(dataset)
    accepted = [file for file in files if file.state == ACCEPTED]
    # The same content may have come again on one day, under the path of a file that is loaded: the waiting one counts.
    known = {file.accepted_key: file for file in files if file.state == LOADED}
    known |= {file.accepted_key: file for file in accepted}
    return CatalogueLoad(
        dataset=get_dataset(dataset),
        accepted=accepted,
        settled=[file for file in files if file.state in (REPEATED, REJECTED)],
        known={f"s3://{config.lake_bucket}/{key}": file for key, file in known.items()},
    )


def read_lines(load: CatalogueLoad, glue: GlueRun, config: JobConfig) -> DataFrame:
    """The lines that the bookmark has not seen, lazily."""
    name = load.dataset.name
    paths = [f"s3://{config.lake_bucket}/accepted/{name}/"]
    return csv_lines.read_lines(glue.glue_context, paths=paths, transformation_ctx=f"accepted_{name}")


def check(load: CatalogueLoad, raw: DataFrame, glue: GlueRun, config: JobConfig, ledger: Ledger) -> None:
    """Checks and counts the lines of the load's files, and decides which files are rejected.

    Raises:
        BooksError: Lines came from an object that the ledger does not know.
    """
    files = csv_lines.files_frame(
        glue.spark, list(load.known.values()), dataset=load.dataset, lake_bucket=config.lake_bucket
    )
    rows = winners.checked_rows(raw, files, dataset=load.dataset, run_start=config.started_at).persist()
    waiting = {file.file_key: file for file in load.accepted}
    counted = winners.count_lines(rows)
    _refuse_unknown([row["path"] for row in counted if row["file_key"] is None], config, ledger)
    for row in counted:
        if row["file_key"] in waiting:
            load.counts[row["file_key"]] = FileCounts(lines=row["lines"], in_error=row["in_error"])
    load.rejected = {
        key: _problem(waiting[key], counts, config)
        for key, counts in load.counts.items()
        if winners.is_rejected(counts, config.max_reject_rate)
    }
    wanted = glue.spark.createDataFrame([(key,) for key in waiting], "file_key string")
    rows_to_load = rows.join(wanted.hint("broadcast"), on="file_key", how="left_semi")
    load.cached, load.rows = (
        rows,
        winners.with_file_errors(rows_to_load, {key: problem.message for key, problem in load.rejected.items()}),
    )
    if any(row["in_error"] for row in counted) or load.rejected:
        for key, by_rule in winners.count_rules(load.rows).items():
            load.counts[key].by_rule = by_rule
    if any(row["warned"] for row in counted):
        for key, warnings in winners.count_warnings(load.rows).items():
            load.counts[key].warnings = warnings


def stage(load: CatalogueLoad, rds: Rds, config: JobConfig) -> None:
    """Writes rows in error and rejected files to quarantine, and the winners to their stage in RDS."""
    if load.rows is None:
        return
    if any(counts.by_rule for counts in load.counts.values()):
        broken = load.rows.where("size(_errors) > 0")
        quarantine.write_quarantine(broken, dataset=load.dataset, config=config)
    for file in load.accepted:
        if file.file_key in load.rejected:
            source = {"Bucket": config.lake_bucket, "Key": file.accepted_key or ""}
            file_quarantine.put_aside(config, file, load.rejected[file.file_key], source=source)
    ranked = winners.ranked_rows(load.rows, dataset=load.dataset)
    for key, repeated in winners.count_repeated(ranked).items():
        load.counts[key].repeated = repeated
    rds.stage(winners.winners(ranked, load.table), load.table)


def file_books(load: CatalogueLoad, config: JobConfig, changes: Mapping[str, FileChanges]) -> list[FileBook]:
    """The books of the load's files, given what the upsert did with the rows that were staged."""
    books = [_settled_book(file, config) for file in load.settled]
    for file in load.accepted:
        counts = load.counts.get(file.file_key, FileCounts())
        change = changes.get(file.file_key, FileChanges(0, 0))
        problem = load.rejected.get(file.file_key)
        books.append(
            _book(
                file,
                config,
                state=REJECTED if problem else LOADED,
                reason=problem.reason if problem else None,
                read=file.lines,
                loaded=change.changed,
                already_loaded=change.staged - change.changed,
                repeated=counts.repeated,
                quarantined=counts.lines if problem else counts.in_error,
                quarantined_by_rule=counts.by_rule,
                warnings_by_rule=counts.warnings,
            )
        )
    return books


def settle(load: CatalogueLoad, config: JobConfig, ledger: Ledger) -> None:
    """After the books are written: the ledger, and what rejected files leave in `accepted/`."""
    rejected = [file for file in load.accepted if file.file_key in load.rejected]
    loaded = [file for file in load.accepted if file.file_key not in load.rejected]
    ledger.mark(loaded, state=LOADED, run_id=config.run_id)
    ledger.mark(rejected, state=REJECTED, run_id=config.run_id, reason=REJECT_RATE_EXCEEDED)
    for state in (REPEATED, REJECTED):
        ledger.mark([file for file in load.settled if file.state == state], state=state, run_id=config.run_id)
    aws.delete_objects(config.lake_bucket, [file.accepted_key for file in rejected if file.accepted_key])
    if load.cached is not None:
        load.cached.unpersist()


def log_errors(load: CatalogueLoad, errors: ErrorLog) -> None:
    """Rejected files and rows by rule."""
    for file in load.accepted:
        problem = load.rejected.get(file.file_key)
        if problem:
            errors.add("rejected_file", file=file.landing_key, dataset=file.dataset, checksum=file.checksum,
                       reason=problem.reason, message=problem.message, remedy=problem.remedy)  # fmt: skip
            logs.warning(f"file rejected: {problem.message}; {problem.remedy}", file=file.landing_key)
        counts = load.counts.get(file.file_key, FileCounts())
        for rule, rows in sorted(counts.by_rule.items()):
            errors.add("rejected_rows", file=file.landing_key, dataset=file.dataset, rule=rule, rows=rows)


def _refuse_unknown(paths: list[str], config: JobConfig, ledger: Ledger) -> None:
    unknown = sorted(set(paths) - orphans.settled_paths(config, ledger, paths))
    if unknown:
        raise BooksError(
            f"{unknown[0]} is no file that this run knows ({len(unknown)} such); nothing was changed: "
            "run validate_files, which sorts it out, then this job again"
        )


def _problem(file: LedgerFile, counts: FileCounts, config: JobConfig) -> Problem:
    found = f"{counts.in_error} of its {counts.lines} rows are in error"
    return Problem(
        REJECT_RATE_EXCEEDED,
        f"'{file.landing_key}' is rejected as a whole: {found}, more than --max_reject_rate {config.max_reject_rate:g}",
        "correct and deliver it again; its rows' reasons are in "
        f"s3://{config.lake_bucket}/quarantine/{file.dataset}/run_id={config.run_id}/",
    )


def _settled_book(file: LedgerFile, config: JobConfig) -> FileBook:
    counted = file.lines if file.state == REPEATED else 0
    return _book(file, config, state=file.state, reason=file.reason, read=counted, already_loaded=counted)


def _book(file: LedgerFile, config: JobConfig, **facts: object) -> FileBook:
    return FileBook(
        run_id=config.run_id,
        file_key=file.file_key,
        dataset=file.dataset,
        source_file=file.landing_key,
        checksum=file.checksum,
        header=file.header,
        accepted_key=file.accepted_key,
        accepted_at=file.accepted_at,
        loaded_at=datetime.now(UTC),
        **facts,  # type: ignore[arg-type]
    )
