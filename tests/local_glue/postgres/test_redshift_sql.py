"""What the database of a warehouse computes as Redshift does, and PostgreSQL does not."""

from decimal import Decimal

import psycopg
import pytest

pytestmark = pytest.mark.stack
ROWS = "(1, 1, 1.00, 1.5, 'a'), (2, 2, 2.01, 2.5, 'a  '), (2, 4, 2.01, 2.5, NULL)"


@pytest.fixture
def ask(database_server):
    """The first row of a SELECT over ROWS, asked by the jobs' user."""
    with database_server.connect("dwh", user="loader") as connection:
        connection.execute("CREATE TEMP TABLE n (i INT, b BIGINT, d DECIMAL(10,2), r REAL, t VARCHAR(30))")
        connection.execute(f"INSERT INTO n VALUES {ROWS}")
        yield lambda columns, rest="": connection.execute(f"SELECT {columns} FROM n {rest}").fetchone()


def describe_strings():
    def it_ignores_trailing_blanks_wherever_strings_are_compared(ask):
        assert ask("COUNT(DISTINCT t), COUNT(*)", "WHERE t = 'a'") == (1, 2)
        assert ask("COUNT(*)", "AS x JOIN n AS y ON x.t = y.t") == (4,)
        assert ask("COUNT(*)", "WHERE t IN (SELECT 'a      ')") == (2,)
        assert ask("COUNT(*) OVER ()", "WHERE t IS NOT NULL GROUP BY t") == (1,)
        assert ask("MAX(place)", "JOIN (SELECT RANK() OVER (ORDER BY UPPER(t)) AS place FROM n WHERE i = 1) AS p "
                   "ON true") == (1,)  # fmt: skip
        assert ask("COUNT(*)", "JOIN (SELECT t FROM n UNION SELECT 'a ') AS u ON u.t = n.t") == (2,)
        assert ask("NULLIF('a', 'a '), 'a' < 'a ', CASE t WHEN 'a     ' THEN 1 END") == (None, False, 1)

    @pytest.mark.parametrize("method", ["hashjoin", "mergejoin", "nestloop"])
    def it_does_so_in_every_kind_of_join(database_server, method):
        with database_server.connect("dwh", user="loader") as connection:
            for name in ("hashjoin", "mergejoin", "nestloop"):
                connection.execute(f"SET enable_{name} = {'on' if name == method else 'off'}")
            connection.execute("CREATE TEMP TABLE k AS SELECT 'a' || repeat(' ', n) AS t FROM generate_series(1, 9) n")
            assert connection.execute("SELECT COUNT(*) FROM k AS x JOIN k AS y ON x.t = y.t").fetchone() == (81,)

    def it_leaves_other_databases_alone(database_server):
        with database_server.connect("shop", user="loader") as connection:
            assert connection.execute("SELECT 'a'::text = 'a '::text, AVG(1.5)").fetchone() == (False, Decimal("1.5"))

    def it_knows_redshifts_functions(ask):
        assert ask("CHARINDEX('b', 'abc'), REPLICATE('a', 2), TEXTLEN('é'), BTRIM(' a ')") == (2, "aa", 1, "a")
        assert ask("STRTOL('0xabcd1234', 16), STRTOL('-11', 2)") == (2882343476, -3)
        assert ask("JSON_EXTRACT_PATH_TEXT('{\"f4\":{\"f6\":\"star\"}}', 'f4', 'f6')") == ("star",)
        assert ask("JSON_EXTRACT_PATH_TEXT('{bad', 'a', true), JSON_EXTRACT_PATH_TEXT('{}', 'a')") == (None, None)


def describe_numbers():
    def it_averages_whole_numbers_to_whole_numbers(ask):
        assert ask("AVG(i), AVG(b), AVG(i::smallint), AVG(DISTINCT i), AVG(-i)") == (1, 2, 1, 1, -1)
        assert ask("AVG(d), AVG(i * 1.0)") == (Decimal("1.67"), Decimal("1.7"))
        assert ask("AVG(i), AVG(d)", "WHERE false") == (None, None)

    def it_adds_up_real_as_double(ask):
        assert ask("SUM(16777216::real + 0 * r), SUM(r)") == (50331648.0, 6.5)
        assert ask("ROUND(2.345::float8, 1), TRUNC(2.39::float8, 1), DLOG10(100)") == (2.3, 2.3, 2.0)

    def it_lists_values_of_any_type(ask):
        assert ask("LISTAGG(i, '-' ORDER BY b), LISTAGG(DISTINCT i, ','), LISTAGG(t, ',' ORDER BY b)") == (
            "1-2-2", "1,2", "a,a  ",
        )  # fmt: skip
        with pytest.raises(psycopg.Error, match="exceeds LISTAGG limit"):
            ask("LISTAGG(REPEAT('x', 30000), ',')")


def test_getdate_and_sysdate_are_in_utc(ask):
    now, started = ask("GETDATE(), SYSDATE()")
    assert now.tzinfo is started.tzinfo is None
    assert now.microsecond == 0


def describe_zone_maps():
    def it_reads_only_blocks_that_may_have_a_time(database_server):
        with database_server.connect("dwh", user="loader") as connection:
            connection.execute('CREATE SCHEMA "odd name"')
            connection.execute('CREATE TABLE "odd name".t (n BIGINT, "at" TIMESTAMP, "day of" DATE)')
            connection.execute(
                "INSERT INTO \"odd name\".t SELECT n, timestamp '2024-01-01' + n * interval '1 minute', "
                "date '2024-01-01' + n / 1440 FROM generate_series(1, 200000) AS n"
            )
            connection.execute('ANALYZE "odd name".t')
            for name in ("at", "day of"):
                plan = connection.execute(
                    f'EXPLAIN SELECT COUNT(*) FROM "odd name".t WHERE "{name}" >= timestamp \'2024-05-18\''
                ).fetchall()
                assert any("Bitmap Index Scan" in line for (line,) in plan)
            connection.rollback()

    def it_joins_rows_that_are_later_than_all_that_it_has_seen_by_hashing(database_server):
        with database_server.connect("dwh", user="loader") as connection:
            connection.execute("CREATE TABLE f (n BIGINT, loaded_at TIMESTAMP); CREATE TABLE d (n BIGINT)")
            connection.execute("INSERT INTO f SELECT n, timestamp '2024-01-01' FROM generate_series(1, 1000) AS n")
            connection.execute("INSERT INTO d SELECT n FROM generate_series(1, 1000) AS n")
            connection.execute("ANALYZE f; ANALYZE d")
            plan = connection.execute(
                "EXPLAIN SELECT COUNT(*) FROM f LEFT JOIN d ON f.n = d.n "
                "WHERE f.loaded_at >= timestamp '2024-02-01' AND d.n IS NULL"
            ).fetchall()
            assert not any("Nested Loop" in line for (line,) in plan)
            connection.rollback()
