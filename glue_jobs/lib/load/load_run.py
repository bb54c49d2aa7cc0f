"""What the parts of a load share: the run, where it reads and writes, and how long each part took."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.books import LOAD_FILES
from glue_jobs.lib.contracts.model import Dataset, Table
from glue_jobs.lib.files.ledger import LOADED, Ledger
from glue_jobs.lib.run import logs
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.error_log import ErrorLog
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.run.spans import Span
from glue_jobs.lib.warehouse import sql
from glue_jobs.lib.warehouse.warehouse import Warehouse

CODEGEN = "spark.sql.codegen.wholeStage"
FEW_ROWS = 250_000
BROADCAST_ROWS = 2_000_000
"""With at most so many rows in the run, what the warehouse has of them is small enough to be sent to every worker."""

Query = tuple[str, str]
"""A SELECT, and its columns as DDL text."""


@dataclass
class LoadRun:
    """One run of a job that loads files.

    Attributes:
        window: The days that a backfill is about, None for a run that loads what is new.
        seconds: By phase, for the books.
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

    @classmethod
    @contextmanager
    def opened(cls, glue: GlueRun, config: JobConfig, **more: Any) -> Iterator[Self]:
        """A run; afterwards the session is as it was."""
        compiles = glue.spark.conf.get(CODEGEN)
        try:
            yield cls(glue, config, Ledger(config.ledger_table), ErrorLog(config), **more)
        finally:
            glue.spark.catalog.clearCache()
            glue.spark.conf.set(CODEGEN, compiles)

    def published_since(self, dataset: Dataset, since: datetime) -> Mapping[str, Any]:
        """By checksum, files that a run published before it died; none where reading them again changes nothing."""
        return {}

    def copy(self, frame: DataFrame, name: str) -> DataFrame:
        """Writes `frame` once to the run's temporary folder; what is made of the copy does not compute it again."""
        path = f"{self.config.temp_prefix}{name}"
        frame.write.mode("overwrite").parquet(path)
        return self.glue.spark.read.schema(frame.schema).parquet(path)

    def keep(self, copied: DataFrame) -> DataFrame:
        """A copy of few rows (see `suit`) in memory: a dozen sinks would else open its files on S3, many calls each."""
        return copied.persist() if self.rows <= FEW_ROWS else copied

    def suit(self, rows: int) -> None:
        """Has the session interpret what is small: compiling a plan takes longer than running it over few rows."""
        self.rows = rows
        self.glue.spark.conf.set(CODEGEN, str(rows > FEW_ROWS).lower())

    def small(self, frame: DataFrame) -> DataFrame:
        """Marks a frame about the run's rows for broadcasting, if these are few enough (see `suit`)."""
        return F.broadcast(frame) if self.rows <= BROADCAST_ROWS else frame

    def done(self, phase: str) -> None:
        """A phase of the run ends now."""
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
        """A run with its warehouse prepared.

        Raises:
            ContractError, WarehouseError: See `Warehouse.prepare`.
        """
        warehouse = Warehouse(glue, config, publisher=publisher)
        warehouse.prepare(tables)
        window = Span(config.from_date, config.to_date) if config.is_backfill else None
        with cls.opened(glue, config, warehouse=warehouse, window=window) as run:
            yield run

    def read(self, query: Query) -> DataFrame:
        """The warehouse's answer, asked for by each action on it."""
        return self.warehouse.read(*query)

    def ask(self, query: Query) -> list[Any]:
        """The warehouse's answer of a few rows."""
        return self.read(query).collect()

    def published_since(self, dataset: Dataset, since: datetime) -> Mapping[str, Any]:
        """By checksum, the row of load_files of each file of the dataset that was published since."""
        if dataset.repeats != "skip":
            return {}
        select = (
            f"SELECT DISTINCT f.checksum, f.run_id, f.first_date, f.last_date FROM {LOAD_FILES.full_name} AS f "
            f"WHERE f.dataset = '{dataset.name}' AND f.state = '{LOADED}' AND f.loaded_at >= {sql.timestamp(since)}"
        )
        rows = self.ask((select, "checksum string, run_id string, first_date date, last_date date"))
        return {row.checksum: row for row in rows}
