"""The tables that runs write about themselves, and the names of their counts."""

from enum import StrEnum

from glue_jobs.lib.contracts.columns import LOADED_AT, RUN_ID, SOURCE_FILE
from glue_jobs.lib.contracts.identities import BooksBalance, Reference
from glue_jobs.lib.contracts.model import Column, Table


class Count(StrEnum):
    """Everything that books count; each is a column of both books, except `pending_before`, which load_files lacks."""

    PENDING_BEFORE = "pending_before"
    READ = "read"
    LOADED = "loaded"
    ALREADY_LOADED = "already_loaded"
    REPEATED = "repeated"
    QUARANTINED = "quarantined"
    OUT_OF_WINDOW = "out_of_window"
    PENDING_AFTER = "pending_after"


OUTCOMES = tuple(count for count in Count if count not in (Count.PENDING_BEFORE, Count.READ))
"""The possible outcomes of a line; each line has exactly one."""

_COUNTED = tuple(Column(count, "BIGINT") for count in (Count.READ, *OUTCOMES))
_BY_RULE = (Column("quarantined_by_rule", "VARCHAR(65535)"), Column("warnings_by_rule", "VARCHAR(65535)"))

LOAD_RUNS = Table(
    name="load_runs",
    grain="one row a job run that loaded: read + pending_before = the other counts",
    columns=(
        RUN_ID,
        Column("job_name", "VARCHAR(255)"),
        Column("workflow_name", "VARCHAR(255)"),
        Column("workflow_run_id", "VARCHAR(255)"),
        Column("started_at", "TIMESTAMP"),
        Column("finished_at", "TIMESTAMP"),
        Column("duration_ms", "BIGINT"),
        Column("files", "BIGINT"),
        Column(Count.PENDING_BEFORE, "BIGINT"),
        *_COUNTED,
        *_BY_RULE,
        Column("measures", "VARCHAR(65535)"),
        Column("versions", "VARCHAR(1024)"),
    ),
    key=("run_id",),
    publish="merge",
    dist="ALL",
    sort=("started_at",),
    why="one row a run",
    exact=False,
    rds="books",
    identities=(BooksBalance((Count.READ, Count.PENDING_BEFORE)),),
)

LOAD_FILES = Table(
    name="load_files",
    grain="one row a file and the run that dealt with it: read = the other counts",
    columns=(
        RUN_ID,
        Column("file_key", "VARCHAR(2100)"),
        Column("dataset", "VARCHAR(64)"),
        SOURCE_FILE,
        Column("checksum", "VARCHAR(64)"),
        Column("state", "VARCHAR(16)"),
        Column("reason", "VARCHAR(1024)"),
        *_COUNTED,
        *_BY_RULE,
        Column("first_date", "DATE"),
        Column("last_date", "DATE"),
        Column("header", "VARCHAR(65535)"),
        Column("archive_key", "VARCHAR(1024)"),
        Column("accepted_at", "TIMESTAMP"),
        LOADED_AT,
    ),
    key=("run_id", "file_key"),
    publish="merge",
    dist="EVEN",
    sort=("loaded_at",),
    why="looked up by when files were loaded",
    exact=False,
    rds="books",
    references=(Reference(("run_id",), "load_runs", "dealt with"),),
    identities=(BooksBalance((Count.READ,)),),
)

DATA_QUALITY_RESULTS = Table(
    name="data_quality_results",
    grain="one row a run of check_quality and check",
    columns=(
        RUN_ID,
        Column("check_name", "VARCHAR(255)"),
        Column("outcome", "VARCHAR(16)"),
        Column("observed", "DOUBLE PRECISION"),
        Column("expected", "VARCHAR(255)"),
        Column("severity", "VARCHAR(16)"),
        Column("message", "VARCHAR(4096)"),
        Column("checked_at", "TIMESTAMP"),
    ),
    key=("run_id", "check_name"),
    publish="merge",
    dist="ALL",
    sort=("checked_at",),
    why="a few dozen rows a run",
    exact=False,
)

PUBLICATION = Table(
    name="publication",
    grain="one row a publisher: the version that its last publish left; the fence between concurrent runs",
    columns=(Column("name", "VARCHAR(64)"), Column("version", "BIGINT"), RUN_ID, Column("published_at", "TIMESTAMP")),
    key=("name",),
    publish="internal",
    dist="ALL",
    sort=("name",),
    why="one row",
    exact=False,
)
