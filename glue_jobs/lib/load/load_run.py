"""What the parts of a load share: the run, where it reads and writes, and how long each part took."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.books import LOAD_FILES, LOAD_RUNS
from glue_jobs.lib.contracts.model import Dataset, Table
from glue_jobs.lib.files.ledger import LOADED, Ledger
from glue_jobs.lib.run import logs, spark_measures
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.error_log import ErrorLog
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.run.spans import Span
from glue_jobs.lib.warehouse import sql
from glue_jobs.lib.warehouse.warehouse import Warehouse

CODEGEN = "spark.sql.codegen.wholeStage"
ADAPTIVE = "spark.sql.adaptive.enabled"
PARTITIONS = "spark.sql.shuffle.partitions"
BROADCAST_TIMEOUT = "spark.sql.broadcastTimeout"
COMPRESSION = "spark.sql.inMemoryColumnarStorage.compressed"
SETTINGS = (CODEGEN, ADAPTIVE, PARTITIONS, BROADCAST_TIMEOUT, COMPRESSION)
BROADCAST_PATIENCE_S = 3600
"""A few rows may wait to be sent to the workers until these have finished other tables."""

FEW_ROWS = 250_000
FEW_PARTITIONS = 2
PARTITION_ROWS = 250_000
"""Of a shuffle of plays: some tens of megabytes."""

BROADCAST_ROWS = 2_000_000
"""Up to this many rows in the run, the warehouse's rows about them are few enough to be sent to every worker."""

Query = tuple[str, str]
"""A SELECT, and its columns as DDL text."""


@dataclass
class LoadRun:
    """One run of a job that loads files.

    Attributes:
        window: The days of a backfill, None for a run that loads what is new.
        seconds: Duration of each phase, for the books.
        rows: About how many rows the run works on.
    """

    glue: GlueRun
    config: JobConfig
    ledger: Ledger
    errors: ErrorLog
    window: Span | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    rows: int = 0
    _since: float = field(default_factory=time.monotonic)
    # Once a checkpoint is there nothing needs its plan but tasks of others that began before, and still count in it.
    _origins: list[DataFrame] = field(default_factory=list)

    @classmethod
    @contextmanager
    def opened(cls, glue: GlueRun, config: JobConfig, **more: Any) -> Iterator[Self]:
        """Opens a run; at its end what it kept is dropped and the session's settings restored."""
        before = {name: glue.spark.conf.get(name) for name in SETTINGS}
        try:
            yield cls(glue, config, Ledger(config.ledger_table), ErrorLog(config), **more)
        finally:
            glue.spark.catalog.clearCache()
            for checkpointed in glue.spark.sparkContext._jsc.getPersistentRDDs().values():
                checkpointed.unpersist()
            for name, value in before.items():
                glue.spark.conf.set(name, value)

    def published_since(self, dataset: Dataset, since: datetime) -> Mapping[str, Any]:
        """Files that a run published before it died, by checksum; none where reading them again changes nothing."""
        return {}

    @property
    def has_few_rows(self) -> bool:
        """Whether planning and starting Spark's work on the rows takes longer than the work."""
        return self.rows <= FEW_ROWS

    def keep(self, frame: DataFrame) -> DataFrame:
        """Keeps the rows on the workers from the first action on; frames made of them do not compute them again."""
        if not self.has_few_rows:
            return frame.persist()
        # A plan that is not compiled travels with each task, and a persisted frame brings the plan of its rows along.
        # A checkpoint has the column ids of its frame: with new ones it can be joined with what it was made of.
        origin = frame.toDF(*frame.columns)
        self._origins.append(origin)
        return origin.localCheckpoint(eager=False)

    def suit(self, rows: int) -> None:
        """Sets `rows`, and how Spark is to work on so many.

        Few rows: no code generation, as compiling a plan takes longer than running it. Always: as the number of rows
        is known beforehand, partitions follow from it, instead of from a job for each shuffle (adaptive execution);
        and kept rows are not compressed, as they are narrow, and their dictionaries cost more than they save.
        """
        self.rows = rows
        partitions = FEW_PARTITIONS
        if not self.has_few_rows:
            partitions = max(self.glue.spark.sparkContext.defaultParallelism, -(-rows // PARTITION_ROWS))
        values = (not self.has_few_rows, False, partitions, BROADCAST_PATIENCE_S, False)
        for name, value in zip(SETTINGS, values, strict=True):
            self.glue.spark.conf.set(name, str(value).lower())

    def small(self, frame: DataFrame) -> DataFrame:
        """Marks a frame about the run's rows for broadcasting, if the rows are few enough (see `suit`)."""
        return F.broadcast(frame) if self.rows <= BROADCAST_ROWS else frame

    def measures(self, rows: int) -> dict[str, Any]:
        """For the books: the seconds of each phase, and what Spark did so far for `rows` lines."""
        spark = spark_measures.measured(self.glue.spark, started_at=self.config.started_at, rows=rows)
        return {"seconds": self.seconds, "spark": spark}

    def done(self, phase: str) -> None:
        """Records and logs that a phase of the run has ended."""
        now = time.monotonic()
        self.seconds[phase] = round(now - self._since, 3)
        self._since = now
        logs.info(f"{phase} done", seconds=self.seconds[phase])


@dataclass(kw_only=True)
class WarehouseRun(LoadRun):
    """One run of a job that loads files into the warehouse."""

    warehouse: Warehouse

    @classmethod
    @contextmanager
    def on_warehouse(
        cls, glue: GlueRun, config: JobConfig, *, publisher: str, tables: Sequence[Table]
    ) -> Iterator[Self]:
        """Opens a run with its warehouse prepared.

        Raises:
            ContractError, WarehouseError: See `Warehouse.prepare`.
        """
        warehouse = Warehouse(glue, config, publisher=publisher)
        warehouse.prepare(tables)
        window = Span(config.from_date, config.to_date) if config.is_backfill else None
        with cls.opened(glue, config, warehouse=warehouse, window=window) as run:
            yield run

    def measures(self, rows: int) -> dict[str, Any]:
        """As in LoadRun, and what the run has replayed."""
        return super().measures(rows) | ({"replay": self.config.replay} if self.config.replay else {})

    def booked(self, run_ids: Collection[str]) -> set[str]:
        """Those of the runs that are in the warehouse's books."""
        if not run_ids:
            return set()
        wanted = ", ".join(sql.literal(run_id) for run_id in sorted(run_ids))
        rows = self.ask(
            (f"SELECT r.run_id FROM {LOAD_RUNS.full_name} AS r WHERE r.run_id IN ({wanted})", "run_id string")
        )
        return {row.run_id for row in rows}

    def read(self, query: Query) -> DataFrame:
        """The warehouse's answer as a frame; every action on it asks again."""
        return self.warehouse.read(*query)

    def ask(self, query: Query) -> list[Any]:
        """The warehouse's answer as a list, for few rows."""
        return self.read(query).collect()

    def published_since(self, dataset: Dataset, since: datetime) -> Mapping[str, Any]:
        """Rows of load_files for the dataset's files that were published since, by checksum."""
        if dataset.repeats != "skip":
            return {}
        select = (
            f"SELECT DISTINCT f.checksum, f.run_id, f.first_date, f.last_date FROM {LOAD_FILES.full_name} AS f "
            f"WHERE f.dataset = '{dataset.name}' AND f.state = '{LOADED}' AND f.loaded_at >= {sql.timestamp(since)}"
        )
        rows = self.ask((select, "checksum string, run_id string, first_date date, last_date date"))
        return {row.checksum: row for row in rows}
