"""Staging and reading through the connector with real PostgreSQL: tables as contracts say, values that fit."""

import json

import pytest
from warehouse_loads import HOURS, ONE, PLAYS, TABLES, Killed, Load, open_stages, state

from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.rows import small_frames
from glue_jobs.lib.run.errors import ContractError
from glue_jobs.lib.warehouse import sql
from glue_jobs.lib.warehouse.connector import WarehouseError
from glue_jobs.lib.warehouse.warehouse import Warehouse
from local_glue import faults

pytestmark = [pytest.mark.spark, pytest.mark.stack]


def describe_prepare():
    def it_creates_all_tables_of_the_contracts_with_grants_and_a_publication(glue_run, database):
        config, run = glue_run()
        warehouse = Warehouse(run, config)
        warehouse.prepare()
        assert warehouse.publication.version == 0
        granted = database(
            "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'readers' "
            "AND table_schema = 'music' AND privilege_type = 'SELECT'"
        )
        assert granted == [(17,)]
        assert open_stages(database) == []

    def it_writes_nothing_when_nothing_is_missing(glue_run, stack):
        config, run = glue_run()
        Warehouse(run, config).prepare()
        effects = []
        with faults.hook(effects.append):
            Warehouse(run, config).prepare()
        assert effects == []

    def it_gives_an_old_table_the_columns_its_contract_gained(glue_run, database, stack):
        config, run = glue_run()
        with stack.connect("warehouse") as connection:
            connection.execute("CREATE SCHEMA music AUTHORIZATION loader")
            connection.execute("CREATE TABLE music.plays (id bigint NOT NULL, hour timestamp)")
            connection.execute("INSERT INTO music.plays VALUES (1, '2024-01-01')")
            connection.execute("ALTER TABLE music.plays OWNER TO loader")
        Warehouse(run, config).prepare(TABLES)
        assert database("SELECT id, explicit, n FROM music.plays") == [(1, None, None)]
        with stack.connect("warehouse") as connection:
            connection.execute("ALTER TABLE music.plays DROP COLUMN n")
        Warehouse(run, config).prepare(TABLES)
        assert database("SELECT n FROM music.plays") == [(None,)]

    def it_publishes_into_a_table_whose_columns_stand_in_another_order(glue_run, database, stack):
        Load(glue_run)
        with stack.connect("warehouse") as connection:
            connection.execute("ALTER TABLE music.plays DROP COLUMN hour")
        Load(glue_run).stage([(1, ONE, True, 5)], [(ONE, 1)]).publish()
        assert state(database)[0] == [(1, ONE.replace(tzinfo=None), True, 5)]

    def it_refuses_a_column_of_another_type(glue_run, stack):
        Load(glue_run)
        with stack.connect("warehouse") as connection:
            connection.execute("ALTER TABLE music.plays ALTER COLUMN n TYPE text")
        with pytest.raises(ContractError, match=r"music\.plays: column n is read as another type, .* says int"):
            Load(glue_run)

    @pytest.mark.parametrize(
        ("column", "type", "message"),
        [
            ("id", "INTEGER", "column id is read as int, its contract says bigint"),
            ("hour", "DATE", "column hour is read as date, its contract says timestamp"),
        ],
    )
    def it_refuses_a_narrower_column(glue_run, stack, column, type, message):
        Load(glue_run)
        with stack.connect("warehouse") as connection:
            connection.execute(f"ALTER TABLE music.plays ALTER COLUMN {column} TYPE {type}")
        with pytest.raises(ContractError, match=message):
            Load(glue_run)

    def it_refuses_a_table_without_its_key(glue_run, stack):
        Load(glue_run)
        with stack.connect("warehouse") as connection:
            connection.execute("ALTER TABLE music.plays DROP COLUMN id")
        with pytest.raises(ContractError, match=r"music\.plays: key column id is missing"):
            Load(glue_run)

    def it_says_so_at_once_when_the_connection_does_not_exist(glue_run):
        config, run = glue_run(redshift_connection="nowhere")
        with pytest.raises(WarehouseError, match="Glue connection 'nowhere' does not exist"):
            Warehouse(run, config).prepare(TABLES)


def test_nothing_depends_on_what_glue_does_with_null_columns_and_empty_frames(glue_run, database, unkind_glue):
    Load(glue_run).stage([(1, ONE, None, None)], [(ONE, 1)]).publish()
    Load(glue_run).stage([], []).publish()
    plays, hours, runs, files = state(database)
    assert plays == [(1, ONE.replace(tzinfo=None), None, None)]
    assert hours == []
    assert sorted(loaded for _, loaded in runs) == [0, 1]
    assert sorted(loaded for _, loaded in files) == [0, 1]
    warehouse = Load(glue_run).warehouse
    (row,) = warehouse.read("SELECT id, n FROM music.plays", "id bigint, n int").collect()
    assert (row["id"], row["n"]) == (1, None)


def test_keys_can_be_joined_before_the_publish_though_there_are_none(glue_run, unkind_glue):
    warehouse = Load(glue_run).warehouse
    for rows in ([], [(ONE, 1)]):
        hours = small_frames.frame_of(warehouse._run.spark, rows, HOURS).select("hour")
        stage = warehouse.stage_keys(hours, f"keys_{len(rows)}", [HOURS.column("hour")])
        joined = f"SELECT k.hour FROM {stage} AS k JOIN {stage} AS o ON o.hour = k.hour"
        assert warehouse.read(joined, "hour timestamp").count() == len(rows)


LONG = [(1, ONE, "far too long")]
SHORT = Table(
    name="short", grain="", columns=(Column("id", "BIGINT"), Column("hour", "TIMESTAMP"), Column("t", "VARCHAR(3)")),
    key=("id",), publish="merge", dist="EVEN", sort=(), why="",
)  # fmt: skip


@pytest.mark.parametrize("kind", ["provisioned", "serverless"])
def test_a_value_that_does_not_fit_is_named_with_its_table_and_column(glue_run, monkeypatch, kind):
    monkeypatch.setenv("LOCAL_GLUE_REDSHIFT", kind)
    load = Load(glue_run)
    with pytest.raises(WarehouseError) as raised:
        load.warehouse.stage(load.frame(LONG, SHORT), SHORT)
    message = str(raised.value)
    assert message.startswith("writing to public.stage_short_")
    for part in ("String length exceeds DDL length", "far too long"):
        assert part in message
    assert ("column t," if kind == "serverless" else "Column name: t") in message
    assert "\n" not in message


def describe_read():
    def it_gives_the_columns_of_the_schema_for_no_rows_too(glue_run):
        load = Load(glue_run)
        frame = load.warehouse.read("SELECT hour, total FROM music.hours", HOURS.spark_schema)
        assert frame.dtypes == [("hour", "timestamp"), ("total", "bigint")]
        assert frame.collect() == []

    def it_names_the_query_that_fails(glue_run):
        load = Load(glue_run)
        with pytest.raises(WarehouseError, match="nothing_here"):
            load.warehouse.read("SELECT 1 AS one FROM music.nothing_here", "one int")


def describe_stage():
    def it_notes_the_stages_before_they_exist(glue_run, stack, database):
        load = Load(glue_run)

        def kill(name):
            raise Killed

        with pytest.raises(Killed), faults.hook(kill):
            load.warehouse.stage(load.frame([], HOURS), HOURS)
        assert open_stages(database) == []
        key = f"temp/load_streams/{load.config.run_id}/stages.json"
        body = stack.client("s3").get_object(Bucket="music-lake", Key=key)["Body"].read()
        assert json.loads(body) == [sql.stage_name("hours", load.config.run_id)]

    def it_refuses_a_frame_of_another_shape(glue_run):
        load = Load(glue_run)
        frame = load.run.spark.createDataFrame([(1, "x")], "id bigint, hour string")
        with pytest.raises(ContractError, match=r"music\.plays: .*hour is string instead of timestamp.*n is missing"):
            load.warehouse.stage(frame, PLAYS)

    def it_drops_what_a_dead_run_left(glue_run, database):
        load = Load(glue_run).stage([(1, ONE, True, 5)], [(ONE, 1)])
        assert len(open_stages(database)) == 3
        load.warehouse.drop(f"public.{name}" for (name,) in open_stages(database))
        assert open_stages(database) == []
