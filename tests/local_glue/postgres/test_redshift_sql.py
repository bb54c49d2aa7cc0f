"""What the database of a warehouse computes as Redshift does, and PostgreSQL does not."""

from datetime import date, datetime
from decimal import Decimal

import psycopg
import pytest

from local_glue.config import Database
from local_glue.postgres import cluster

pytestmark = pytest.mark.stack
DATABASES = [Database("warehouse", "redshift", "dwh", "loader"), Database("rds", "postgresql", "shop", "loader")]
ROWS = "(1, 1, 1.00, 1.5, 'a'), (2, 2, 2.01, 2.5, 'a  '), (2, 4, 2.01, 2.5, NULL)"


@pytest.fixture(scope="session")
def database_server(tmp_path_factory):
    server = cluster.start(tmp_path_factory.mktemp("home"), DATABASES)
    yield server
    cluster.stop(server.as_dict())


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

    def it_keeps_the_blanks_themselves(ask):
        assert ask("LEN('a  '), 'a  ' || 'b', t", "WHERE i = 2") == (3, "a  b", "a  ")
        assert ask("'a  ' LIKE 'a'") == (False,)

    def it_leaves_other_databases_alone(database_server):
        with database_server.connect("shop", user="loader") as connection:
            assert connection.execute("SELECT 'a'::text = 'a '::text, AVG(1.5)").fetchone() == (False, Decimal("1.5"))

    def it_cuts_after_bytes_and_knows_letters_beyond_ascii(ask):
        assert ask("CAST('éééa' AS VARCHAR(5)), 'éa'::varchar(4)") == ("éé", "éa")
        assert ask("UPPER('é'), LOWER('ÉA'), INITCAP('élan vital')") == ("É", "éa", "Élan Vital")

    def it_replaces_every_match_and_finds_nothing_as_an_empty_string(ask):
        assert ask("REGEXP_REPLACE('aaa', 'a', 'b'), REGEXP_REPLACE('abab', 'b')") == ("bbb", "aa")
        assert ask("REGEXP_REPLACE('abcabc', 'B', 'x', 3, 'i'), REGEXP_SUBSTR('x1', '[a-c]')") == ("abcaxc", "")

    def it_knows_redshifts_functions(ask):
        assert ask("CHARINDEX('b', 'abc'), REPLICATE('a', 2), TEXTLEN('é'), BTRIM(' a ')") == (2, "aa", 1, "a")
        assert ask("STRTOL('0xabcd1234', 16), STRTOL('-11', 2)") == (2882343476, -3)
        assert ask("JSON_EXTRACT_PATH_TEXT('{\"f4\":{\"f6\":\"star\"}}', 'f4', 'f6')") == ("star",)
        assert ask("JSON_EXTRACT_PATH_TEXT('{bad', 'a', true), JSON_EXTRACT_PATH_TEXT('{}', 'a')") == (None, None)

    def it_casts_no_boolean_to_a_string(ask):
        for text in ("true::varchar", "CAST(i = 1 AS TEXT)", "(i = 1) || 'x'"):
            with pytest.raises(psycopg.errors.CannotCoerce, match="cannot cast type boolean to character varying"):
                ask(text)


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


DATES = {
    "DATEDIFF('year', '2008-12-31', '2009-01-01')": 1,
    "DATEDIFF('hour', '2009-01-01 8:30', '2009-01-01 10:00')": 2,
    "DATEDIFF('qtr', '1998-07-01', '2024-01-01')": 102,
    "DATEDIFF('week', '2009-01-01', '2009-12-31')": 52,
    "DATEDIFF('day', '2024-06-25 23:59', '2024-06-25')": 0,
    "DATEADD('month', 1, '2024-01-31')": datetime(2024, 2, 29),  # noqa: DTZ001
    "DATEADD('d', -1, DATE '2024-03-01')": datetime(2024, 2, 29),  # noqa: DTZ001
    "ADD_MONTHS('2024-02-29', 1)": datetime(2024, 3, 31),  # noqa: DTZ001
    "MONTHS_BETWEEN('2024-03-31', '2024-02-29')": 1.0,
    "LAST_DAY('2024-02-10')": date(2024, 2, 29),
    "NEXT_DAY('2024-06-25', 'Tue')": date(2024, 7, 2),
    "TRUNC(TIMESTAMP '2024-06-25 23:59')": date(2024, 6, 25),
    "DATE_TRUNC('month', DATE '2024-06-25')": datetime(2024, 6, 1),  # noqa: DTZ001
    "EXTRACT(second FROM TIMESTAMP '2024-06-25 00:00:59.75')": 59,
    "EXTRACT(month FROM DATE '2024-05-01') / 2": 2,
    "EXTRACT(dw FROM DATE '2024-06-25')": 2,
    "CONVERT_TIMEZONE('America/New_York', TIMESTAMP '2024-06-25 12:00')": datetime(2024, 6, 25, 8),  # noqa: DTZ001
}


def describe_dates():
    @pytest.mark.parametrize("expression", DATES)
    def it_computes(ask, expression):
        assert ask(expression) == (DATES[expression],)

    def it_has_getdate_and_sysdate_in_utc(ask):
        now, started = ask("GETDATE(), SYSDATE()")
        assert now.tzinfo is started.tzinfo is None
        assert now.microsecond == 0

    @pytest.mark.parametrize(
        ("expression", "named"),
        [
            ("DATEDIFF('week', '2024-06-23', '2024-06-24')", "week"),
            ("DATE_PART('second', TIMESTAMP '2024-06-25 00:00:00.5')", "fractions"),
            ("EXTRACT(ms FROM TIMESTAMP '2024-06-25')", "ms"),
            ("DATEADD('fortnight', 1, '2024-06-25')", "fortnight"),
            ("CONVERT_TIMEZONE('UTC+8', 'UTC', '2024-06-25')", "offsets"),
            ("LEFT('abc', -1)", "negative"),
            ("REGEXP_REPLACE('a', '(a)', '\\1')", "replacement"),
            ("REGEXP_SUBSTR('a', 'a', 1, 1, 'p')", "parameters"),
        ],
    )
    def it_refuses_what_nobody_documents(ask, expression, named):
        with pytest.raises(psycopg.errors.FeatureNotSupported, match=f"local_glue does not support .*{named}"):
            ask(expression)
