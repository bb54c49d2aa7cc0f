"""The command `local-glue query`, run as a user does."""

import pytest

pytestmark = pytest.mark.stack


def describe_query():
    def it_prints_csv_for_programs(up):
        sql = (
            "SELECT 1 AS i, 'a,\"b\"\nc' AS t, TIMESTAMP '2024-06-25 17:43:13' AS at,"
            " TIMESTAMP '2024-06-25 17:43:13.25' AS fine, DATE '2024-06-25' AS d, true AS yes, NULL AS nothing,"
            " 0.1::float8 AS f, 1.50::numeric AS n, TIMESTAMPTZ '2024-06-25 12:00+02' AS z, ''::text AS empty"
        )
        assert up("query", "--csv", sql) == (
            "i,t,at,fine,d,yes,nothing,f,n,z,empty\n"
            '1,"a,""b""\nc",2024-06-25 17:43:13,2024-06-25 17:43:13.250000,2024-06-25,true,,0.1,1.50,'
            "2024-06-25 10:00:00,\n"
        )

    def it_prints_a_header_for_no_rows(up):
        assert up("query", "--csv", "SELECT 1 AS x WHERE false") == "x\n"

    def it_prints_a_table_for_people(up):
        said = up("query", "SELECT 'Beyoncé [live]' AS artist, 3 AS plays, NULL AS note")
        assert "artist" in said
        assert "Beyoncé [live]" in said
        assert "NULL" in said
        assert "(1 row)" in said

    def it_commits_and_reads_standard_input(up):
        assert up("query", "CREATE TABLE public.kept AS SELECT 5 AS x") == "SELECT 1\n"
        assert up("query", "--csv", "-", stdin="SELECT x FROM public.kept") == "x\n5\n"

    def it_explains_errors_in_a_line(up):
        up("query", "SELECT nothing", code=1)
        assert up.errors == 'SQL error: column "nothing" does not exist\n'
        up("query", "-d", "rds", "SELECT 1", code=1)
        assert up.errors == "there is no database rds: choose one of warehouse\n"

    def it_does_not_take_percent_signs_for_parameters(up):
        assert up("query", "--csv", "SELECT '100%' LIKE '%\\%' AS x, 7 % 4 AS y") == "x,y\ntrue,3\n"
