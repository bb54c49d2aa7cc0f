"""What crosses Glue's frames on its way to and from the warehouse."""

from datetime import UTC, datetime

import pytest

from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.rows import small_frames
from glue_jobs.lib.warehouse import sql
from glue_jobs.lib.warehouse.connector import Connector

pytestmark = [pytest.mark.spark, pytest.mark.stack]
MOMENTS = Table(
    name="moments", grain="", columns=(Column("id", "BIGINT"), Column("at", "TIMESTAMP")), key=("id",), publish="merge",
    dist="EVEN", sort=(), why="",
)  # fmt: skip
STAGE = "public.stage_moments"
ROWS = [(1, datetime(2024, 6, 25, 17, 43, 13, 123456, UTC)), (2, datetime(2024, 6, 25, 17, 43, 13, 0, UTC)), (3, None)]


@pytest.fixture
def glue_of_milliseconds(monkeypatch):
    """Glue whose frames round times to milliseconds, in both directions."""
    from local_glue.job.redshift import connector, reader

    def rounded(frame):
        times = [name for name, kind in frame.dtypes if kind == "timestamp"]
        return frame.selectExpr(
            *(f"date_trunc('MILLISECOND', `{n}`) AS `{n}`" if n in times else f"`{n}`" for n in frame.columns)
        )

    read, write = reader.read, connector.write
    monkeypatch.setattr(reader, "read", lambda *given: rounded(read(*given)))
    monkeypatch.setattr(connector, "write", lambda frame, *given: write(rounded(frame), *given))


@pytest.fixture
def connector(glue_run):
    config, run = glue_run()
    return Connector(run, config)


def test_times_keep_their_microseconds_whatever_glue_makes_of_them(connector, stack, glue_of_milliseconds):
    frame = small_frames.frame_of(connector._run.spark, ROWS, MOMENTS)
    fresh = [sql.drop_table(STAGE), sql.create_stage(MOMENTS.columns, STAGE)]
    connector.write(frame, STAGE, preactions=fresh)
    wanted = [(number, at and at.replace(tzinfo=None)) for number, at in ROWS]
    with stack.connect("warehouse") as database:
        assert database.execute(f"SELECT id, at FROM {STAGE} ORDER BY id").fetchall() == wanted
    read = connector.read(f"SELECT id, at FROM {STAGE}", MOMENTS.spark_schema)
    assert read.dtypes == [("id", "bigint"), ("at", "timestamp")]
    assert sorted(map(tuple, read.collect())) == wanted


def test_a_query_without_times_is_sent_as_it_is():
    assert sql.with_times_as_text("SELECT 1 AS n FROM t", [("n", "int")]) == "SELECT 1 AS n FROM t"
