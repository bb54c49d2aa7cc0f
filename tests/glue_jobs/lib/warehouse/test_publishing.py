"""Publishing through the connector into real PostgreSQL: all or nothing, once, against one version."""

import psycopg
import pytest
from warehouse_loads import ONE, PLAYS, TWO, Killed, Load, open_stages, state

from glue_jobs.lib.books import book
from glue_jobs.lib.contracts.books import LOAD_RUNS
from glue_jobs.lib.contracts.kpis import GENRE_KPIS, USER_DAYS
from glue_jobs.lib.run.errors import PublishConflictError
from glue_jobs.lib.warehouse.connector import WarehouseError
from glue_jobs.lib.warehouse.warehouse import Warehouse
from local_glue import faults
from local_glue.job.redshift.errors import RedshiftError

pytestmark = [pytest.mark.spark, pytest.mark.stack]


class ReplyLostError(RedshiftError):
    """What the connector sees when the connection breaks after COMMIT."""


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
