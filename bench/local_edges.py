"""The edges of a job on local files, so that the benchmark measures the engine alone.

The job's code runs as it is. Replaced, for this process, are what answers boto3 (S3, CloudWatch), the ledger, the
manifests, and the warehouse: a write becomes gzipped CSV files as the connector stages them, a read is answered by
Spark SQL from the catalogue and the stages of this run; every other table is empty. Paths that begin with s3:// lead
to folders of this machine by Hadoop's own view of file systems.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from bench.generate import HEADER, read_delivery
from glue_jobs.lib.contracts.tables import MUSIC_TABLES
from glue_jobs.lib.files.ledger import ACCEPTED, Ledger, LedgerFile
from glue_jobs.lib.load import load_run
from glue_jobs.lib.rows import small_frames
from glue_jobs.lib.run import aws, session
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import GlueRun
from glue_jobs.lib.warehouse import connector, migration, warehouse
from glue_jobs.lib.warehouse.migration import Publication
from local_glue.job.spark import get_session

LAKE = "bench-lake"
FOLDERS = ("archive", "temp", "quarantine", "logs")
ARGUMENTS = (
    *("load_streams", "--JOB_NAME", "load_streams", "--JOB_RUN_ID", "bench", "--datasets", "streams"),
    *("--landing_bucket", "bench-landing", "--lake_bucket", LAKE, "--ledger_table", "bench"),
    *("--redshift_connection", "bench", "--rds_connection", "bench"),
    *(
        "--defaults",
        "from_date=none to_date=none recompute=false dry_run=false full=false replay=none max_reject_rate=0.5 "
        "pending_days=30 new_columns=warn",
    ),
)


@contextmanager
def job_run(source: Path, out: Path) -> Iterator[tuple[GlueRun, JobConfig]]:
    """What `session.job_run` gives a job, on local files.

    Args:
        source: A folder of `bench.generate`.
        out: Where each stage is written, in a folder by the name of its table.
    """
    lake = out / "lake"
    for folder in FOLDERS[1:]:
        (lake / folder).mkdir(parents=True)
    (lake / "archive").symlink_to((source / "landing").resolve())
    config = session.configured(ARGUMENTS)
    spark = _session(lake, out)
    _create_views(spark, source)
    _replace_edges(lake, out, _accepted(source))
    yield GlueRun(_glue_context(spark, _accepted(source)), spark, job=None), config
    spark.stop()


def _session(lake: Path, out: Path) -> SparkSession:
    view = "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme"
    links = {
        f"spark.hadoop.fs.viewfs.mounttable.{LAKE}.link./{folder}": (lake / folder).resolve().as_uri()
        for folder in FOLDERS
    }
    # Java as it comes, as for plain Spark; not with the settings of the laptop, which are for a quick start.
    os.environ.setdefault("LOCAL_GLUE_JVM_OPTIONS", "")
    cores = f"local[{os.cpu_count()}]"
    return get_session(
        {"spark.master": cores, "spark.hadoop.fs.s3.impl": view, "spark.sql.warehouse.dir": f"{out}/warehouse", **links}
    )


def _create_views(spark: SparkSession, source: Path) -> None:
    """The warehouse before the run: users and songs from Parquet, all other tables empty."""
    for schema in ("music", "public"):
        spark.sql(f"CREATE DATABASE {schema}")
    for table in MUSIC_TABLES:
        path = (source / "dims" / f"{table.name}.parquet").resolve()
        present = spark.read.parquet(str(path)).columns if path.exists() else []
        values = {column.name: f"`{column.name}`" if column.name in present else "NULL" for column in table.columns}
        columns = ", ".join(
            f"CAST({values[column.name]} AS {column.spark_type}) AS `{column.name}`" for column in table.columns
        )
        rows = f"FROM parquet.`{path}`" if present else "WHERE false"
        spark.sql(f"CREATE VIEW {table.full_name} AS SELECT {columns} {rows}")


def _accepted(source: Path) -> list[LedgerFile]:
    """The files as the file check would have entered them in the ledger."""
    now = datetime.now(UTC)
    return [
        LedgerFile(
            file_key=f"streams/{file['name']}@1",
            dataset="streams",
            landing_key=f"streams/{file['name']}",
            checksum=file["sha256"],
            header=HEADER,
            lines=file["lines"],
            bytes=file["bytes"],
            state=ACCEPTED,
            reason=None,
            archive_key=f"archive/streams/{file['name']}",
            accepted_at=now,
        )
        for file in read_delivery(source)["files"]
    ]


def _glue_context(spark: SparkSession, files: list[LedgerFile]) -> Any:
    """Answers the one read with a bookmark: the manifests name all files."""

    def from_options(**_: Any) -> Any:
        keys = small_frames.frame_of(spark, [(file.file_key,) for file in files], "file_key string")
        return SimpleNamespace(toDF=lambda: keys)

    return SimpleNamespace(create_dynamic_frame=SimpleNamespace(from_options=from_options), spark_session=spark)


def _replace_edges(lake: Path, out: Path, files: list[LedgerFile]) -> None:
    services = {"s3": LocalS3(lake), "cloudwatch": SimpleNamespace(put_metric_data=lambda **_: None)}
    aws.client = lambda service, **_: services[service]
    load_run.Ledger = lambda _: LocalLedger(files)
    migration.ensure = lambda *_, **__: Publication(version=0, run_id="", published_at=None)
    warehouse.Connector = lambda run, config: LocalConnector(run, config, out)


class LocalS3:
    """The calls of an S3 client that the job makes, on a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803 (boto3's names)
        path = self.root / Key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(Body)

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, *, Prefix: str, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        files = (path for path in sorted((self.root / Prefix).rglob("*")) if path.is_file())
        yield {"Contents": [{"Key": str(path.relative_to(self.root)), "Size": path.stat().st_size} for path in files]}

    def head_object(self, *, Key: str, **_: Any) -> None:  # noqa: N803
        (self.root / Key).stat()


class LocalLedger(Ledger):
    """A ledger of accepted files, in memory."""

    def __init__(self, files: list[LedgerFile]) -> None:
        super().__init__("bench")
        self._files = {file.file_key: file for file in files}

    def get(self, file_keys: Iterable[str]) -> dict[str, LedgerFile]:
        return {key: self._files[key] for key in file_keys}

    def open_files(self, dataset: str, states: Iterable[str] | None = None) -> list[LedgerFile]:
        return [file for file in self._files.values() if states is None or file.state in states]

    def put(self, files: Any) -> None:
        self._files |= {file.file_key: file for file in files}

    def mark(self, files: Any, **_: Any) -> Any:
        return files


class LocalConnector(connector.Connector):
    """Stages as local files; statements around a write have no effect."""

    def __init__(self, run: GlueRun, config: JobConfig, out: Path) -> None:
        super().__init__(run, config)
        self._out = out

    def read(self, query: str, schema: str) -> DataFrame:
        names = small_frames.columns_of(schema)
        rows = self._run.spark.sql(query.replace('"', "`"))
        return rows.selectExpr(*(f"CAST(`{name}` AS {kind}) AS `{name}`" for name, kind in names))

    def write(self, frame: DataFrame, table: str, **_: Any) -> None:
        name = table.removeprefix("public.stage_").rpartition("_")[0]
        path = str((self._out / name).resolve())
        texts = connector._with_times_as_text(frame)
        texts.write.mode("overwrite").option("escape", '"').csv(path, header=True, compression="gzip")
        columns = ", ".join(f"`{field.name}` {field.dataType.simpleString()}" for field in frame.schema)
        options = "header true, escape '\"'"
        self._run.spark.sql(f"CREATE TABLE {table} ({columns}) USING csv OPTIONS ({options}) LOCATION '{path}'")
