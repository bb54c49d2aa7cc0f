"""The file check: each delivered content is archived once, written into the ledger and named to the load."""

import gzip
import json
import subprocess
import sys

import pytest
from checked_files import USERS, DeathError, file_day, ledger_files, named, run
from files_support import LAKE, LANDING, PLAYS, TABLE, USERS_HEADER, deliver, keys, read

from glue_jobs import validate_files
from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.files.ledger import ACCEPTED, LOADED, REJECTED, REPEATED, Ledger
from glue_jobs.lib.run import aws
from glue_jobs.lib.run.errors import ConfigError, MissingResourceError

USERS_2 = f"{USERS_HEADER}\n1,Ann,31,France,2024-01-01\n".encode()


def describe_accepted_files():
    def it_moves_them_and_writes_the_ledger(any_bucket):
        deliver("streams/2024/a.csv")
        assert run() == {ACCEPTED: 1}
        (file,) = ledger_files()
        assert (file.state, file.landing_key, file.lines, file.bytes) == (ACCEPTED, "streams/2024/a.csv", 2, len(PLAYS))
        assert file.archive_key == f"archive/streams/{file_day(file)}/{file.checksum}.csv"
        assert read(LAKE, file.archive_key) == PLAYS
        assert aws.client("s3").list_object_versions(Bucket=LANDING).get("Versions", []) == []

    def it_names_them_after_their_content_not_their_name(any_bucket):
        deliver("streams/plain.csv.gz")
        deliver("streams/packed.txt", gzip.compress(PLAYS))
        assert run() == {ACCEPTED: 2}
        assert sorted(file.archive_key.partition(".")[2] for file in ledger_files()) == ["csv", "csv.gz"]

    def it_archives_gzip_data_without_the_zeros_behind_it(any_bucket):
        deliver("streams/a.csv.gz", gzip.compress(PLAYS, mtime=0) + bytes(512))
        assert run() == {ACCEPTED: 1}
        (file,) = ledger_files()
        assert (file.lines, read(LAKE, file.archive_key)) == (2, gzip.compress(PLAYS, mtime=0))

    @pytest.mark.parametrize(
        "key",
        [
            "Icon\r",
            "a\tb\n.csv",
            "bell\x07.csv",
            "a b.csv",
            "100%.csv",
            "a+b.csv",
            "%41.csv",
            "é/ü 文.csv",
            "q?x=1&y#.csv",
            "x" * 1000,
        ],
    )
    def it_takes_any_key(any_bucket, key):
        deliver(f"streams/{key}")
        assert run() == {ACCEPTED: 1}
        assert ledger_files()[0].landing_key == f"streams/{key}"
        assert keys(LANDING) == []

    def it_takes_every_version_of_a_file_replaced_in_place_oldest_first(bucket):
        bodies = [PLAYS + f"{number},t,2024-06-25 10:00:00\n".encode() for number in range(4)]
        for body in bodies:
            deliver("streams/a.csv", body)
        assert run() == {ACCEPTED: 4}
        assert [read(LAKE, file.archive_key) for file in ledger_files()] == bodies
        assert keys(LANDING) == []

    def it_takes_more_files_than_a_batch(bucket, monkeypatch):
        monkeypatch.setattr("glue_jobs.lib.intake.acceptance.BATCH", 7)
        for number in range(30):
            deliver(f"streams/{number}.csv", PLAYS + f"{number % 20},t,2024-06-25 10:00:00\n".encode())
        assert run() == {ACCEPTED: 20, REPEATED: 10}

    def it_has_nothing_to_do_the_second_time(bucket):
        deliver("streams/a.csv")
        run()
        assert run(run_id="jr_2") == {}
        assert len(ledger_files()) == 1


def describe_manifests():
    def it_names_the_accepted_files(bucket):
        deliver("streams/2024-06-25 ü.csv")
        deliver("streams/bad.csv", b"")
        run(run_id="jr_7")
        (file,) = [file for file in ledger_files() if file.state == ACCEPTED]
        assert keys(LAKE, "manifests/") == ["manifests/streams/jr_7.json"]
        assert [json.loads(line) for line in read(LAKE, "manifests/streams/jr_7.json").splitlines()] == [
            {
                "file_key": file.file_key,
                "archive_key": f"archive/streams/2024/06/25/{file.checksum}.csv",
                "landing_key": "streams/2024-06-25 ü.csv",
                "checksum": file.checksum,
                "lines": "2",
                "header": "user_id,track_id,listen_time",
                "accepted_at": file.accepted_at.isoformat(timespec="microseconds"),
            }
        ]

    def it_writes_none_when_nothing_waits(bucket):
        deliver("streams/bad.csv", b"")
        run()
        assert keys(LAKE, "manifests/") == []

    def it_names_again_what_no_load_has_finished(bucket):
        deliver("streams/a.csv")
        run(run_id="jr_1")
        run(run_id="jr_2")
        assert named("streams", "jr_1") == named("streams", "jr_2") != []
        Ledger(TABLE).mark(ledger_files(), state=LOADED, run_id="jr_load")
        run(run_id="jr_3")
        assert len(keys(LAKE, "manifests/")) == 2

    def it_names_files_that_a_dead_run_recorded_though_the_index_lags(bucket, monkeypatch):
        deliver("streams/a.csv")
        with monkeypatch.context() as patch:
            patch.setattr(aws, "delete_locations", lambda *_: (_ for _ in ()).throw(DeathError))
            with pytest.raises(DeathError):
                run(run_id="jr_1")
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "open_files", lambda *_: [])
            run(run_id="jr_2")
        assert named("streams") == [file.file_key for file in ledger_files()] != []


def describe_repeated_contents():
    def it_does_not_take_plays_again(bucket):
        deliver("streams/a.csv")
        run()
        deliver("streams/b.csv")
        assert run() == {REPEATED: 1}
        first, second = ledger_files()
        assert (second.state, second.lines, second.archive_key) == (REPEATED, 2, None)
        assert second.reason == f"same content as {first.file_key}"
        assert keys(LANDING) == []

    def it_takes_plays_again_whose_file_a_load_rejected(bucket):
        deliver("streams/a.csv")
        run()
        Ledger(TABLE).mark(ledger_files(), state=REJECTED, run_id="jr_load", reason="reject_rate_exceeded")
        deliver("streams/b.csv")
        assert run() == {ACCEPTED: 1}

    def it_takes_catalogue_files_again(bucket):
        deliver("users/a.csv", USERS)
        run()
        Ledger(TABLE).mark(ledger_files("users"), state=LOADED, run_id="jr_load")
        deliver("users/b.csv", USERS_2)
        deliver("users/c.csv", USERS)
        assert run() == {ACCEPTED: 2}
        assert [file.landing_key for file in ledger_files("users")] == ["users/b.csv", "users/c.csv"]

    def it_leaves_an_archived_object_to_the_loaded_file_that_brought_it(bucket):
        deliver("users/a.csv", USERS)
        run()
        (old,) = Ledger(TABLE).mark(ledger_files("users"), state=LOADED, run_id="jr_load")
        deliver("users/b.csv", USERS)
        assert run() == {ACCEPTED: 1}
        (new,) = ledger_files("users")
        assert (new.archive_key, s3_copy.file_key_of(LAKE, new.archive_key)) == (old.archive_key, old.file_key)

    def it_archives_a_loaded_content_again_if_its_object_is_gone(bucket):
        deliver("users/a.csv", USERS)
        run()
        (old,) = Ledger(TABLE).mark(ledger_files("users"), state=LOADED, run_id="jr_load")
        aws.delete_objects(LAKE, [old.archive_key])
        deliver("users/b.csv", USERS)
        run()
        assert read(LAKE, old.archive_key) == USERS

    @pytest.mark.parametrize("days", [(1, 1), (1, 2)], ids=["same day", "next day"])
    def it_lets_the_newer_of_two_unread_ones_stand_for_both(bucket, days):
        for day, key in zip(days, ("a", "b"), strict=True):
            deliver(f"users/2024-07-0{day}/{key}.csv", USERS)
            run(run_id=f"jr_{key}")
        old, new = ledger_files("users")
        assert (old.state, old.reason, old.archive_key) == (REPEATED, f"superseded by {new.file_key}", None)
        assert keys(LAKE, "archive/users/") == [new.archive_key]
        assert (named("users", "jr_a"), named("users", "jr_b")) == ([old.file_key], [new.file_key])

    def it_lets_the_newest_of_one_delivery_win(bucket):
        for key, body in (("a", USERS), ("b", USERS_2), ("c", USERS), ("d", USERS)):
            deliver(f"users/{key}.csv", body)
        assert run() == {REPEATED: 2, ACCEPTED: 2}
        accepted = [file.landing_key for file in ledger_files("users") if file.state == ACCEPTED]
        assert accepted == ["users/b.csv", "users/d.csv"]


def describe_the_script():
    @pytest.mark.parametrize("script", ["validate_files", "clean_up"])
    def it_starts_without_spark(script):
        code = f"import sys, glue_jobs.{script}; sys.exit('pyspark' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0

    def it_runs_as_glue_runs_it(bucket):
        deliver("streams/a.csv")
        settings = {"datasets": "streams", "landing_bucket": LANDING, "lake_bucket": LAKE, "ledger_table": TABLE}
        settings |= {"JOB_NAME": "streams_validate_files", "JOB_RUN_ID": "jr_1"}
        settings["defaults"] = (
            "recompute=false dry_run=false full=false max_reject_rate=0.5 pending_days=30 new_columns=warn"
        )
        validate_files.main(["script", *(word for name, value in settings.items() for word in (f"--{name}", value))])
        assert [file.state for file in ledger_files()] == [ACCEPTED]


def describe_missing_things():
    def it_names_a_dataset_that_does_not_exist(bucket):
        with pytest.raises(ConfigError, match="'plays'"):
            run(datasets=("plays",))

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ({"landing_bucket": "no-landing"}, "bucket 'no-landing'"),
            ({"lake_bucket": "no-lake"}, "bucket 'no-lake'"),
            ({"ledger_table": "NoTable"}, "table 'NoTable'"),
        ],
    )
    def it_names_what_is_missing_and_leaves_the_landing_bucket(bucket, change, name):
        deliver("streams/a.csv")
        with pytest.raises(MissingResourceError, match=name):
            run(**change)
        assert keys(LANDING) == ["streams/a.csv"]
