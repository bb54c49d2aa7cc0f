import dataclasses
import gzip
from datetime import UTC, date, datetime

import pytest
from files_support import LAKE, PLAYS, TABLE, USERS_HEADER, account, deliver, keys, make_config, read

from glue_jobs import validate_files
from glue_jobs.lib.files.ledger import ACCEPTED, ARCHIVED, LOADED, Ledger, LedgerFile
from glue_jobs.lib.run import aws
from glue_jobs.lib.run.errors import PipelineError
from glue_jobs.lib.upkeep import archive

USERS = f"{USERS_HEADER}\n1,Ann,30,France,2024-01-01\n".encode()


@pytest.fixture
def ledger(monkeypatch):
    with account(monkeypatch):
        yield Ledger(TABLE)


def take_in(**changes):
    validate_files.run(make_config(**changes))


def load(ledger: Ledger, dataset: str) -> list[LedgerFile]:
    return ledger.mark(ledger.open_files(dataset, [ACCEPTED]), state=LOADED, run_id="jr_load")


def archived(ledger: Ledger, dataset: str = "streams") -> int:
    return archive.archive_files(LAKE, ledger, dataset)


def describe_file_date():
    @pytest.mark.parametrize(
        ("key", "expected"),
        [
            ("streams/2024-06-25.csv", date(2024, 6, 25)),
            ("streams/2024/06/25/a.csv", date(2024, 6, 25)),
            ("streams/plays_20240625_1.csv", date(2024, 6, 25)),
            ("streams/2024/06/a.csv", date(2024, 6, 1)),
            ("streams/2018/11/2018-11-05-events.csv", date(2018, 11, 5)),
            ("streams/a.csv", date(2024, 7, 1)),
            ("streams/2024-02-30.csv", date(2024, 7, 1)),
            ("streams/12345678.csv", date(2024, 7, 1)),
            ("streams/120240625.csv", date(2024, 7, 1)),
        ],
    )
    def it_is_in_the_key_or_that_of_acceptance(key, expected):
        file = LedgerFile(key, "streams", key, "c", "", 1, 1, LOADED, None, "k", datetime(2024, 7, 1, tzinfo=UTC))
        assert archive.file_date(file) == expected


def describe_archive_files():
    def it_moves_loaded_files(ledger):
        deliver("streams/2024/06/25/a b+%.csv")
        take_in()
        (file,) = load(ledger, "streams")
        assert archived(ledger) == 1
        key = f"archive/streams/2024/06/25/{file.checksum[:12]}/streams/2024/06/25/a b+%.csv"
        assert ledger.get([file.file_key])[file.file_key] == dataclasses.replace(file, state=ARCHIVED, archived_key=key)
        assert read(LAKE, key) == PLAYS
        assert keys(LAKE, "accepted/") == []
        assert ledger.open_files("streams") == []

    @pytest.mark.parametrize(
        ("name", "body", "ending"),
        [
            ("a.csv", gzip.compress(PLAYS, mtime=0), "a.csv.gz"),
            ("a.csv.gz", PLAYS, "a.csv.gz.csv"),
            ("a.csv.gz", gzip.compress(PLAYS, mtime=0), "a.csv.gz"),
            ("a.txt", PLAYS, "a.txt"),
        ],
    )
    def it_gives_an_ending_that_tells_what_is_inside(ledger, name, body, ending):
        deliver(f"streams/{name}", body)
        take_in()
        load(ledger, "streams")
        archived(ledger)
        (key,) = keys(LAKE, "archive/")
        assert key.endswith(f"/streams/{ending}")

    def it_leaves_files_not_loaded(ledger):
        deliver("streams/a.csv")
        take_in()
        assert archived(ledger) == 0
        assert len(keys(LAKE, "accepted/")) == 1

    @pytest.mark.parametrize("day", [1, 2], ids=["same day", "next day"])
    def it_leaves_the_object_that_came_again(ledger, day):
        deliver("users/a.csv", USERS)
        take_in()
        load(ledger, "users")
        deliver("users/b.csv", USERS)
        take_in(started_at=make_config().started_at.replace(day=day))
        assert archived(ledger, "users") == 1
        (waiting,) = ledger.open_files("users")
        assert keys(LAKE, "accepted/") == [waiting.accepted_key]
        load(ledger, "users")
        assert archived(ledger, "users") == 1
        assert keys(LAKE, "accepted/") == []
        assert len(keys(LAKE, "archive/users/")) == 2

    def it_archives_both_files_that_share_an_object(ledger):
        for key in ("a", "b"):
            deliver(f"users/{key}.csv", USERS)
            take_in()
            load(ledger, "users")
        assert archived(ledger, "users") == 2
        assert (len(keys(LAKE, "archive/users/")), keys(LAKE, "accepted/")) == (2, [])

    def it_leaves_an_object_that_a_newer_delivery_just_wrote(ledger):
        deliver("users/a.csv", USERS)
        take_in()
        (file,) = load(ledger, "users")
        aws.client("s3").put_object(Bucket=LAKE, Key=file.accepted_key, Body=USERS)
        assert archived(ledger, "users") == 1
        assert keys(LAKE, "accepted/") == [file.accepted_key]

    def it_names_a_file_whose_object_is_gone_and_archives_the_others(ledger):
        deliver("streams/a.csv")
        deliver("streams/b.csv", PLAYS + b"9,t,2024-06-25 00:00:00\n")
        take_in()
        lost, kept = load(ledger, "streams")
        aws.delete_objects(LAKE, [lost.accepted_key])
        with pytest.raises(PipelineError, match=r"streams/a\.csv@.* is gone"):
            archived(ledger)
        assert ledger.get([kept.file_key])[kept.file_key].state == ARCHIVED

    def it_finds_a_copy_that_differs(ledger, monkeypatch):
        deliver("streams/a.csv")
        take_in()
        (file,) = load(ledger, "streams")
        changed = PLAYS.replace(b"1,t1", b"2,t1")
        metadata = aws.client("s3").head_object(Bucket=LAKE, Key=file.accepted_key)["Metadata"]
        aws.client("s3").put_object(Bucket=LAKE, Key=file.accepted_key, Body=changed, Metadata=metadata)
        with pytest.raises(PipelineError, match="differs"):
            archived(ledger)
        assert keys(LAKE, "accepted/") == [file.accepted_key]
