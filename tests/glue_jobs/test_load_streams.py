"""load_streams on real S3, DynamoDB and PostgreSQL: what it publishes, books and leaves behind, run after run."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from files_support import keys, read

from glue_jobs import load_streams
from glue_jobs.lib.contracts.music import STREAM_FILES
from glue_jobs.lib.files.ledger import ACCEPTED, LOADED, REJECTED, REPEATED
from glue_jobs.lib.files.manifest import new_file_keys
from glue_jobs.lib.load import delivery, settle
from glue_jobs.lib.plays import classify
from glue_jobs.lib.run import aws, session
from glue_jobs.lib.run.errors import BooksError
from tests.glue_jobs.streams_world import LAKE, World, dying, play

pytestmark = [pytest.mark.spark, pytest.mark.stack]


@pytest.fixture
def world(stack, glue_run):
    return World(stack, glue_run)


def describe_an_empty_world():
    def it_publishes_its_books_and_nothing_else(world):
        assert world.load() == {}
        assert world.rows("streams") == []
        assert world.keys("temp/") == []

    def it_lets_all_plays_wait_without_users_and_songs(world):
        world.deliver("streams/a.csv", play(), play(), "x,t1,2024-06-25 10:00:00")
        assert world.load() == {
            "read": 3,
            "pending_after": 1,
            "repeated": 1,
            "quarantined": 1,
            "rules": {"user_id_invalid": 1},
        }
        assert world.rows("pending_streams", "reason", "source_file") == [("user_and_track_unknown", "streams/a.csv")]
        assert world.states() == {"streams/a.csv": LOADED}
        assert len(world.keys(f"quarantine/streams/run_id={world.last.run_id}/")) >= 1
        ((line,),) = [world.keys("logs/errors/")]
        assert world.last.run_id in line


@pytest.mark.ci
def test_it_relies_on_nothing_that_aws_does_not_say(world, unkind_glue):
    world.deliver("streams/a.csv", "x,t1,2024-06-25 10:00:00")
    assert world.load() == {"read": 1, "quarantined": 1, "rules": {"user_id_invalid": 1}}
    world.catalogue(users=[1], tracks=[("t1", "pop")])
    world.deliver("streams/b.csv", play(), play(2))
    assert world.load() == {"read": 2, "loaded": 1, "pending_after": 1}
    world.assert_sums_agree()
    world.catalogue(users=[2])
    assert world.load() == {"pending_before": 1, "loaded": 1}
    world.assert_sums_agree()


@pytest.mark.ci
def test_a_dry_run_relies_on_it_as_little_and_leaves_no_stage(world, unkind_glue):
    world.catalogue(users=[1], tracks=[("t1", "pop")])
    world.deliver("streams/a.csv", play(), play(2), "x,t1,2024-06-25 10:00:00")
    config, run = world.glue_run(job_name="load_streams", started_at=datetime.now(UTC), dry_run=True)
    load_streams.load(run, config)
    assert world.rows("streams") == world.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []
    assert world.keys("quarantine/") == world.keys("logs/") == []
    assert world.load() == {
        "read": 3, "loaded": 1, "pending_after": 1, "quarantined": 1, "rules": {"user_id_invalid": 1}
    }  # fmt: skip


def describe_loading():
    def it_counts_new_plays_only(world):
        world.catalogue(users=[1, 2], tracks=[("t1", "pop"), ("t2", "rock")])
        world.deliver(
            "streams/a.csv", play(), play(2, "t2", "2024-06-25T13:00:00+02:00"), play(at="2024-06-24 23:59:59")
        )
        assert world.load() == {"read": 3, "loaded": 3}
        assert world.file_book("streams/a.csv") == (LOADED, None, 3, 3, 0, date(2024, 6, 24), date(2024, 6, 25))
        world.assert_sums_agree()
        world.deliver("streams/b.csv", play(), play(1, "t2", "2024-06-25 10:30:00"))
        assert world.load() == {"read": 2, "loaded": 1, "already_loaded": 1}
        world.assert_sums_agree()
        assert world.rows(
            "hourly_kpis", "CAST(hour AS VARCHAR)", "unique_listeners", "total_plays", "unique_tracks"
        ) == [
            ("2024-06-24 23:00:00", 1, 1, 1),
            ("2024-06-25 10:00:00", 1, 2, 2),
            ("2024-06-25 11:00:00", 1, 1, 1),
        ]
        assert world.load() == {}
        world.assert_sums_agree()

    def it_books_files_that_need_no_reading(world):
        world.deliver("streams/a.csv", play(), state=REPEATED, lines=7)
        world.deliver("streams/b.csv", state=REJECTED, reason="empty")
        assert world.load() == {"read": 7, "already_loaded": 7}
        assert world.file_book("streams/b.csv")[:3] == (REJECTED, "empty", 0)
        assert world.states() == {}

    def it_rejects_a_file_with_too_many_errors_whole(world):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        good = [play(at=f"2024-06-25 10:00:{second:02}") for second in range(40)]
        file = world.deliver("streams/bad.csv", *good, *[f"{n}x,t1,now" for n in range(60)])
        world.deliver("streams/good.csv", play())
        book = world.load()
        assert (book["loaded"], book["quarantined"]) == (1, 100)
        assert book["rules"] == {"listen_time_invalid": 60, "reject_rate_exceeded": 100, "user_id_invalid": 60}
        assert world.states() == {"streams/good.csv": LOADED}
        assert world.keys(file.archive_key) == []
        assert [key.rpartition("/")[2] for key in world.keys("quarantine/files/")] == ["bad.csv", "bad.csv.reason.json"]
        assert world.load() == {}


@pytest.mark.ci
def test_a_run_without_plays_makes_genre_kpis_again_only_after_another_job_published(world):
    def written():
        return world.rows("genre_kpis", "track_genre", "track_name", "CAST(xmin AS VARCHAR)")

    world.catalogue(users=[1], tracks=[("t1", "pop")])
    world.deliver("streams/a.csv", play())
    world.load()
    first = written()
    assert world.load() == {}
    assert written() == first
    world.sql("DELETE FROM music.genre_kpis")
    assert world.load(from_date=date(2030, 1, 1)) == {}, "a backfill repairs, even if it finds no file"
    assert [row[:2] for row in written()] == [row[:2] for row in first]
    world.sql("UPDATE music.songs SET track_name = 'renamed'")
    world.catalogue()
    assert world.load() == {}
    assert [row[:2] for row in written()] == [("pop", "renamed")]


def describe_plays_that_wait():
    def it_loads_them_when_the_catalogue_comes(world):
        world.catalogue(users=[1])
        world.deliver("streams/a.csv", play(), play(2, "t2"))
        assert world.load() == {"read": 2, "pending_after": 2}
        world.catalogue(tracks=[("t1", "pop"), ("t2", "rock")])
        assert world.load() == {"pending_before": 2, "loaded": 1, "pending_after": 1}
        assert world.rows("streams", "user_id", "source_file") == [(1, "streams/a.csv")]
        assert world.rows("pending_streams", "user_id", "reason") == [(2, classify.USER_UNKNOWN)]
        world.assert_sums_agree()

    @pytest.mark.ci
    def it_gives_them_up_in_time(world):
        world.deliver("streams/a.csv", play())
        world.load()
        assert world.load(pending_days=0) == {
            "pending_before": 1,
            "quarantined": 1,
            "rules": {"pending_expired": 1},
        }
        assert world.rows("pending_streams") == []


def describe_dying():
    @pytest.mark.parametrize(
        "place",
        [
            pytest.param((load_streams, "publish"), marks=pytest.mark.slow),
            pytest.param((load_streams, "settle"), marks=pytest.mark.slow),
            pytest.param((settle, "_mark_loaded"), marks=pytest.mark.slow),
            (session.GlueRun, "commit"),
        ],
    )
    def it_changes_nothing_to_be_run_again(world, monkeypatch, place):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        world.deliver("streams/a.csv", play(), play(2), "x,,")
        with dying(monkeypatch, *place):
            world.load()
        rules = {"user_id_invalid": 1, "track_id_empty": 1, "listen_time_empty": 1}
        published = {"read": 3, "pending_before": 1, "already_loaded": 3, "pending_after": 1}
        assert (
            world.load()
            == {
                "publish": {"read": 3, "loaded": 1, "pending_after": 1, "quarantined": 1, "rules": rules},
                "settle": published,
                "_mark_loaded": published,
                "commit": {"pending_before": 1, "pending_after": 1},  # The ledger says that the file is done.
            }[place[1]]
        )
        assert len(world.rows("streams")) == 1
        assert world.states() == {"streams/a.csv": LOADED}
        (file,) = world.ledger.get(world.delivered).values()
        assert (file.first_date, file.last_date) == (date(2024, 6, 25), date(2024, 6, 25))
        world.assert_sums_agree()
        assert world.load() == {"pending_before": 1, "pending_after": 1}


def describe_books_that_cannot_balance():
    def it_puts_a_file_aside_whose_lines_are_not_those_counted_and_loads_the_others(world):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        world.deliver("streams/a.csv", play(), lines=2)
        world.deliver("streams/b.csv", play(at="2024-06-25 11:00:00"))
        assert world.load() == {"read": 3, "loaded": 1, "quarantined": 2, "rules": {"lines_differ": 2}}
        assert world.states() == {"streams/b.csv": LOADED}
        (reason,) = [key for key in keys(LAKE, "quarantine/files/") if key.endswith(".reason.json")]
        assert "counted 2 lines, this run read 1" in json.loads(read(LAKE, reason))["message"]
        assert world.load() == {}

    @pytest.mark.ci
    def it_loads_the_others_when_an_object_is_gone(world):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        file = world.deliver("streams/a.csv", play())
        world.deliver("streams/b.csv", play(at="2024-06-25 11:00:00"))
        aws.delete_objects(LAKE, [file.archive_key])
        assert world.load() == {"read": 2, "loaded": 1, "quarantined": 1, "rules": {"object_missing": 1}}
        assert world.states() == {"streams/b.csv": LOADED}
        (reason,) = keys(LAKE, "quarantine/files/")
        assert "is gone" in json.loads(read(LAKE, reason))["message"]
        assert world.load() == {}

    @pytest.mark.ci
    def it_puts_an_object_aside_that_came_back_after_it_was_missed(world, monkeypatch):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        file = world.deliver("streams/a.csv", play())
        content = read(LAKE, file.archive_key)
        aws.delete_objects(LAKE, [file.archive_key])

        def restored_too_late(run, inputs, found):
            problems = find_problems(run, inputs, found)
            aws.client("s3").put_object(Bucket=LAKE, Key=file.archive_key, Body=content)
            return problems

        find_problems = delivery.find_problems
        monkeypatch.setattr(delivery, "find_problems", restored_too_late)
        assert world.load() == {"read": 1, "quarantined": 1, "rules": {"object_missing": 1}}
        (copy, _) = keys(LAKE, "quarantine/files/")
        assert read(LAKE, copy) == content

    @pytest.mark.ci
    def it_reads_no_object_that_no_manifest_names(world):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        file = world.deliver("streams/a.csv", play())
        stranger = f"{file.archive_key.rpartition('/')[0]}/stranger.csv"
        aws.client("s3").put_object(Bucket=LAKE, Key=stranger, Body=b"1,t1,2024-06-25 11:00:00\n")
        assert world.load() == {"read": 1, "loaded": 1}

    def it_fails_when_the_ledger_has_lost_a_file(world):
        world.announce(replace(world.deliver("streams/a.csv", play()), file_key="streams/lost.csv@1"))
        with pytest.raises(BooksError, match=r"names streams/lost\.csv@1, which DynamoDB table.*restore the table"):
            world.load()


def describe_manifests():
    @pytest.mark.ci
    def it_loads_a_file_once_that_several_name(world):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        file = world.deliver("streams/a.csv", play())
        world.announce(file)
        assert world.load() == {"read": 1, "loaded": 1}
        world.announce(file)
        assert world.load() == {}

    @pytest.mark.ci
    def it_loads_a_file_that_the_bookmark_has_passed_when_a_manifest_names_it_again(world):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        file = world.deliver("streams/a.csv", play())
        _, run = world.glue_run(job_name="load_streams")
        assert new_file_keys(run.glue_context, LAKE, STREAM_FILES) == [file.file_key]
        run.commit()
        assert world.load() == {}
        world.announce(file)
        assert world.load() == {"read": 1, "loaded": 1}

    def it_reads_nothing_again_after_a_reset(world):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        world.deliver("streams/a.csv", play())
        world.load()
        world.stack.client("glue").reset_job_bookmark(JobName="load_streams")
        assert world.load() == {}


def describe_backfills():
    @pytest.mark.usefixtures("adaptive")
    @pytest.mark.ci
    def it_reads_a_window_again_and_leaves_states_and_bookmark_alone(world):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        world.deliver("streams/a.csv", play(), play(at="2024-06-20 10:00:00"))
        world.load()
        world.sql("DELETE FROM music.streams WHERE listen_time >= '2024-06-25'")
        world.deliver("streams/new.csv", play(at="2024-06-26 10:00:00"))
        window = {"from_date": date(2024, 6, 25), "to_date": date(2024, 6, 25)}
        assert world.load(**window) == {"read": 3, "loaded": 1, "out_of_window": 2}
        assert world.file_book("streams/a.csv")[0] == "BACKFILLED"
        world.assert_sums_agree()
        assert world.states() == {"streams/a.csv": LOADED, "streams/new.csv": ACCEPTED}
        assert world.load() == {"read": 1, "loaded": 1}

    @pytest.mark.ci
    def it_reads_files_where_version_0_1_archived_them(world):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        file = world.deliver("streams/a *[1].csv", play())
        world.load()
        former = "archive/streams/2024/06/25/0123456789ab/streams/ä b+%41 *[1]{x}.csv"
        copy = {"Bucket": LAKE, "Key": file.archive_key}
        aws.client("s3").copy_object(CopySource=copy, Bucket=LAKE, Key=former)
        (loaded,) = world.ledger.get([file.file_key]).values()
        world.ledger.mark([loaded], state=LOADED, archive_key=former)
        world.sql("DELETE FROM music.streams")
        assert world.load(from_date=date(2024, 6, 25)) == {"read": 1, "loaded": 1}

    @pytest.mark.slow
    def it_computes_again_what_the_catalogue_changed(world):
        world.catalogue(users=[1], tracks=[("t1", "pop")])
        world.deliver("streams/a.csv", play(), play(at="2024-06-24 10:00:00"))
        world.load()
        world.sql("UPDATE music.songs SET track_genre = 'rock', artists = 'new'")
        world.catalogue()
        assert world.load() == {}
        assert world.rows("genre_kpis", "track_genre") == [("rock",)]
        assert world.rows("genre_daily_kpis", "track_genre") == [("pop",), ("pop",)]
        world.load(recompute=True, from_date=date(2024, 6, 25), to_date=None)
        assert world.rows("genre_daily_kpis", "listen_date", "track_genre") == [
            (date(2024, 6, 24), "pop"),
            (date(2024, 6, 25), "rock"),
        ]
        world.sql("INSERT INTO music.hourly_kpis (hour, total_plays) VALUES ('2024-06-24 09:00:00', 5)")
        world.load(recompute=True)
        assert world.rows("genre_daily_kpis", "track_genre") == [("rock",), ("rock",)]
        assert world.rows("hourly_kpis", "total_plays", "top_artist") == [(1, "new"), (1, "new")]
        assert world.rows("user_features", "total_plays", "top_artist", "favourite_genre") == [(2, "new", "rock")]
        world.assert_sums_agree()
