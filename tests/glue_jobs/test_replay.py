"""load_streams with --replay on real S3, DynamoDB and PostgreSQL: rows of the quarantine under today's rules."""

from datetime import UTC, datetime, timedelta

import pytest

from glue_jobs import load_streams
from glue_jobs.lib.load import replay, settle
from glue_jobs.lib.run.errors import BooksError, ConfigError
from glue_jobs.lib.warehouse.warehouse import Warehouse
from tests.glue_jobs.streams_world import LAKE, World, dying, play

pytestmark = [pytest.mark.spark, pytest.mark.stack]

NOW = datetime.now(UTC).replace(microsecond=0)
EARLY = NOW - timedelta(days=1)
AHEAD = f"{NOW:%Y-%m-%d %H:%M:%S}"
"""A time that lay in the future of a run that started a day earlier."""
ALL = "quarantine/streams/"


@pytest.fixture
def world(stack, glue_run):
    world = World(stack, glue_run)
    world.catalogue(users=[1], tracks=[("t1", "pop"), ('a "b", c', "pop")])
    return world


def live(world):
    """Raw texts of the live quarantine; a run that is not in the books has no part in it."""
    keys = [
        key for (run,) in world.sql("SELECT run_id FROM music.load_runs") for key in world.keys(f"{ALL}run_id={run}/")
    ]
    folders = [f"s3://{LAKE}/{key}" for key in keys if key.endswith(".parquet")]
    spark = world.glue_run()[1].spark
    return sorted(row.raw for row in spark.read.parquet(*folders).collect()) if folders else []


def books(world):
    """State and counts of the last run's files."""
    return world.sql(
        "SELECT file_key, state, read, loaded, quarantined FROM music.load_files WHERE run_id = %s ORDER BY 1",
        world.last.run_id,
    )


def quarantine_some(world):
    """Leaves in quarantine: a row that passes today, of two files; one that never will; plays that were given up."""
    world.deliver("streams/a.csv", play(at=AHEAD), "x,t1,2024-06-25 10:00:00", play(2))
    assert world.load(started_at=EARLY)["quarantined"] == 2
    world.deliver(
        "streams/b.csv", play(at=AHEAD), '1,"a ""b"", c",2024-06-25 11:00:00', '3,"a ""b"", c",2024-06-25 11:00:00'
    )
    assert world.load(started_at=EARLY + timedelta(hours=1), pending_days=0)["rules"] == {
        "listen_time_future": 1,
        "pending_expired": 1,
    }
    assert world.load(pending_days=0)["rules"] == {"pending_expired": 1}
    world.catalogue(users=[2])


def assert_replayed(world):
    """The warehouse and the quarantine are as one replay of everything leaves them."""
    assert len(world.rows("streams")) == 3
    assert [row[0] for row in world.rows("streams")] == [1, 1, 2]
    assert world.rows("pending_streams", "user_id", "track_id", "source_file") == [(3, 'a "b", c', "streams/b.csv")]
    assert live(world) == ["x,t1,2024-06-25 10:00:00"]
    world.assert_sums_agree()


@pytest.mark.ci
def test_it_loads_what_passes_now_once_and_leaves_what_still_fails(world):
    quarantine_some(world)
    bookmark = world.keys("manifests/")
    assert world.load(replay=ALL) == {
        "read": 5,
        "loaded": 2,
        "repeated": 1,
        "quarantined": 1,
        "pending_after": 1,
        "rules": {"user_id_invalid": 1},
    }
    assert books(world) == [
        ("streams/a.csv@1", "REPLAYED", 2, 1, 1),
        ("streams/a.csv@pending_streams", "REPLAYED", 1, 1, 0),
        ("streams/b.csv@1", "REPLAYED", 1, 0, 0),
        ("streams/b.csv@pending_streams", "REPLAYED", 1, 0, 0),
    ]
    assert_replayed(world)
    assert set(world.states().values()) == {"LOADED"}
    assert world.keys("manifests/") == bookmark
    assert len({key.split("/")[3] for key in world.keys("quarantine/replayed/streams/run_id=")}) == 3
    assert {key.split("/")[2] for key in world.keys(ALL)} == {f"run_id={world.last.run_id}"}
    assert world.load(replay=ALL) == {
        "read": 1, "pending_before": 1, "quarantined": 1, "pending_after": 1, "rules": {"user_id_invalid": 1}
    }  # fmt: skip
    assert_replayed(world)


@pytest.mark.parametrize(
    "place",
    [
        pytest.param((Warehouse, "publish"), marks=pytest.mark.slow),
        pytest.param((load_streams, "settle"), marks=pytest.mark.slow),
        (settle.replay, "finish"),
        pytest.param((replay.s3_copy, "copy"), marks=pytest.mark.slow),
        pytest.param((replay.aws, "delete_objects"), marks=pytest.mark.slow),
    ],
    ids=lambda place: place[1],
)
@pytest.mark.ci
def test_wherever_it_dies_the_next_run_makes_it_good(world, monkeypatch, place):
    quarantine_some(world)
    with dying(monkeypatch, *place):
        world.load(replay=ALL)
    world.load(replay=ALL)
    assert_replayed(world)
    if place[1] != "publish":  # the list of a run that published nothing means nothing, and goes after a day
        assert world.keys("quarantine/replayed/streams/open/") == []


@pytest.mark.slow
def test_an_ordinary_run_finishes_a_replay_that_died_too(world, monkeypatch):
    quarantine_some(world)
    with dying(monkeypatch, settle.replay, "finish"):
        world.load(replay=ALL)
    assert len(live(world)) == 6
    world.load()
    assert_replayed(world)


@pytest.mark.slow
def test_a_file_rejected_whole_is_judged_whole_again(world):
    good = [play(at=f"2024-06-25 10:00:{second:02}") for second in range(40)]
    world.deliver("streams/bad.csv", *good, *[f"{n}x,t1,now" for n in range(60)])
    world.load()
    prefix = f"{ALL}run_id={world.last.run_id}/"
    book = world.load(replay=prefix)
    assert (book["read"], book["quarantined"], len(live(world))) == (100, 100, 100)
    again = f"{ALL}run_id={world.last.run_id}/"
    book = world.load(replay=again, max_reject_rate=0.6)
    assert (book["loaded"], book["quarantined"], len(live(world))) == (40, 60, 60)
    world.assert_sums_agree()


@pytest.mark.slow
def test_a_dry_replay_moves_nothing(world):
    quarantine_some(world)
    before = (world.keys("quarantine/"), world.rows("streams"))
    config, run = world.glue_run(job_name="load_streams", started_at=datetime.now(UTC), replay=ALL, dry_run=True)
    load_streams.load(run, config)
    assert (world.keys("quarantine/"), world.rows("streams")) == before


def test_it_says_what_is_wrong_with_a_prefix_or_the_ledger(world):
    assert world.load(replay=f"{ALL}run_id=jr_nobody/") == {}
    with pytest.raises(
        ConfigError, match=r"takes a prefix below quarantine/streams/; it was given 'quarantine/songs/'"
    ):
        world.load(replay="quarantine/songs/")
    world.deliver("streams/a.csv", "x,t1,2024-06-25 10:00:00")
    world.load()
    world.stack.client("dynamodb").delete_item(TableName="ProcessedFiles", Key={"file_key": {"S": "streams/a.csv@1"}})
    with pytest.raises(BooksError, match=r"are of streams/a\.csv@1, which DynamoDB table.*restore the table"):
        world.load(replay=ALL)
