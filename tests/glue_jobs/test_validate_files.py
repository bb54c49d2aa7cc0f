import gzip
import json
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from files_support import LAKE, LANDING, PLAYS, TABLE, USERS_HEADER, account, deliver, keys, make_config, read

from glue_jobs import validate_files
from glue_jobs.lib.contracts.music import SONG_FILES, STREAM_FILES
from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.files.ledger import ACCEPTED, LOADED, REJECTED, REPEATED, Ledger
from glue_jobs.lib.run import aws, logs
from glue_jobs.lib.run.errors import ConfigError, MissingResourceError, PipelineError

USERS = f"{USERS_HEADER}\n1,Ann,30,France,2024-01-01\n".encode()
USERS_2 = f"{USERS_HEADER}\n1,Ann,31,France,2024-01-01\n".encode()
WIDER = b"user_id,track_id,Device,listen_time,app\n1,t,phone,2024-06-25 10:00:00,2.0\n"
DAY = "2024-07-01"


class DeathError(BaseException):
    """Ends a run as if the job were killed."""


@pytest.fixture(params=[True, False], ids=["versions", "no versions"])
def any_bucket(request, monkeypatch):
    with account(monkeypatch, versioning=request.param):
        yield


@pytest.fixture
def bucket(monkeypatch):
    with account(monkeypatch):
        yield


@pytest.fixture
def said(monkeypatch):
    """The events logged: (event, fields)."""
    events = []
    for level in ("info", "warning"):
        monkeypatch.setattr(logs, level, lambda event, **fields: events.append((event, fields)))
    return events


def run(**changes) -> dict[str, int]:
    return {state: count for state, count in validate_files.run(make_config(**changes)).items() if count}


def file_day(file) -> str:
    """The folder of a file whose landing key has no date: the day on which it was delivered."""
    return f"{file.accepted_at:%Y/%m/%d}"


def named(dataset: str, *run_ids: str) -> list[str]:
    """The files that the manifests of these runs name, or those of all runs."""
    found = [f"manifests/{dataset}/{run_id}.json" for run_id in run_ids] or keys(LAKE, f"manifests/{dataset}/")
    return [json.loads(line)["file_key"] for key in found for line in read(LAKE, key).splitlines()]


def ledger_files(dataset: str = "streams"):
    return Ledger(TABLE).open_files(dataset)


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


def describe_rejected_files():
    def it_sets_them_aside_with_the_reason(any_bucket):
        deliver("streams/x/a b.csv", b"user_id,track_id\n1,t\n")
        assert run() == {REJECTED: 1}
        (file,) = ledger_files()
        assert (file.state, file.reason, file.archive_key) == (REJECTED, "missing_columns", None)
        key = f"quarantine/files/{DAY}/{file.checksum[:12]}/streams/x/a b.csv"
        assert keys(LAKE, "quarantine/") == [key, f"{key}.reason.json"]
        facts = json.loads(read(LAKE, f"{key}.reason.json"))
        assert facts.pop("at")
        assert facts == {
            "file": "streams/x/a b.csv",
            "dataset": "streams",
            "reason": "missing_columns",
            "message": "'streams/x/a b.csv' lacks column 'listen_time'; its header is: user_id,track_id",
            "remedy": "deliver CSV with a header line that names user_id, track_id, listen_time",
            "checksum": file.checksum,
            "run_id": "jr_1",
        }
        (line,) = read(LAKE, f"logs/errors/{DAY}/jr_1.jsonl").splitlines()
        assert (json.loads(line)["kind"], json.loads(line)["reason"]) == ("rejected_file", "missing_columns")

    def it_takes_the_good_ones_beside_them(any_bucket):
        deliver("streams/a.csv", b"")
        deliver("streams/b.csv")
        deliver("users/c.csv", PLAYS)
        assert run() == {REJECTED: 2, ACCEPTED: 1}
        assert keys(LANDING) == []


def describe_ignored_objects():
    def it_leaves_hidden_files_and_says_so_once(any_bucket, said):
        hidden = ["streams/.DS_Store", "streams/.ipynb_checkpoints/a.csv", "streams/_SUCCESS", ".x/a.csv", "_tmp/b"]
        for key in hidden:
            deliver(key)
        deliver("streams/", b"")
        assert run() == {}
        (fields,) = [fields for event, fields in said if "hidden files" in event]
        assert fields["count"] == 6
        assert keys(LANDING) == sorted([*hidden, "streams/"])

    def it_warns_of_objects_outside_the_folders_once(any_bucket, said):
        for key in ("plays/a.csv", "plays/b.csv", "root.csv", "streams"):
            deliver(key)
        run()
        (fields,) = [fields for event, fields in said if "outside the datasets' folders" in event]
        assert fields["keys"] == ["plays/", "root.csv", "streams"]

    def it_leaves_withdrawn_files(bucket, said):
        deliver("streams/a.csv")
        aws.client("s3").delete_object(Bucket=LANDING, Key="streams/a.csv")
        assert run() == {}
        assert [fields["count"] for event, fields in said if "withdrawn" in event] == [1]

    def it_takes_a_file_delivered_anew_after_it_was_withdrawn(bucket):
        s3 = aws.client("s3")
        deliver("streams/a.csv")
        time.sleep(1.1)
        s3.delete_object(Bucket=LANDING, Key="streams/a.csv")
        deliver("streams/a.csv", PLAYS + b"3,t,2024-06-25 12:00:00\n")
        assert run() == {ACCEPTED: 1}
        assert ledger_files()[0].lines == 3

    def it_warns_of_datasets_never_delivered(bucket, said):
        deliver("streams/a.csv")
        run()
        assert [fields["dataset"] for event, fields in said if "ever accepted" in event] == ["users", "songs"]


def describe_new_columns():
    """Columns of which the contract knows nothing; songs files have three that it knows and nothing reads."""

    def it_warns_of_them_and_takes_the_file(bucket, said):
        deliver("streams/wider.csv", WIDER)
        deliver("streams/plain.csv")
        assert run() == {ACCEPTED: 2, "NEW_COLUMNS": 1}
        facts = {"file": "streams/wider.csv", "dataset": "streams", "columns": ["device", "app"]}
        assert [fields for event, fields in said if "nobody here knows" in event] == [facts]
        (log,) = keys(LAKE, "logs/errors/")
        (line,) = read(LAKE, log).splitlines()
        assert facts | {"kind": "new_columns"} == {key: json.loads(line)[key] for key in (*facts, "kind")}

    def it_says_nothing_where_nobody_minds(bucket, said):
        deliver("streams/wider.csv", WIDER)
        assert run(new_columns={"": "reject", "streams": "ignore"}) == {ACCEPTED: 1}
        assert [event for event, _ in said if "nobody here knows" in event] == []

    def it_puts_the_file_aside_where_they_are_refused(bucket):
        deliver("streams/wider.csv", WIDER)
        deliver("users/a.csv", USERS.replace(b"user_id", b"vip,user_id").replace(b"\n1,", b"\nyes,1,"))
        assert run(new_columns={"": "ignore", "streams": "reject"}) == {ACCEPTED: 1, REJECTED: 1}
        (key,) = [key for key in keys(LAKE, "quarantine/files/") if key.endswith(".reason.json")]
        reason = json.loads(read(LAKE, key))
        assert (reason["reason"], reason["message"]) == (
            "new_columns", "'streams/wider.csv' has columns that nobody here knows: device, app"
        )  # fmt: skip
        assert "--new_columns" in reason["remedy"]

    def it_knows_the_columns_that_nothing_reads(bucket):
        header = ",".join(("", *SONG_FILES.field_names[1:], *SONG_FILES.unused))
        deliver("songs/a.csv", f"{header}\n1{',' * header.count(',')}\n".encode())
        assert run(new_columns={"": "reject"}) == {ACCEPTED: 1}

    def it_knows_no_dataset_that_is_not_there(bucket):
        with pytest.raises(ConfigError, match="--new_columns names 'stream'; datasets are"):
            run(new_columns={"stream": "reject"})


def describe_the_script():
    @pytest.mark.parametrize("script", ["validate_files", "clean_up"])
    def it_starts_without_spark(script):
        code = f"import sys, glue_jobs.{script}; sys.exit('pyspark' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0

    def it_runs_as_glue_runs_it(bucket):
        deliver("streams/a.csv")
        settings = {"datasets": "streams", "landing_bucket": LANDING, "lake_bucket": LAKE, "ledger_table": TABLE}
        settings |= {"JOB_NAME": "streams_validate_files", "JOB_RUN_ID": "jr_1"}
        settings["defaults"] = "recompute=false dry_run=false max_reject_rate=0.5 pending_days=30 new_columns=warn"
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


def describe_deaths():
    def _dies_at(monkeypatch, number: int):
        """Kills the run at its `number`th write to S3 or DynamoDB; the writes before it happen."""
        import botocore.client

        original, calls = botocore.client.BaseClient._make_api_call, [0]
        writes = {"CopyObject", "PutObject", "DeleteObjects", "BatchWriteItem"}

        def call(self, operation, arguments):
            if operation in writes:
                calls[0] += 1
                if calls[0] >= number:
                    raise DeathError
            return original(self, operation, arguments)

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)

    @pytest.mark.parametrize("at", range(1, 15))
    def it_ends_as_if_nothing_had_happened(bucket, at):
        deliver("users/old.csv", USERS)
        run(run_id="jr_0")
        for key, body in (
            ("streams/a.csv", PLAYS),
            ("streams/b.csv", PLAYS),
            ("streams/c.csv", b"{}"),
            ("users/a.csv", USERS),
        ):
            deliver(key, body)
        with pytest.MonkeyPatch.context() as patch:
            _dies_at(patch, at)
            with suppress(DeathError):
                run(run_id="jr_1")
        run(run_id="jr_2")
        states = {file.landing_key: file.state for name in ("streams", "users") for file in ledger_files(name)}
        assert states == {
            "users/old.csv": REPEATED,
            "users/a.csv": ACCEPTED,
            "streams/a.csv": ACCEPTED,
            "streams/b.csv": REPEATED,
            "streams/c.csv": REJECTED,
        }
        accepted = [
            file.archive_key for name in ("streams", "users") for file in ledger_files(name) if file.archive_key
        ]
        assert sorted(keys(LAKE, "archive/")) == sorted(accepted)
        waiting = {file.file_key for name in ("streams", "users") for file in ledger_files(name) if file.archive_key}
        assert waiting <= {file_key for name in ("streams", "users") for file_key in named(name)}
        assert keys(LANDING) == []

    def it_reads_a_failing_object_again(bucket, monkeypatch):
        from botocore.exceptions import ReadTimeoutError

        from glue_jobs.lib.intake import inspection

        deliver("streams/a.csv")
        original, calls = inspection.check, []

        def flaky(*args, **kwargs):
            calls.append(1)
            if len(calls) == 1:
                raise ReadTimeoutError(endpoint_url="s3")
            return original(*args, **kwargs)

        monkeypatch.setattr(inspection, "check", flaky)
        assert run() == {ACCEPTED: 1}
        assert b"retried_call" in read(LAKE, f"logs/errors/{DAY}/jr_1.jsonl")

    def it_says_that_a_file_changed_under_its_hands(monkeypatch):
        from glue_jobs.lib.intake import landing

        with account(monkeypatch, versioning=False):
            deliver("streams/a.csv")
            waiting = landing.list_landing(LANDING, [STREAM_FILES])
            deliver("streams/a.csv", PLAYS + b"x")
            monkeypatch.setattr(landing, "list_landing", lambda *_: waiting)
            with pytest.raises(PipelineError, match=r"'streams/a.csv' was replaced"):
                run()
