"""Shared by the tests of the warehouse: two tables, a run that loads them, and what it left."""

from datetime import UTC, datetime

from glue_jobs.lib.books import book
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.warehouse.warehouse import Warehouse

PLAYS = Table(
    name="plays",
    grain="one row a play",
    columns=(
        Column("id", "BIGINT"),
        Column("hour", "TIMESTAMP"),
        Column("explicit", "BOOLEAN"),
        Column("n", "INTEGER"),
    ),
    key=("id",),
    publish="merge",
    dist="KEY(id)",
    sort=("hour",),
    why="a test",
)
HOURS = Table(
    name="hours",
    grain="one row an hour",
    columns=(Column("hour", "TIMESTAMP"), Column("total", "BIGINT")),
    key=("hour",),
    publish="replace",
    slices=("hour",),
    dist="ALL",
    sort=("hour",),
    why="a test",
)
HOURS_KEYS = Table(
    name="k", grain="", columns=(Column("hour", "TIMESTAMP"),), key=("hour",), publish="internal", dist="EVEN", sort=(),
    why="",
)  # fmt: skip
TABLES = (PLAYS, HOURS)
ONE, TWO = datetime(2024, 6, 25, 1, tzinfo=UTC), datetime(2024, 6, 25, 2, tzinfo=UTC)


class Killed(BaseException):
    """Ends a run at once, as a kill does."""


def state(database):
    return (
        database("SELECT id, hour, explicit, n FROM music.plays ORDER BY id"),
        database("SELECT hour, total FROM music.hours ORDER BY hour"),
        database("SELECT run_id, loaded FROM music.load_runs ORDER BY started_at, run_id"),
        database("SELECT source_file, loaded FROM music.load_files ORDER BY source_file"),
    )


def open_stages(database):
    return database("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")


class Load:
    """A run that loads plays and the totals of their hours."""

    def __init__(self, glue_run, **overrides):
        self.config, self.run = glue_run(**overrides)
        self.warehouse = Warehouse(self.run, self.config)
        self.warehouse.prepare(TABLES)

    def frame(self, rows, table):
        return self.run.spark.createDataFrame(rows, table.spark_schema)

    def stage(self, plays, hours):
        self.warehouse.stage_all({PLAYS: self.frame(plays, PLAYS), HOURS: self.frame(hours, HOURS)})
        keys = self.frame([(hour,) for hour in (ONE, TWO)], HOURS_KEYS)
        self.slices = {"hours": self.warehouse.stage_keys(keys, "touched_hours", [HOURS.column("hour")])}
        self.count = len(plays)
        return self

    def publish(self):
        file = book.FileBook(
            run_id=self.config.run_id, file_key="streams/a.csv@1", dataset="streams", source_file="streams/a.csv",
            read=self.count, outcomes={"loaded": self.count},
        )  # fmt: skip
        run = book.close_books(self.config, [file])
        self.warehouse.publish(run, [file], tables=TABLES, slices=self.slices)
        return self
