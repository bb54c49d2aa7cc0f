"""Files that the file check refuses, leaves where they are, or takes with a remark."""

import json
import time

import pytest
from checked_files import DAY, USERS, ledger_files, run
from files_support import LAKE, LANDING, PLAYS, deliver, keys, read

from glue_jobs.lib.contracts.music import SONG_FILES
from glue_jobs.lib.files.ledger import ACCEPTED, REJECTED
from glue_jobs.lib.run import aws
from glue_jobs.lib.run.errors import ConfigError

WIDER = b"user_id,track_id,Device,listen_time,app\n1,t,phone,2024-06-25 10:00:00,2.0\n"


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
