"""Redshift's statements whose translation changes much of the text; the cases of fidelity have the others."""

import pytest

from local_glue.job.redshift.dialect import translate

pytestmark = pytest.mark.stack
TABLES = (
    "CREATE TEMP TABLE t (id INT, n INT, name VARCHAR(20), amount DECIMAL(10,2))",
    "INSERT INTO t VALUES (0, 1, 'a', 1.10), (1, 2, 'b ', 2.20), (2, 2, 'b', NULL)",
    "CREATE TEMP TABLE target (id INT, n INT)",
    "INSERT INTO target VALUES (1, 1), (1, 2), (2, 5)",
    "CREATE TEMP TABLE source (id INT, n INT)",
    "INSERT INTO source VALUES (1, 10), (3, 30)",
)
LAST = "QUALIFY ROW_NUMBER() OVER (PARTITION BY n ORDER BY id DESC) = 1"


@pytest.fixture
def run(database_server):
    """Translates and runs statements; the rows of the last."""
    with database_server.connect("dwh", user="loader") as connection:

        def execute(*statements):
            for statement in statements:
                for text in translate(statement).sql:
                    cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else None

        execute(*TABLES)
        yield execute


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        (f"SELECT * FROM source AS s {LAST} ORDER BY s.id", [(1, 10), (3, 30)]),
        (f"SELECT id, n FROM t AS s {LAST} ORDER BY amount, n LIMIT 1", [(0, 1)]),
        (f"SELECT COUNT(*) FROM (SELECT * FROM t AS s {LAST}) AS q", [(2,)]),
        ("SELECT * FROM source AS s JOIN target AS t ON t.id = s.id QUALIFY RANK() OVER (ORDER BY t.n) = 1",
         [(1, 10, 1, 1)]),
    ],
)  # fmt: skip
def test_qualify_adds_no_column(run, statement, rows):
    assert run(statement) == rows


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ('SELECT "ID" AS "Most" FROM "T" WHERE "Name" = \'a    \'', [(0,)]),
        ("SELECT n FROM t GROUP BY name, n HAVING name = 'b   '", [(2,)]),
    ],
)
def test_names_fold_and_blanks_do_not_count(run, statement, rows):
    assert run(statement) == rows
