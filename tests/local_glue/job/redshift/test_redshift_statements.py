"""Statements of Redshift, translated and run: each works, or the error names what the stand-in does not know."""

from datetime import date, datetime
from decimal import Decimal

import psycopg
import pytest

from local_glue.job.redshift.dialect import translate
from local_glue.job.redshift.errors import RefusedError

pytestmark = pytest.mark.stack
TABLES = (
    "CREATE TABLE shop.t (id BIGINT IDENTITY(0,1), n INT, name VARCHAR(20), d DATE, ts TIMESTAMP,"
    " amount DECIMAL(10,2))",
    "INSERT INTO shop.t (n, name, d, ts, amount) VALUES (1, 'a', '2024-01-31', '2024-01-31 10:00', 1.10),"
    " (2, 'b ', '2024-02-29', '2024-02-29 23:59:59', 2.20), (2, 'b', NULL, NULL, NULL)",
    "CREATE TABLE shop.target (id INT, n INT)",
    "INSERT INTO shop.target VALUES (1, 1), (1, 2), (2, 5)",
    "CREATE TABLE shop.source (id INT, n INT)",
    "INSERT INTO shop.source VALUES (1, 10), (3, 30)",
)


@pytest.fixture
def run(standin_stack, standin, standin_warehouse):
    """Translates and runs statements; the rows of the last, if it has any."""
    with standin_stack.connect("warehouse") as connection:

        def execute(*statements):
            cursor = None
            for statement in statements:
                for text in translate(statement).sql:
                    cursor = connection.execute(text)
            return cursor.fetchall() if cursor is not None and cursor.description else None

        execute(*TABLES)
        yield execute


LAST = "QUALIFY ROW_NUMBER() OVER (PARTITION BY n ORDER BY id DESC) = 1"
ANSWERS = {
    "SELECT LISTAGG(n, ',') WITHIN GROUP (ORDER BY n DESC, id) FROM shop.t": [("2,2,1",)],
    "SELECT LISTAGG(DISTINCT n, '-') WITHIN GROUP (ORDER BY n) FROM shop.t": [("1-2",)],
    "SELECT LISTAGG(name) FROM shop.t WHERE n = 1": [("a",)],
    "SELECT ISNULL(d, '2020-01-01'), NVL(NULL, n), NVL2(d, 'x', 'y') FROM shop.t WHERE id = 2": [
        (date(2020, 1, 1), 2, "y")
    ],
    "SELECT DECODE(n, 1, 'one', 2, 'two', 'more'), DECODE(d, NULL, 'none') FROM shop.t WHERE id = 2": [("two", "none")],
    "SELECT CONCAT('a', NULL), CONCAT(name, n) FROM shop.t WHERE n = 1": [(None, "a1")],
    "SELECT LAST_DAY(d), TRUNC(ts), DATEADD(mon, 1, d) FROM shop.t WHERE n = 1": [
        (date(2024, 1, 31), date(2024, 1, 31), datetime(2024, 2, 29))  # noqa: DTZ001
    ],
    "SELECT DATEDIFF(day, '2024-01-31 23:59', ts), DATE_DIFF('qtr', d, '2025-01-01') FROM shop.t WHERE n = 1": [(0, 4)],
    "SELECT DATE_PART(dow, ts), EXTRACT(epoch FROM ts), DATE_TRUNC('month', d) FROM shop.t WHERE n = 1": [
        (3.0, 1706695200, datetime(2024, 1, 1))  # noqa: DTZ001
    ],
    "SELECT SYSDATE > d, GETDATE() > d FROM shop.t WHERE n = 1": [(True, True)],
    "SELECT AVG(n), AVG(amount), MEDIAN(n) FROM shop.t": [(1, Decimal("1.65"), 2.0)],
    "SELECT APPROXIMATE COUNT(DISTINCT n), COUNT(DISTINCT name) FROM shop.t": [(2, 2)],
    "SELECT n, RATIO_TO_REPORT(n) OVER () FROM shop.t ORDER BY id LIMIT 1": [(1, 0.2)],
    "SELECT TOP 1 n FROM shop.t ORDER BY n DESC": [(2,)],
    "SELECT n FROM shop.t MINUS SELECT 1": [(2,)],
    "SELECT TRY_CAST(name AS INT), TRY_CAST('12' AS INT) FROM shop.t WHERE n = 1": [(None, 12)],
    "SELECT CONVERT(VARCHAR(3), n), '1.5'::DECIMAL, CAST('ab' AS VARCHAR(MAX)) FROM shop.t WHERE n = 1": [
        ("1", Decimal(2), "ab")
    ],
    "SELECT TO_CHAR(ts, 'YYYY-MM-DD HH24:MI'), TO_CHAR(125.8, '999.9') FROM shop.t WHERE n = 1": [
        ("2024-01-31 10:00", " 125.8")
    ],
    "SELECT STRTOL('ff', 16), BTRIM(' a '), CHARINDEX('a', 'ba'), LEN('é')": [(255, "a", 2, 1)],
    "SELECT 'it\\'s', 'a\\\\b'": [("it's", "a\\b")],
    'SELECT "ID" AS "Most" FROM "SHOP"."T" WHERE "Name" = \'a    \'': [(0,)],
    "SELECT n FROM shop.t GROUP BY name, n HAVING name = 'b   '": [(2,)],
    "SELECT SUM(n) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) FROM shop.t": [(1,), (3,), (5,)],
    "SELECT FIRST_VALUE(n) RESPECT NULLS OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) FROM shop.t LIMIT 1": [(1,)],
}


@pytest.mark.parametrize("statement", ANSWERS)
def test_redshifts_statements_have_redshifts_answers(run, statement):
    assert run(statement) == ANSWERS[statement]


NOT_SUPPORTED = {
    "SELECT FNV_HASH(n) FROM t": "FNV_HASH",
    "SELECT my_own(n) FROM t": "MY_OWN",
    "SELECT NOW()": "now: use GETDATE",
    "SELECT CURRENT_TIMESTAMP": "GETDATE",
    "SELECT * FROM t PIVOT (COUNT(n) FOR name IN ('a', 'b'))": "PIVOT",
    "SELECT FIRST_VALUE(n IGNORE NULLS) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) FROM t": "IGNORE NULLS",
    'SELECT "table" FROM svv_table_info': "svv_table_info",
    "SELECT * FROM stl_query": "stl_query",
    "SELECT data[0] FROM t": "SUPER",
    "SELECT t.data.key FROM shop.t": "SUPER",
    "SELECT x FROM t, t.items AS x": "SUPER arrays",
    "SELECT * EXCLUDE (a) FROM t": "EXCLUDE",
    "SELECT n FROM t GROUP BY ALL": "GROUP BY ALL",
    "SELECT n + 1 FROM t AS x WHERE 1 = 1 QUALIFY ROW_NUMBER() OVER (ORDER BY n) = 1": "give it a name",
    "CREATE EXTERNAL TABLE s.x (a INT) STORED AS PARQUET LOCATION 's3://a'": "EXTERNAL",
    "CREATE EXTERNAL SCHEMA x FROM DATA CATALOG DATABASE 'y'": "EXTERNAL",
    "CREATE MATERIALIZED VIEW v AS SELECT 1": "materialized",
    "CREATE TABLE t (a GEOMETRY)": "GEOMETRY",
    "UNLOAD ('SELECT 1') TO 's3://x/' IAM_ROLE 'y'": "UNLOAD",
    "COPY t FROM 's3://x' IAM_ROLE 'y'": "COPY",
    "SELECT 5 # 3 AS x": "syntax",
    "ANALYZE COMPRESSION t": "syntax",
    "SET search_path TO x": "SET",
    "MERGE INTO t USING (SELECT 1 AS a) AS s ON t.a = s.a REMOVE DUPLICATES": "of a query",
}


@pytest.mark.parametrize("statement", NOT_SUPPORTED)
def test_what_the_stand_in_does_not_know_is_named(statement):
    with pytest.raises(NotImplementedError, match=NOT_SUPPORTED[statement]):
        translate(statement)


REFUSED = {
    "SELECT NOW() FROM t": "only on the leader node",
    "INSERT INTO t SELECT CURRENT_TIMESTAMP FROM s": "only on the leader node",
    "SELECT CONCAT('a', 'b', 'c')": "CONCAT takes 2",
    "SELECT CONCAT_WS(',', 'a', 'b')": "concat_ws",
    "SELECT COUNT(DISTINCT a, b) FROM t": "several columns",
    "SELECT a -> 'b' FROM t": "operator",
    "SELECT a ~* 'b' FROM t": "operator",
    "SELECT LAG(a, 1, 0) OVER (ORDER BY a) FROM t": "3 arguments",
    "SELECT FIRST_VALUE(a) OVER (ORDER BY a) FROM t": "an explicit frame clause is required",
    "SELECT LAST_VALUE(a) OVER (PARTITION BY b ORDER BY a) FROM t": "an explicit frame clause is required",
    "SELECT SUM(a) OVER (ORDER BY a) FROM t": "an explicit frame clause is required",
    "SELECT SUM(a) OVER (ORDER BY a RANGE UNBOUNDED PRECEDING) FROM t": "only ROWS",
    "SELECT RANK() OVER (ORDER BY a ROWS UNBOUNDED PRECEDING) FROM t": "no frame clause",
    "SELECT RANK() OVER w FROM t WINDOW w AS (ORDER BY a)": "named windows",
    "DELETE FROM t AS x WHERE x.a = 1": "an alias",
    "ALTER TABLE t ADD COLUMN a INT, ADD COLUMN b INT": "one column at a time",
    "ALTER TABLE t ADD COLUMN a INT IDENTITY(1,1)": "IDENTITY",
    "CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS a": "IF NOT EXISTS",
    "CREATE TABLE t (a VARCHAR(5) IDENTITY(1,1))": "INT or BIGINT",
}


@pytest.mark.parametrize("statement", REFUSED)
def test_what_redshift_refuses_though_postgresql_runs_it(statement):
    with pytest.raises(RefusedError, match=REFUSED[statement]):
        translate(statement)


def describe_merge():
    @pytest.mark.parametrize(
        "condition", ["target.id = s.id", "(target.id = s.id)", "((target.id = s.id) AND (target.id = s.id))"]
    )
    def it_takes_awss_own_form(run, condition):
        run(
            "DELETE FROM shop.target WHERE n = 2",
            f"MERGE INTO shop.target USING shop.source AS s ON {condition} "
            "WHEN MATCHED THEN UPDATE SET n = NVL(s.n, 0) WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.n)",
        )
        assert run("SELECT id, n FROM shop.target ORDER BY id") == [(1, 10), (2, 5), (3, 30)]

    def it_removes_duplicates(run):
        run("MERGE INTO shop.target USING shop.source AS s ON target.id = s.id REMOVE DUPLICATES")
        assert run("SELECT id, n FROM shop.target ORDER BY id") == [(1, 10), (2, 5), (3, 30)]

    def it_removes_no_duplicates_of_another_shape_or_by_guessing(run):
        with pytest.raises(psycopg.Error, match="needs the same columns"):
            run("MERGE INTO shop.target USING shop.t AS s ON target.id = s.id REMOVE DUPLICATES")
        with pytest.raises(psycopg.Error, match="REMOVE DUPLICATES where one row of the target"):
            run("INSERT INTO shop.source VALUES (1, 11)",
                "MERGE INTO shop.target USING shop.source ON target.id = source.id REMOVE DUPLICATES")  # fmt: skip

    @pytest.mark.parametrize(
        ("clauses", "named"),
        [
            ("WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT VALUES (s.a)", "not \\*"),
            ("WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT *", "INSERT with VALUES"),
            ("WHEN MATCHED THEN UPDATE SET a = s.data.k WHEN NOT MATCHED THEN INSERT VALUES (s.a)", "SUPER"),
            ("WHEN MATCHED THEN UPDATE SET a = data.k WHEN NOT MATCHED THEN INSERT VALUES (s.a)", "SUPER"),
            ("WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.data.k)", "SUPER"),
            ("WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT VALUES (DEFAULT)", "DEFAULT"),
            ("WHEN MATCHED THEN DELETE REMOVE DUPLICATES", "without WHEN"),
        ],
    )
    def it_refuses(clauses, named):
        with pytest.raises(RefusedError, match=named):
            translate(f"MERGE INTO t USING s ON t.a = s.a {clauses}")


def describe_temporary_tables():
    def it_makes_them_by_name(run):
        run("CREATE TABLE #Mine (a INT)", "INSERT INTO #mine SELECT n FROM shop.t", "SELECT a INTO #other FROM #mine",
            "CREATE TABLE #third AS SELECT NVL(a, 0) AS a FROM #mine", "DELETE #mine")  # fmt: skip
        assert run("SELECT COUNT(*), SUM(#third.a) FROM #third, #mine") == [(0, None)]
        kinds = "SELECT relpersistence FROM pg_class WHERE relname IN ('#mine', '#other', '#third')"
        assert run(kinds) == [("t",)] * 3

    @pytest.mark.parametrize("word", ["LOCAL TEMP", "LOCAL TEMPORARY", "TEMP"])
    def it_makes_them_by_keyword(run, word):
        run(f"CREATE {word} TABLE mine (a INT)", "INSERT INTO mine VALUES (1)")
        assert run("SELECT a FROM mine") == [(1,)]


def describe_tables():
    def it_numbers_rows_from_zero_and_takes_no_number(run):
        assert run("SELECT id FROM shop.t ORDER BY id") == [(0,), (1,), (2,)]
        with pytest.raises(psycopg.Error, match="cannot insert a non-DEFAULT value"):
            run("INSERT INTO shop.t (id) VALUES (7)")

    def it_folds_quoted_names(run):
        run('CREATE TABLE "SHOP"."Mixed" ("CamelCase" INT)', "INSERT INTO shop.mixed (camelcase) VALUES (1)")
        assert run('SELECT "CAMELCASE" FROM shop."MIXED"') == [(1,)]

    @pytest.mark.parametrize("delete", ["DELETE shop.t WHERE n = 2", "DELETE FROM shop.t WHERE n = 2"])
    def it_deletes_with_and_without_from(run, delete):
        run(delete)
        assert run("SELECT n FROM shop.t") == [(1,)]


def describe_qualify():
    @pytest.mark.parametrize(
        ("statement", "rows"),
        [
            (f"SELECT * FROM shop.source AS s {LAST} ORDER BY s.id", [(1, 10), (3, 30)]),
            (f"SELECT id, n FROM shop.t AS s {LAST} ORDER BY amount, n LIMIT 1", [(0, 1)]),
            ("SELECT s.*, RANK() OVER (ORDER BY n DESC) AS p FROM shop.source AS s QUALIFY p = 1", [(3, 30, 1)]),
            (f"SELECT COUNT(*) FROM (SELECT * FROM shop.t AS s {LAST}) AS q", [(2,)]),
            ("SELECT * FROM shop.source AS s JOIN shop.target AS t ON t.id = s.id "
             "QUALIFY RANK() OVER (ORDER BY t.n) = 1", [(1, 10, 1, 1)]),
        ],
    )  # fmt: skip
    def it_adds_no_column(run, statement, rows):
        assert run(statement) == rows
