"""load_catalog between real PostgreSQL databases: changes are copied once, and wrong bookmarks are found."""

import pytest

from glue_jobs import load_catalog
from glue_jobs.lib.catalogue.rds import Rds
from glue_jobs.lib.run import arguments, session
from glue_jobs.lib.run.errors import ConfigError, ContractError, MissingResourceError
from glue_jobs.lib.warehouse.connector import WarehouseError

pytestmark = [pytest.mark.spark, pytest.mark.stack]

SONGS = 'INSERT INTO songs (track_id, id, artists, duration_ms, "explicit", track_genre) VALUES '
USERS = "INSERT INTO users (user_id, user_name, created_at) VALUES "
BOOK = (
    "INSERT INTO load_runs (run_id, job_name, pending_before, read, loaded, already_loaded, repeated, quarantined, "
    "out_of_window, pending_after) VALUES ('jr_m', 'load_metadata', 0, 2, 2, 0, 0, 0, 0, 0)"
)
FILE = (
    "INSERT INTO load_files (run_id, file_key, dataset, source_file, read, loaded) "
    "VALUES ('jr_m', 'users/a.csv@1', 'users', 'users/a.csv', 2, 2)"
)


@pytest.fixture
def warehouse(stack):
    with stack.connect("warehouse") as connection:
        yield (
            lambda text: connection.execute(text).fetchall() if text.startswith("SELECT") else connection.execute(text)
        )


@pytest.fixture
def rds(stack, glue_run):
    """RDS with its tables, as load_metadata leaves them."""
    config, run = glue_run(job_name="load_metadata")
    Rds(run, config).prepare()
    with stack.connect("rds") as connection:
        yield connection.execute


@pytest.fixture
def job(glue_run, monkeypatch):
    def run(**overrides):
        config, started = glue_run(job_name="load_catalog", **overrides)
        monkeypatch.setattr(arguments, "resolve", lambda argv: config)
        monkeypatch.setattr(session, "start", lambda config, argv: started)
        load_catalog.main([])
        return config

    return run


def users(warehouse):
    return warehouse("SELECT user_id, user_name FROM music.users ORDER BY user_id")


def test_it_carries_what_is_new_and_what_anyone_changed(job, rds, warehouse):
    rds(USERS + "(1, 'Ada, \"the first\"', '2024-01-01'), (2, NULL, NULL)")
    rds(SONGS + "('a', 7, 'Zoë;Ann', 1000, true, 'pop')")
    job()
    assert users(warehouse) == [(1, 'Ada, "the first"'), (2, None)]
    assert warehouse('SELECT track_id, id, artists, "explicit" FROM music.songs') == [("a", 7, "Zoë;Ann", True)]
    rds("UPDATE users SET user_name = 'Bo' WHERE user_id = 2")
    rds(USERS + "(3, 'Cy', NULL)")
    config = job()
    assert users(warehouse) == [(1, 'Ada, "the first"'), (2, "Bo"), (3, "Cy")]
    [(read, measures)] = warehouse(f"SELECT read, measures FROM music.load_runs WHERE run_id = '{config.run_id}'")
    assert (read, measures) == (0, '{"load_files":0,"load_runs":0,"songs":0,"users":2}')


def test_a_run_that_finds_nothing_new_publishes_nothing(job, rds, warehouse):
    rds(USERS + "(1, 'Ada', NULL)")
    job()
    before = warehouse("SELECT version, run_id, published_at FROM music.publication")
    job()
    assert warehouse("SELECT version, run_id, published_at FROM music.publication") == before


def test_it_carries_the_books_of_load_metadata_once(job, rds, warehouse):
    rds(BOOK)
    rds(FILE)
    config = job()
    assert warehouse("SELECT run_id, read FROM music.load_runs ORDER BY read") == [(config.run_id, 0), ("jr_m", 2)]
    assert warehouse("SELECT source_file, loaded FROM music.load_files") == [("users/a.csv", 2)]
    job()
    assert warehouse("SELECT count(*) FROM music.load_runs") == [(2,)]


def test_columns_that_are_null_in_every_row_may_be_lost_on_the_way(job, rds, warehouse, unkind_glue):
    rds(USERS + "(1, 'Ada', NULL), (2, NULL, NULL)")
    rds(BOOK)
    rds(FILE)
    job()
    assert users(warehouse) == [(1, "Ada"), (2, None)]
    assert warehouse("SELECT user_age, created_at FROM music.users") == [(None, None)] * 2
    assert warehouse("SELECT loaded, first_date, header FROM music.load_files") == [(2, None, None)]


def test_without_tables_in_rds_it_warns_and_leaves_empty_tables(job, warehouse, capsys):
    job()
    assert users(warehouse) == []
    assert "load_metadata never ran" in capsys.readouterr().out


def test_with_empty_tables_in_rds_it_runs_well(job, rds, warehouse):
    job()
    assert users(warehouse) == []


def test_an_emptied_warehouse_is_found_and_the_reset_that_is_named_repairs_it(job, rds, warehouse, stack):
    rds(USERS + "(1, 'Ada', NULL), (2, 'Bo', NULL)")
    job()
    warehouse("DROP SCHEMA music CASCADE")
    rds(USERS + "(3, 'Cy', NULL)")
    with pytest.raises(
        ContractError, match=r"music\.users: lacks 2 rows .*reset-job-bookmark --job-name load_catalog'"
    ):
        job()
    assert users(warehouse) == []
    from local_glue.bookmarks import BookmarkStore

    BookmarkStore(stack.home.path).reset("load_catalog")
    job()
    assert users(warehouse) == [(1, "Ada"), (2, "Bo"), (3, "Cy")]


def test_rows_deleted_in_the_warehouse_are_found(job, rds, warehouse):
    rds(USERS + "(1, 'Ada', NULL), (2, 'Bo', NULL)")
    job()
    warehouse("DELETE FROM music.users WHERE user_id = 1")
    with pytest.raises(ContractError, match=r"music\.users: lacks 1 rows"):
        job()


def test_an_rds_restored_from_a_backup_is_found(job, rds):
    rds(USERS + "(1, 'Ada', NULL), (2, 'Bo', NULL)")
    job()
    rds("SELECT setval('public.change_seq', 1)")
    with pytest.raises(ContractError, match=r"holds change_seq 2, but RDS has only come to 1.*setval"):
        job()


def test_rows_deleted_in_rds_stay(job, rds, warehouse):
    rds(USERS + "(1, 'Ada', NULL), (2, 'Bo', NULL)")
    job()
    rds("DELETE FROM users WHERE user_id = 2")
    job()
    assert users(warehouse) == [(1, "Ada"), (2, "Bo")]


def test_a_run_that_died_after_publishing_is_repeated_without_harm(job, rds, warehouse, monkeypatch):
    rds(USERS + "(1, 'Ada', NULL)")
    with monkeypatch.context() as patch:
        patch.setattr(session.GlueRun, "commit", lambda run: None)
        job()
    rds("UPDATE users SET user_name = 'Eve'")
    job()
    assert users(warehouse) == [(1, "Eve")]


@pytest.mark.slow
def test_a_run_killed_at_any_step_and_run_again_carries_everything_once(job, rds, warehouse):
    from local_glue import faults

    class KilledError(BaseException):
        pass

    rds(USERS + "(1, 'start', NULL)")
    job()
    effects = []
    rds("UPDATE users SET user_name = 'recorded'")
    with faults.hook(effects.append):
        job()
    assert effects[-1] == "bookmark:save"
    for step, name in enumerate(effects):
        rds(f"UPDATE users SET user_name = 'killed at {step}'")
        passed = []

        def kill(effect, passed=passed, step=step):
            passed.append(effect)
            if len(passed) > step:
                raise KilledError

        with pytest.raises(KilledError), faults.hook(kill):
            job()
        job()
        assert users(warehouse) == [(1, f"killed at {step}")], name


def test_a_missing_column_in_rds_is_named(job, rds, unkind_glue):
    rds("ALTER TABLE songs DROP COLUMN tempo")
    rds(SONGS + "('a', 7, NULL, 1000, true, 'pop')")
    with pytest.raises(ContractError, match=r"public\.songs: RDS has no column tempo; run load_metadata"):
        job()


@pytest.mark.parametrize(
    ("overrides", "error", "message"),
    [
        ({"rds_connection": ""}, ConfigError, "--rds_connection is missing"),
        ({"redshift_connection": ""}, ConfigError, "--redshift_connection is missing"),
        ({"rds_connection": "nowhere"}, MissingResourceError, "Glue connection 'nowhere' does not exist"),
        ({"redshift_connection": "nowhere"}, WarehouseError, "Glue connection 'nowhere' does not exist"),
        ({"reader_group": "nobody"}, WarehouseError, '"nobody" does not exist'),
    ],
)
def test_a_wrong_setting_is_named(job, overrides, error, message):
    with pytest.raises(error, match=message):
        job(**overrides)


def test_a_value_too_long_for_the_warehouse_names_table_column_and_value(job, rds, warehouse):
    rds("ALTER TABLE users ALTER COLUMN user_name TYPE text")
    rds(USERS + "(1, repeat('é', 200), NULL)")
    with pytest.raises(WarehouseError, match=r"stage_users_.*Column name: user_name Raw field value: éé"):
        job()
    assert users(warehouse) == []
