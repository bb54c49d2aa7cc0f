"""The console's query box: it reads, within limits, and cannot write whatever is typed into it."""

import time

import pytest

from local_glue.console import database
from local_glue.errors import LocalGlueError
from tests.local_glue.console.conftest import words

pytestmark = pytest.mark.stack

WRITES = [
    "INSERT INTO box VALUES (2)",
    "DELETE FROM box",
    "CREATE TABLE other (x int)",
    "DROP TABLE box",
    "WITH gone AS (DELETE FROM box RETURNING x) SELECT * FROM gone",
    "SELECT nextval('numbers')",
    "COMMIT; INSERT INTO box VALUES (3)",
    "SELECT 1; COMMIT; BEGIN; INSERT INTO box VALUES (3)",
    "SET TRANSACTION READ WRITE",
    "DO $$ BEGIN SET TRANSACTION READ WRITE; INSERT INTO box VALUES (4); END $$",
    "DO $$ BEGIN PERFORM set_config('transaction_read_only', 'off', true); INSERT INTO box VALUES (4); END $$",
    "DO $$ BEGIN COMMIT; INSERT INTO box VALUES (4); COMMIT; END $$",
    "COPY box TO PROGRAM 'cat'",
    "COPY box TO '/tmp/box.csv'",
    "SELECT pg_read_file('/etc/passwd')",
]


@pytest.fixture(scope="module")
def box(visitor):
    """A table with one row, and a sequence, of the database's user."""
    with visitor.stack.connect() as warehouse:
        warehouse.execute("CREATE TABLE public.box AS SELECT 1 AS x")
        warehouse.execute("CREATE SEQUENCE public.numbers")
        warehouse.execute("ALTER TABLE public.box OWNER TO loader")
        warehouse.execute("ALTER SEQUENCE public.numbers OWNER TO loader")
        yield lambda: warehouse.execute("SELECT array_agg(x) FROM public.box").fetchone()[0]
        warehouse.execute("DROP TABLE public.box")
        warehouse.execute("DROP SEQUENCE public.numbers")


@pytest.mark.parametrize("statement", WRITES)
def test_it_refuses_to_write(visitor, box, statement):
    with pytest.raises(LocalGlueError, match="SQL error"):
        database.query(visitor.stack.home, "warehouse", statement)
    assert box() == [1]


def test_it_shows_rows_and_errors(visitor, box):
    said = words(visitor.post("/database", name="warehouse", sql="SELECT x, NULL AS y, '100%' AS z FROM box;").text)
    assert "1 row x y z 1 NULL 100%" in said
    answer = visitor.post("/database", name="warehouse", sql="SELECT nothing")
    assert answer.status == 400
    assert 'SQL error: column "nothing" does not exist' in words(answer.text)
    assert "box" in visitor.get("/database", name="warehouse")
    assert "choose one of warehouse" in words(visitor.ask("GET", "/database", name="absent").text)


def test_it_does_not_run_what_an_address_says(visitor, box):
    assert "1 row" not in visitor.get("/database", name="warehouse", sql="SELECT 1")


def test_it_stops_after_some_rows(visitor):
    many = "SELECT n FROM generate_series(1, 50000) AS n, generate_series(1, 10000)"
    started = time.monotonic()
    found = database.query(visitor.stack.home, "warehouse", many)
    assert found.names == ["n"]
    assert len(found.rows) == database.ROWS
    assert found.more
    assert time.monotonic() - started < 10


def test_it_stops_after_some_time(visitor, monkeypatch):
    monkeypatch.setattr(database, "TIMEOUT_S", 1)
    with pytest.raises(LocalGlueError, match="statement timeout"):
        database.query(visitor.stack.home, "warehouse", "SELECT pg_sleep(30)")
