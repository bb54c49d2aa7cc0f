"""A run's work on the warehouse: read, stage, and publish everything in one transaction.

Each result goes to a stage table of the run, not to its target. The last write is the run's audit row, whose
postactions move the fence, publish all stages into their targets and drop them. A transaction that the connector
repeats after a lost commit reply changes nothing: the stages that it publishes are gone, and it makes empty ones.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.books import book, dry_run, metrics
from glue_jobs.lib.contracts.books import LOAD_FILES, LOAD_RUNS, PUBLICATION
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.contracts.tables import MUSIC_TABLES
from glue_jobs.lib.rows import small_frames
from glue_jobs.lib.run import logs
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.errors import PublishConflictError
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.warehouse import frames, migration, preview, sql
from glue_jobs.lib.warehouse.connector import Connector, WarehouseError
from glue_jobs.lib.warehouse.stages import Stages

CONCURRENT_STAGES = 4
IS_KEY = Column("is_key", "BOOLEAN")
"""Column of stages of keys that is true in all rows but one."""


class Warehouse:
    """One run's view of the tables of one publisher (a schema's jobs share one)."""

    def __init__(self, run: GlueRun, config: JobConfig, *, publisher: str = "music") -> None:
        self._run, self._config, self._publisher = run, config, publisher
        self._connector = Connector(run, config)
        self._stages = Stages(config)
        self._tables: tuple[Table, ...] = ()
        self._publication: migration.Publication | None = None

    @property
    def publication(self) -> migration.Publication:
        """The state of the publisher when `prepare` read it; the fence compares with it."""
        if self._publication is None:
            raise RuntimeError("call Warehouse.prepare before anything else")
        return self._publication

    def prepare(self, tables: Sequence[Table] = MUSIC_TABLES) -> None:
        """Creates what is missing of `tables` and remembers the publication; read the warehouse after it, not before.

        Raises:
            ContractError: A table does not have the shape of its contract.
            WarehouseError: The warehouse cannot be reached.
        """
        self._tables = tuple(dict.fromkeys((*tables, LOAD_RUNS, LOAD_FILES, PUBLICATION)))
        self._publication = migration.ensure(
            self._connector, self._tables, publisher=self._publisher, reader_group=self._config.reader_group
        )

    def read(self, query: str, schema: str) -> DataFrame:
        """The rows of a SELECT with the columns of `schema`; lazy, so each action queries the warehouse again.

        Raises:
            WarehouseError: The warehouse refuses the query.
        """
        return self._connector.read(query, schema)

    def stage(self, frame: DataFrame, table: Table, *, name: str | None = None) -> str:
        """Writes `frame`, unique by the table's key, to the run's stage of `table`; returns the stage's name.

        Raises:
            ContractError: The frame has other columns or types than the table.
            WarehouseError: A value does not fit, or the warehouse cannot be reached.
        """
        stage = sql.stage_name(name or table.name, self._config.run_id)
        self._stages.record({stage: (table.staged, table.dist)})
        self._fill(stage, frames.conformed(frame, table.full_name, table.staged))
        return stage

    def stage_all(self, results: Mapping[Table, DataFrame]) -> None:
        """Stages several tables at a time."""
        stages = {sql.stage_name(table.name, self._config.run_id): table for table in results}
        self._stages.record({stage: (table.staged, table.dist) for stage, table in stages.items()})
        conformed = {
            stage: frames.conformed(results[table], table.full_name, table.staged) for stage, table in stages.items()
        }
        with ThreadPoolExecutor(CONCURRENT_STAGES) as pool:
            writes = [pool.submit(self._fill, stage, frame) for stage, frame in conformed.items()]
        for write in writes:
            write.result()

    def stage_keys(self, frame: DataFrame, name: str, columns: Iterable[Column]) -> str:
        """Writes distinct keys to a separate stage, for joins in later reads and as slices of `publish`.

        The stage also has a row whose keys are NULL, which matches none: later reads need the table, and Glue may not
        create that of an empty frame.

        Returns:
            The stage's qualified name.
        """
        columns = tuple(columns)
        keys = frames.conformed(frame, name, columns).withColumn(IS_KEY.name, F.lit(True))
        # Of this row only `is_key` is sure to reach the table; columns that are NULL in every row may be lost.
        no_key = self._run.spark.range(0, 1, 1, 1).select(F.lit(False).alias(IS_KEY.name))
        stage = sql.stage_name(name, self._config.run_id)
        self._stages.record({stage: ((*columns, IS_KEY), "EVEN")})
        self._fill(stage, keys.unionByName(no_key, allowMissingColumns=True))
        return stage

    def publish(
        self,
        run_book: book.RunBook,
        file_books: Sequence[book.FileBook] = (),
        *,
        tables: Iterable[Table] = (),
        slices: Mapping[str, str] | None = None,
        emptied: Collection[Table] = (),
        carried_runs: DataFrame | None = None,
        loaded_at: datetime | None = None,
        also: Iterable[str] = (),
    ) -> None:
        """Publishes every staged table of `tables` and the books, in one transaction; a dry run tells what it would do.

        Args:
            tables: Tables that were staged, in the order of publishing.
            slices: For a table published by `replace`: its name, and the stage that holds the slices to replace.
            emptied: Tables without slices that are replaced even if their stage is empty; this needs file books.
            carried_runs: Rows of load_runs in addition to this run's own.
            loaded_at: What tables published by `insert` say.
            also: Statements that run after those of the tables; a dry run leaves them out.

        Raises:
            PublishConflictError: Another run published since `prepare`; nothing was published.
            WarehouseError: The warehouse refused; nothing was published.
        """
        staged = dict.fromkeys(tables)
        if file_books:
            self.stage(small_frames.frame_of(self._run.spark, book.file_rows(file_books), LOAD_FILES), LOAD_FILES)
            staged[LOAD_FILES] = None
        audit = small_frames.frame_of(self._run.spark, [book.run_row(run_book)], LOAD_RUNS)
        if carried_runs is not None:
            audit = audit.unionByName(frames.conformed(carried_runs, LOAD_RUNS.full_name, LOAD_RUNS.columns))

        def into_targets(how: ModuleType) -> list[str]:
            found = (self._into_target(how, table, slices or {}, emptied, loaded_at) for table in staged)
            return [text for texts in found for text in texts]

        if self._config.dry_run:
            self.stage(audit.coalesce(1), LOAD_RUNS)
            staged[LOAD_RUNS] = None
            dry_run.tell(self._previewed(into_targets(preview)), run_book, file_books)
            return
        try:
            self._write_audit(audit.coalesce(1), list(staged), [*into_targets(sql), *also])
        except WarehouseError as cause:
            self._explain(cause)
        self._publication = replace(self.publication, version=self.publication.version + 1, run_id=self._config.run_id)
        logs.info("published", version=self.publication.version, tables=[table.full_name for table in staged])
        metrics.publish_run(run_book)

    def merge_alone(self, frame: DataFrame, table: Table) -> None:
        """Merges a few rows into `table` in a separate transaction that does not move the fence.

        It is for tables that no load publishes, so that neither waits for the other or conflicts with it.
        """
        stage = sql.stage_name(table.name, self._config.run_id)
        self._stages.record({stage: (table.columns, table.dist)})
        self._connector.write(
            frames.conformed(frame, table.full_name, table.columns),
            stage,
            preactions=self._stages.fresh(stage),
            postactions=[sql.merge(table, stage), sql.drop_table(stage)],
        )

    def drop(self, stages: Iterable[str]) -> None:
        """Drops stage tables that a dead run left."""
        self._connector.execute([sql.drop_table(stage) for stage in stages], purpose="sweep")

    def _write_audit(self, audit: DataFrame, tables: list[Table], targets: list[str]) -> None:
        own = sql.stage_name(LOAD_RUNS.name, self._config.run_id)
        others, creates = tuple(self._stages), self._stages.missing()
        self._stages.record({own: (LOAD_RUNS.columns, LOAD_RUNS.dist)})
        config = self._config
        fence = sql.fence(self._publisher, version=self.publication.version, run_id=config.run_id, at=datetime.now(UTC))
        grants = sql.grants(self._tables, config.reader_group) if config.reader_group else []
        self._connector.write(
            audit,
            own,
            preactions=[*self._stages.fresh(own), *creates],
            postactions=[fence, *targets, sql.merge(LOAD_RUNS, own), *grants, *map(sql.drop_table, (*others, own))],
            purpose=f"publishing {', '.join(table.full_name for table in (*tables, LOAD_RUNS))}",
        )

    def _previewed(self, selects: list[str]) -> dict[str, dry_run.RowChanges]:
        """What publishing would do to each table; it drops the run's stages."""
        self._connector.execute(self._stages.missing(), purpose="preview")
        found: dict[str, dry_run.RowChanges] = {}
        for row in self.read(preview.all_of(selects), preview.COLUMNS).collect():
            found[row.name] = found.get(row.name, dry_run.RowChanges()) + dry_run.RowChanges(*row[1:])
        self.drop(self._stages)
        return dict(sorted(found.items()))

    def _into_target(
        self,
        how: ModuleType,
        table: Table,
        slices: Mapping[str, str],
        emptied: Collection[Table],
        loaded_at: datetime | None,
    ) -> list[str]:
        """Statements of `sql`, or their counterparts of `preview`."""
        stage = self._stages.find(table, table.name)
        if table.publish == "merge":
            return [how.merge(table, stage)]
        if table.publish == "insert":
            return [how.insert(table, stage, sql.of_run(table, run_id=self._config.run_id, loaded_at=loaded_at))]
        if table.slices:
            if table.name not in slices:
                raise ValueError(f"{table.full_name} is replaced by {table.slices}; name the stage that holds them")
            return how.replace_slices(table, stage, self._stages.find(table, slices[table.name]))
        # load_files has a staged row even if the table's stage is empty.
        return how.replace_all(
            table, stage, if_rows_in=self._stages.find(table, LOAD_FILES.name) if table in emptied else stage
        )

    def _explain(self, cause: WarehouseError) -> None:
        """Raises the error that a failed publish means; returns if it succeeded and only the reply was lost."""
        try:
            question = sql.who_published(self._publisher, self._config.run_id)
            now = self._connector.read(question, migration.WHO_PUBLISHED).first()
        except Exception:
            raise cause from cause.__cause__
        if now is not None and now["mine"] is not None:
            logs.warning("published, though the warehouse's reply was lost", cause=str(cause)[:300])
            return
        if now is not None and now["version"] != self.publication.version:
            raise PublishConflictError(
                f"run {now['run_id']} published to {self._publisher} at {now['published_at']} UTC, after this run had "
                "read the warehouse; nothing of this run was published: start the workflow again"
            ) from cause
        raise cause

    def _fill(self, stage: str, frame: DataFrame) -> None:
        self._connector.write(frame, stage, preactions=self._stages.fresh(stage))
        logs.info("staged", table=stage)
