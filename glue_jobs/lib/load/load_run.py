"""What the parts of a load share: the run, where it reads and writes, and how long each part took."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.contracts.model import Table
from glue_jobs.lib.contracts.tables import MUSIC_TABLES
from glue_jobs.lib.files.ledger import Ledger
from glue_jobs.lib.run import logs
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.error_log import ErrorLog
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.run.spans import Span
from glue_jobs.lib.warehouse.warehouse import Warehouse

CODEGEN = "spark.sql.codegen.wholeStage"
FEW_ROWS = 250_000
BROADCAST_ROWS = 2_000_000
"""With at most so many rows in the run, what the warehouse has of them is small enough to be sent to every worker."""

Query = tuple[str, str]
"""A SELECT, and its columns as DDL text."""


@dataclass
class LoadRun:
    """One run of a job that loads files into the warehouse.

    Attributes:
        seconds: By phase, for the books.
        rows: About how many rows the run has to do with.
    """

    glue: GlueRun
    config: JobConfig
    ledger: Ledger
    warehouse: Warehouse
    errors: ErrorLog
    seconds: dict[str, float] = field(default_factory=dict)
    rows: int = 0
    _since: float = field(default_factory=time.monotonic)

    @classmethod
    @contextmanager
    def opened(
        cls, glue: GlueRun, config: JobConfig, *, publisher: str = "music", tables: Sequence[Table] = MUSIC_TABLES
    ) -> Iterator[Self]:
        """A run with its warehouse prepared; afterwards the session is as it was.

        Raises:
            ContractError, WarehouseError: See `Warehouse.prepare`.
        """
        warehouse = Warehouse(glue, config, publisher=publisher)
        warehouse.prepare(tables)
        compiles = glue.spark.conf.get(CODEGEN)
        try:
            yield cls(glue, config, Ledger(config.ledger_table), warehouse, ErrorLog(config))
        finally:
            glue.spark.catalog.clearCache()
            glue.spark.conf.set(CODEGEN, compiles)

    @property
    def window(self) -> Span | None:
        """The days that a backfill is about."""
        return Span(self.config.from_date, self.config.to_date) if self.config.is_backfill else None

    def read(self, query: Query) -> DataFrame:
        """The warehouse's answer, asked for by each action on it."""
        return self.warehouse.read(*query)

    def ask(self, query: Query) -> list[Any]:
        """The warehouse's answer of a few rows."""
        return self.read(query).collect()

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
