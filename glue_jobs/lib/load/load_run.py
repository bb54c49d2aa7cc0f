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

    @classmethod
    @contextmanager
    def opened(cls, glue: GlueRun, config: JobConfig, **more: Any) -> Iterator[Self]:
        """Opens a run; at its end the cache is cleared and the session's setting restored."""
        compiles = glue.spark.conf.get(CODEGEN)
        try:
            yield cls(glue, config, Ledger(config.ledger_table), ErrorLog(config), **more)
        finally:
            glue.spark.catalog.clearCache()
            glue.spark.conf.set(CODEGEN, compiles)

    def published_since(self, dataset: Dataset, since: datetime) -> Mapping[str, Any]:
        """Files that a run published before it died, by checksum; none where reading them again changes nothing."""
        return {}

    def copy(self, frame: DataFrame, name: str) -> DataFrame:
        """Writes `frame` to the run's temporary folder; frames made from the copy do not compute it again."""
        path = f"{self.config.temp_prefix}{name}"
        frame.write.mode("overwrite").parquet(path)
        return self.glue.spark.read.schema(frame.schema).parquet(path)

    def keep(self, copied: DataFrame) -> DataFrame:
        """Keeps a copy of few rows (see `suit`) in memory, which saves a dozen sinks many calls to S3 each."""
        return copied.persist() if self.rows <= FEW_ROWS else copied

    def suit(self, rows: int) -> None:
        """Sets `rows`; switches code generation off for few, where compiling a plan takes longer than running it."""
        self.rows = rows
        self.glue.spark.conf.set(CODEGEN, str(rows > FEW_ROWS).lower())

    def small(self, frame: DataFrame) -> DataFrame:
        """Marks a frame about the run's rows for broadcasting, if the rows are few enough (see `suit`)."""
        return F.broadcast(frame) if self.rows <= BROADCAST_ROWS else frame

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
