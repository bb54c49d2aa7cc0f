"""A lake and a warehouse of local files, for jobs that run without S3, connection and bookmark."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs import load_sparkify
from glue_jobs.lib.contracts.model import Dataset, Table
from glue_jobs.lib.files import archive
from glue_jobs.lib.files.ledger import ACCEPTED, LedgerFile
from glue_jobs.lib.load import replay
from glue_jobs.lib.load.inputs import Inputs
from glue_jobs.lib.load.load_run import WarehouseRun
from glue_jobs.lib.rows import raw_lines
from glue_jobs.lib.run import session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.warehouse import sql
from glue_jobs.lib.warehouse.stages import Stages
from glue_jobs.lib.warehouse.warehouse import Warehouse
from tests.glue_jobs.lib.configs import STARTED
from tests.workflows.star_samples import Record, lines

STORED = "archive/{dataset}/2018/11/05/{number}.json"


class LocalFiles:
    """What load_sparkify reads and writes, as files below `folder`.

    Reads and writes end in DynamicFrames of whatever `awsglue` there is; behind these stand Parquet files, one folder a
    table, in place of the connection.

    Attributes:
        book: What the last run booked.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.book: Any = None
        self._waiting: list[LedgerFile] = []
        self._delivered = 0
        real, here = raw_lines.read_lines, f"^file:/+{re.escape(str(folder).removeprefix('/'))}"

        def read_lines(*given: Any) -> DataFrame:
            return real(*given).withColumn("path", F.regexp_replace("path", here, "s3:/"))

        for owner, name, value in (
            (archive, "paths_to_read", lambda bucket, keys: [f"file://{folder}/{bucket}/{key}" for key in keys]),
            (raw_lines, "read_lines", read_lines),
            (JobConfig, "temp_prefix", property(lambda config: f"file://{folder}/temp/{config.run_id}/")),
            (session, "delete_temporary_files", lambda config: None),
            (load_sparkify, "choose_inputs", self._choose),
            (load_sparkify, "settle", self._settle),
            (WarehouseRun, "on_warehouse", self._on_warehouse),
            (Stages, "record", lambda stages, more: stages._shapes.update(more)),
            (replay, "finish_former", lambda run, dataset: None),
            (Warehouse, "publish", self._publish),
        ):
            monkeypatch.setattr(owner, name, value)

    def deliver(self, dataset: Dataset, *records: Record) -> None:
        """Leaves a file in the archive, as validate_files does."""
        self._delivered += 1
        key = STORED.format(dataset=dataset.name, number=self._delivered)
        path, text = self.folder / "music-lake" / key, lines(records)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        names = {"file_key": f"{key}@1", "dataset": dataset.name, "landing_key": key, "checksum": key, "header": ""}
        counts = {"lines": len(records), "bytes": len(text), "state": ACCEPTED, "reason": None}
        self._waiting.append(LedgerFile(**names, **counts, archive_key=key, accepted_at=STARTED))

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """What the warehouse holds of a table, in the order of its key; times are text."""
        frame = self._table(table.full_name).orderBy(*table.key)
        return [row.asDict() for row in frame.collect()]

    def _choose(self, run: WarehouseRun, dataset: Dataset) -> Inputs:
        return Inputs(dataset, tuple(file for file in self._waiting if file.dataset == dataset.name))

    def _settle(self, run: WarehouseRun, delivered: Any, counted: Any) -> None:
        self._waiting = [file for file in self._waiting if file.dataset != delivered.inputs.dataset.name]

    @contextmanager
    def _on_warehouse(self, glue: session.GlueRun, config: JobConfig, **_: Any) -> Iterator[WarehouseRun]:
        self.glue, self.config = glue, config
        glue.glue_context.create_dynamic_frame = SimpleNamespace(from_options=self._read)
        glue.glue_context.write_dynamic_frame = SimpleNamespace(from_options=self._write)
        yield WarehouseRun(glue, config, None, None, warehouse=Warehouse(glue, config, publisher="sparkify"))

    def _read(self, *, connection_type: str, connection_options: dict[str, str]) -> Any:
        """The whole table that a query is about: more rows than it asks for change no result."""
        from awsglue.dynamicframe import DynamicFrame

        name = re.search(r"FROM (\w+\.\w+)", connection_options["sampleQuery"])[1]
        return DynamicFrame.fromDF(self._table(name), self.glue.glue_context, "read")

    def _write(self, *, frame: Any, connection_type: str, connection_options: dict[str, str]) -> None:
        frame.toDF().write.parquet(f"file://{self.folder}/{connection_options['dbtable']}")

    def _publish(self, book: Any, file_books: Any = (), *, tables: Iterable[Table] = (), **_: Any) -> None:
        """Merges each stage into its table by the table's key."""
        self.book = book
        for table in tables:
            staged = self._table(sql.stage_name(table.name, self.config.run_id))
            kept = self._table(table.full_name)
            if set(table.key) <= set(kept.columns):
                staged = staged.unionByName(kept.join(staged, list(table.key), "left_anti"), allowMissingColumns=True)
            staged.localCheckpoint().write.mode("overwrite").parquet(f"file://{self.folder}/{table.full_name}")

    def _table(self, name: str) -> DataFrame:
        """A table's rows; none, and another column, if it is not there yet."""
        spark, path = self.glue.spark, self.folder / name
        return spark.read.parquet(f"file://{path}") if path.exists() else spark.range(0)
