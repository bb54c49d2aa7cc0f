"""SQL text: one line, no traps of the connector, valid in Redshift; on PostgreSQL it has the described effect."""

import re
from datetime import UTC, date, datetime

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.dialects.redshift import Redshift

from glue_jobs.lib.contracts.books import PUBLICATION
from glue_jobs.lib.contracts.kpis import GENRE_KPIS, HOURLY_KPIS
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.contracts.music import SONGS, STREAMS, USERS
from glue_jobs.lib.contracts.tables import MUSIC_TABLES
from glue_jobs.lib.run.errors import ConfigError
from glue_jobs.lib.run.spans import Span
from glue_jobs.lib.warehouse import preview, probes, sql

DAY = date(2024, 6, 25)
AT = datetime(2024, 6, 25, 4, 0, 0, 123456, tzinfo=UTC)


def all_statements() -> list[str]:
    statements = [
        sql.create_schema("music"),
        *sql.grants(MUSIC_TABLES, "readers"),
        sql.open_publication("music"),
        sql.fence("music", version=7, run_id="jr_'1", at=AT),
        probes.of_tables(MUSIC_TABLES, "music"),
        sql.replace_all(GENRE_KPIS, "public.stage_g", if_rows_in="public.stage_g")[0],
        sql.drop_table("public.stage_g"),
    ]
    for table in MUSIC_TABLES:
        stage = sql.stage_name(table.name, "jr_1")
        statements += [
            sql.create_table(table),
            sql.create_stage(table.columns, stage, dist=table.dist, if_missing=True),
            sql.add_column(table, table.columns[-1]),
            sql.merge(table, stage),
            *(
                sql.replace_slices(table, stage, "public.slices")
                if table.slices
                else sql.replace_all(table, stage, if_rows_in=stage)
            ),
            *previews(table, stage),
            probes.of_column(table, table.columns[0], "music"),
        ]
    return statements


def previews(table: Table, stage: str) -> list[str]:
    if table.slices:
        return [preview.all_of(preview.replace_slices(table, stage, "public.slices"))]
    return [preview.all_of(preview.replace_all(table, stage, if_rows_in=stage)), preview.insert(table, stage, {})]


@pytest.mark.parametrize("statement", all_statements(), ids=lambda text: text[:60])
def test_every_statement_is_one_redshift_can_parse_and_the_connector_keeps_whole(statement):
    assert not set(statement) & set(";%\n?")
    for dialect in ("redshift", "postgres"):
        if dialect == "redshift" or "DISTSTYLE" not in statement:
            assert len(sqlglot.parse(statement, read=dialect)) == 1


def test_reserved_words_among_the_columns_are_quoted():
    names = {name for table in MUSIC_TABLES for name in table.column_names}
    assert names & Redshift.Generator.RESERVED_KEYWORDS <= sql.RESERVED
    assert '"explicit" BOOLEAN' in sql.create_table(SONGS)


def describe_create_table():
    def it_keeps_types_sizes_keys_and_the_physical_layout():
        assert sql.create_table(STREAMS) == (
            "CREATE TABLE IF NOT EXISTS music.streams (user_id BIGINT NOT NULL, track_id VARCHAR(64) NOT NULL, "
            "listen_time TIMESTAMP NOT NULL, source_file VARCHAR(1100), run_id VARCHAR(255), loaded_at TIMESTAMP) "
            "DISTSTYLE KEY DISTKEY(user_id) SORTKEY(listen_time)"
        )


def describe_merge():
    def it_has_the_form_that_redshift_and_postgresql_share():
        assert sql.merge(PUBLICATION, "public.s_1") == (
            "MERGE INTO music.publication USING public.s_1 AS s ON publication.name = s.name "
            "WHEN MATCHED THEN UPDATE SET version = s.version, run_id = s.run_id, published_at = s.published_at "
            "WHEN NOT MATCHED THEN INSERT (name, version, run_id, published_at) "
            "VALUES (s.name, s.version, s.run_id, s.published_at)"
        )

    def it_names_no_key_column_in_the_update():
        tree = sqlglot.parse_one(sql.merge(STREAMS, "public.s_1"), read="redshift")
        updated = {assignment.this.name for assignment in tree.find(exp.Update).expressions}
        assert updated == {"source_file", "run_id", "loaded_at"}


def describe_replace():
    def it_deletes_the_slices_then_inserts_by_name():
        delete, insert = sql.replace_slices(HOURLY_KPIS, "public.s_1", "public.hours_1")
        assert delete == "DELETE FROM music.hourly_kpis USING public.hours_1 AS s WHERE hourly_kpis.hour = s.hour"
        assert insert.startswith("INSERT INTO music.hourly_kpis (hour, unique_listeners, ")

    def it_empties_a_whole_table_only_for_a_stage_that_has_rows():
        assert sql.replace_all(GENRE_KPIS, "public.s_1", if_rows_in="public.s_1")[0] == (
            "DELETE FROM music.genre_kpis WHERE EXISTS (SELECT 1 FROM public.s_1)"
        )


def describe_names_and_literals():
    def it_gives_each_run_its_own_stages():
        names = {sql.stage_name("users", run) for run in ("jr_1", "jr_2")}
        assert len(names) == 2
        assert all(re.fullmatch(r"public\.stage_users_[0-9a-f]{12}", name) for name in names)

    @pytest.mark.parametrize("text", ["a;b", "100%", "a\nb", "why?", "a\\b"])
    def it_refuses_text_that_the_connector_would_garble(text):
        with pytest.raises(ConfigError):
            sql.literal(text)

    @pytest.mark.parametrize("name", ["Readers", "a b", "x;drop", "", 'a"b'])
    def it_refuses_names_that_are_none(name):
        with pytest.raises(ConfigError):
            sql.identifier(name)

    def it_writes_times_in_utc():
        assert sql.timestamp(AT) == "TIMESTAMP '2024-06-25 04:00:00.123456'"


def describe_conditions():
    def it_includes_the_whole_last_day():
        assert sql.times_within("t", [Span(DAY, date(2024, 6, 26)), Span(None, DAY)]) == (
            "((t >= TIMESTAMP '2024-06-25 00:00:00.000000' AND t < TIMESTAMP '2024-06-27 00:00:00.000000')"
            " OR (t < TIMESTAMP '2024-06-26 00:00:00.000000'))"
        )

    def it_knows_dates():
        assert sql.dates_within("d", [Span(DAY, None)]) == "((d >= DATE '2024-06-25'))"

    def it_selects_all_or_nothing():
        assert sql.times_within("t", [Span(None, None)]) == "((t IS NOT NULL))"
        assert sql.times_within("t", []) == "(1 = 0)"


THINGS = Table(
    name="things",
    grain="one row a thing",
    columns=(Column("id", "BIGINT"), Column("hour", "TIMESTAMP"), Column("explicit", "BOOLEAN")),
    key=("id",),
    publish="replace",
    slices=("hour",),
    dist="KEY(id)",
    sort=("hour",),
    why="a test",
)


@pytest.mark.stack
def describe_on_postgresql():
    @pytest.fixture
    def warehouse(stack):
        from local_glue.job.redshift.dialect import translate

        with stack.connect("warehouse") as connection:

            def run(*statements):
                cursor = None
                for statement in statements:
                    for text in translate(statement).sql:
                        cursor = connection.execute(text)
                return cursor.fetchall() if cursor.description else cursor.rowcount

            run(
                sql.create_schema("music"),
                *(sql.create_table(table) for table in (*MUSIC_TABLES, THINGS)),
                sql.open_publication("music"),
            )
            yield run

    def it_creates_everything_twice_and_grants(warehouse):
        warehouse(*(sql.create_table(table) for table in MUSIC_TABLES), *sql.grants(MUSIC_TABLES, "readers"))
        warehouse(sql.open_publication("music"))
        assert warehouse("SELECT name, version FROM music.publication") == [("music", 0)]

    def it_merges_rows_old_and_new(warehouse):
        warehouse(
            "INSERT INTO music.users (user_id, user_name) VALUES (1, 'old'), (2, 'kept')",
            sql.create_stage(USERS.columns, "public.s_1", dist=USERS.dist),
            "INSERT INTO public.s_1 (user_id, user_name) VALUES (1, 'new'), (3, 'added')",
        )
        for _ in range(2):
            warehouse(sql.merge(USERS, "public.s_1"))
            rows = warehouse("SELECT user_id, user_name FROM music.users ORDER BY user_id")
            assert rows == [(1, "new"), (2, "kept"), (3, "added")]

    def it_replaces_slices_and_leaves_others(warehouse):
        warehouse(
            "INSERT INTO music.things (id, hour) VALUES (1, '2024-01-01 01:00'), (2, '2024-01-01 02:00')",
            sql.create_stage(THINGS.columns, "public.s_1"),
            "INSERT INTO public.s_1 (id, hour) VALUES (3, '2024-01-01 02:00')",
            sql.create_stage([THINGS.column("hour")], "public.s_2"),
            "INSERT INTO public.s_2 VALUES ('2024-01-01 02:00')",
            *sql.replace_slices(THINGS, "public.s_1", "public.s_2"),
        )
        assert warehouse("SELECT id FROM music.things ORDER BY id") == [(1,), (3,)]

    def it_moves_the_fence_once_and_lets_the_same_run_pass_again(warehouse):
        for _ in range(2):
            warehouse(sql.fence("music", version=0, run_id="jr_1", at=AT))
            assert warehouse("SELECT version, run_id FROM music.publication") == [(1, "jr_1")]

    def it_fails_the_transaction_of_whoever_comes_second(warehouse):
        import psycopg

        warehouse(sql.fence("music", version=0, run_id="jr_1", at=AT))
        with pytest.raises(psycopg.errors.DivisionByZero):
            warehouse(sql.fence("music", version=0, run_id="jr_2", at=AT))

    def it_probes_every_column_of_empty_tables_in_one_row(warehouse):
        rows = warehouse(probes.of_tables(MUSIC_TABLES, "music"))
        assert len(rows) == 1
        assert rows[0][0] == 0
        assert len(warehouse(probes.of_column(USERS, USERS.columns[0], "music"))) == 1
