"""Staging and publishing through the connector into real PostgreSQL: all or nothing, once, against one version."""

import json
from datetime import UTC, datetime

import psycopg
import pytest

from glue_jobs.lib.books import book
from glue_jobs.lib.contracts.books import LOAD_RUNS
from glue_jobs.lib.contracts.kpis import GENRE_KPIS, USER_DAYS
from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.rows import small_frames
from glue_jobs.lib.run.errors import ContractError, PublishConflictError
from glue_jobs.lib.warehouse import sql
from glue_jobs.lib.warehouse.connector import WarehouseError
from glue_jobs.lib.warehouse.warehouse import Warehouse
from local_glue import faults
from local_glue.job.redshift.errors import RedshiftError

pytestmark = [pytest.mark.spark, pytest.mark.stack]

PLAYS = Table(
    name="plays",
    grain="one row a play",
    columns=(
        Column("id", "BIGINT"),
        Column("hour", "TIMESTAMP"),
        Column("explicit", "BOOLEAN"),
        Column("n", "INTEGER"),
    ),
    key=("id",),
    publish="merge",
    dist="KEY(id)",
    sort=("hour",),
    why="a test",
)
HOURS = Table(
    name="hours",
    grain="one row an hour",
    columns=(Column("hour", "TIMESTAMP"), Column("total", "BIGINT")),
    key=("hour",),
    publish="replace",
    slices=("hour",),
    dist="ALL",
    sort=("hour",),
    why="a test",
)
TABLES = (PLAYS, HOURS)
ONE, TWO = datetime(2024, 6, 25, 1, tzinfo=UTC), datetime(2024, 6, 25, 2, tzinfo=UTC)


class ReplyLostError(RedshiftError):
    """What the connector sees when the connection breaks after COMMIT."""


class Killed(BaseException):
    """Ends a run at once, as a kill does."""


@pytest.fixture
def database(stack):
    with stack.connect("warehouse") as connection:

        def run(text):
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

        yield run


def state(database):
    return (
        database("SELECT id, hour, explicit, n FROM music.plays ORDER BY id"),
        database("SELECT hour, total FROM music.hours ORDER BY hour"),
        database("SELECT run_id, loaded FROM music.load_runs ORDER BY started_at, run_id"),
        database("SELECT source_file, loaded FROM music.load_files ORDER BY source_file"),
    )


def open_stages(database):
    return database("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")


class Load:
    """A run that loads plays and the totals of their hours."""

    def __init__(self, glue_run, **overrides):
        self.config, self.run = glue_run(**overrides)
        self.warehouse = Warehouse(self.run, self.config)
        self.warehouse.prepare(TABLES)

    def frame(self, rows, table):
        return self.run.spark.createDataFrame(rows, table.spark_schema)

    def stage(self, plays, hours):
        self.warehouse.stage_all({PLAYS: self.frame(plays, PLAYS), HOURS: self.frame(hours, HOURS)})
        keys = self.frame([(hour,) for hour in (ONE, TWO)], HOURS_KEYS)
        self.slices = {"hours": self.warehouse.stage_keys(keys, "touched_hours", [HOURS.column("hour")])}
        self.count = len(plays)
        return self

    def publish(self):
        file = book.FileBook(
            run_id=self.config.run_id, file_key="streams/a.csv@1", dataset="streams", source_file="streams/a.csv",
            read=self.count, outcomes={"loaded": self.count},
        )  # fmt: skip
        run = book.close_books(self.config, [file])
        self.warehouse.publish(run, [file], tables=TABLES, slices=self.slices)
        return self


HOURS_KEYS = Table(
    name="k", grain="", columns=(Column("hour", "TIMESTAMP"),), key=("hour",), publish="internal", dist="EVEN", sort=(),
    why="",
)  # fmt: skip


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


def lose_conflicts(times):
    """Redshift's ERROR 1023 at the commit of the publish, some times."""
    left = [None] * times

    def hook(name):
        if name.endswith(":commit") and "load_runs" in name and left:
            left.pop()
            raise psycopg.errors.SerializationFailure("could not serialize access")

    return hook


def describe_a_serializable_database():
    def it_is_published_to_though_another_transaction_won_first(glue_run, database):
        load = Load(glue_run).stage([(1, ONE, True, 5)], [(ONE, 1)])
        with faults.hook(lose_conflicts(2)):
            load.publish()
        assert [loaded for _, loaded in state(database)[2]] == [1]

    def it_has_a_remedy_when_another_always_wins(glue_run, database):
        load = Load(glue_run).stage([(1, ONE, True, 5)], [(ONE, 1)])
        with (
            faults.hook(lose_conflicts(9)),
            pytest.raises(WarehouseError, match=r"1023 .*start the workflow again, or"),
        ):
            load.publish()
        assert state(database)[0] == []


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


def describe_publish():
    def it_publishes_everything_at_once_and_leaves_no_stage(glue_run, database):
        load = Load(glue_run).stage([(1, ONE, True, 5), (2, TWO, None, None)], [(ONE, 1), (TWO, 1)]).publish()
        one, two = ONE.replace(tzinfo=None), TWO.replace(tzinfo=None)
        plays, hours, runs, files = state(database)
        assert plays == [(1, one, True, 5), (2, two, None, None)]
        assert hours == [(one, 1), (two, 1)]
        assert runs == [(load.config.run_id, 2)]
        assert files == [("streams/a.csv", 2)]
        assert open_stages(database) == []

    def it_leaves_no_stale_rows_in_replaced_slices_and_others_alone(glue_run, database):
        three = ONE.replace(hour=3)
        Load(glue_run).stage([(1, ONE, True, 5)], [(ONE, 1), (TWO, 9), (three, 3)]).publish()
        Load(glue_run).stage([(1, ONE, True, 6)], [(ONE, 2)]).publish()
        assert state(database)[1] == [(ONE.replace(tzinfo=None), 2), (three.replace(tzinfo=None), 3)]

    def it_replaces_a_table_without_slices_whole(glue_run, database):
        for genres in (["a", "b"], ["b"]):
            config, run = glue_run()
            warehouse = Warehouse(run, config)
            warehouse.prepare([GENRE_KPIS])
            rows = [(genre, 1, 1, 1.0, 1.0, "t", "n") for genre in genres]
            warehouse.stage(run.spark.createDataFrame(rows, GENRE_KPIS.spark_schema), GENRE_KPIS)
            warehouse.publish(book.close_books(config, []), tables=[GENRE_KPIS])
        assert database("SELECT track_genre FROM music.genre_kpis") == [("b",)]

    def it_refuses_a_second_publisher_that_read_before_the_first_published(glue_run, database):
        first = Load(glue_run).stage([(1, ONE, True, 5)], [(ONE, 1)])
        second = Load(glue_run).stage([(1, ONE, False, 7), (2, TWO, True, 1)], [(TWO, 1)])
        first.publish()
        before = state(database)
        with pytest.raises(PublishConflictError, match=f"run {first.config.run_id} published to music"):
            second.publish()
        assert state(database) == before

    def it_changes_nothing_when_the_connector_repeats_a_committed_transaction(glue_run, database):
        load = Load(glue_run).stage([(1, ONE, True, 5)], [(ONE, 1)])
        seen = []

        def lose_reply_once(name):
            if name.endswith(":committed") and "stage_load_runs" in name and name not in seen:
                seen.append(name)
                seen.append(state(database))
                raise ReplyLostError("the server closed the connection")

        with faults.hook(lose_reply_once):
            load.publish()
        assert len(seen) == 2
        assert state(database) == seen[1]
        assert database("SELECT version, run_id FROM music.publication") == [(1, load.config.run_id)]
        assert open_stages(database) == []

    def it_takes_a_publish_for_done_when_every_reply_was_lost(glue_run, database):
        load = Load(glue_run).stage([(1, ONE, True, 5)], [(ONE, 1)])

        def lose_replies(name):
            if name.endswith(":committed") and "stage_load_runs" in name:
                raise ReplyLostError("the server closed the connection")

        with faults.hook(lose_replies):
            load.publish()
        assert state(database)[0] == [(1, ONE.replace(tzinfo=None), True, 5)]

    def it_publishes_nothing_and_names_the_table_when_a_statement_fails(glue_run, database):
        load = Load(glue_run).stage([(1, ONE, True, 5), (1, ONE, False, 6)], [(ONE, 1)])
        Load(glue_run)
        database("INSERT INTO music.plays (id) VALUES (1)")
        with pytest.raises(WarehouseError, match=r"publishing music\.plays, music\.hours.*: .*multiple matches"):
            load.publish()
        assert state(database)[0] == [(1, None, None, None)]
        assert state(database)[1:] == ([], [], [])

    def it_carries_runs_of_others_beside_its_own(glue_run, database):
        load = Load(glue_run)
        other, _ = glue_run(job_name="load_metadata")
        carried = load.run.spark.createDataFrame([book.run_row(book.close_books(other, []))], LOAD_RUNS.spark_schema)
        load.warehouse.publish(book.close_books(load.config, []), carried_runs=carried)
        assert {run for run, _ in state(database)[2]} == {load.config.run_id, other.run_id}

    def it_refuses_a_table_that_was_not_staged(glue_run):
        load = Load(glue_run)
        with pytest.raises(ValueError, match=r"music\.plays cannot be published"):
            load.warehouse.publish(book.close_books(load.config, []), tables=[PLAYS])


def test_a_run_killed_between_any_two_steps_and_run_again_gives_the_same_warehouse(glue_run, database):
    from local_glue import faults

    plays, hours = [(1, ONE, True, 5), (2, TWO, None, 1)], [(ONE, 1), (TWO, 1)]
    effects = []
    with faults.hook(effects.append):
        Load(glue_run).stage(plays, hours).publish()
    expected = state(database)[:2]
    # All steps around the commit of the audit row, and a few of the others, which are similar.
    for step in (0, len(effects) // 2, *range(len(effects) - 3, len(effects))):
        database("DROP SCHEMA music CASCADE")
        with pytest.raises(Killed), faults.hook(kill_at(step)):
            Load(glue_run).stage(plays, hours).publish()
        Load(glue_run).stage(plays, hours).publish()
        assert state(database)[:2] == expected, f"killed at {effects[step]}"


def kill_at(step):
    passed = []

    def hook(name):
        passed.append(name)
        if len(passed) > step:
            raise Killed(name)

    return hook


def test_merge_alone_moves_no_fence(glue_run, database):
    load = Load(glue_run).stage([(1, ONE, True, 5)], [(ONE, 1)])
    config, run = glue_run(job_name="streams_check_quality")
    other = Warehouse(run, config)
    other.prepare([USER_DAYS])
    for plays in (1, 2):
        row = run.spark.createDataFrame([(1, ONE.date(), plays)], USER_DAYS.spark_schema)
        other.merge_alone(row, USER_DAYS)
    load.publish()
    assert database("SELECT plays FROM music.user_days") == [(2,)]
