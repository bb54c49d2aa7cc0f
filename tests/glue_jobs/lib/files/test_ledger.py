import dataclasses
from datetime import UTC, date, datetime

import pytest
from files_support import TABLE, account

from glue_jobs.lib.files.ledger import ACCEPTED, FORMER_LOADED, LOADED, REJECTED, REPEATED, Ledger, LedgerFile
from glue_jobs.lib.run import aws
from glue_jobs.lib.run.errors import MissingResourceError

FILE = LedgerFile(
    file_key="streams/a.csv@v1",
    dataset="streams",
    landing_key="streams/a.csv",
    checksum="c1",
    header="user_id",
    lines=3,
    bytes=10,
    state=ACCEPTED,
    reason=None,
    archive_key="archive/streams/2024/07/01/c1.csv",
    accepted_at=datetime(2024, 7, 1, 4, 0, 0, 7, tzinfo=UTC),
)


def make(number: int, **changes) -> LedgerFile:
    base = {
        "file_key": f"k{number}",
        "checksum": f"c{number}",
        "accepted_at": datetime(2024, 7, 1, 4, 0, 0, number, UTC),
    }
    return dataclasses.replace(FILE, **(base | changes))


@pytest.fixture
def ledger(monkeypatch):
    with account(monkeypatch):
        yield Ledger(TABLE)


def describe_ledger():
    def it_gives_back_what_was_put(ledger):
        file = dataclasses.replace(FILE, run_id="r", first_date=date(2024, 1, 2), last_date=date(2024, 1, 3))
        ledger.put([file])
        assert ledger.get([file.file_key, "other"]) == {file.file_key: file}

    def it_lists_open_files_in_the_order_in_which_they_apply(ledger):
        files = [make(number) for number in (3, 1, 2)]
        ledger.put(files)
        assert [file.file_key for file in ledger.open_files("streams")] == ["k1", "k2", "k3"]
        assert ledger.open_files("users") == []

    @pytest.mark.parametrize(
        ("state", "run_id", "is_open"),
        [
            (ACCEPTED, None, True),
            (LOADED, "r", False),
            (REPEATED, None, True),
            (REPEATED, "r", False),
            (REJECTED, None, True),
            (REJECTED, "r", False),
        ],
    )
    def it_keeps_open_what_still_needs_work(ledger, state, run_id, is_open):
        ledger.put([make(1, state=state, run_id=run_id)])
        assert bool(ledger.open_files("streams")) == is_open
        assert bool(ledger.open_files("streams", [state])) == is_open

    def it_marks_files(ledger):
        ledger.put([make(1)])
        marked = ledger.mark(ledger.open_files("streams"), state=LOADED, run_id="r1", first_date=date(2024, 1, 2))
        assert ledger.get(["k1"]) == {"k1": marked[0]}
        assert (marked[0].state, marked[0].run_id, marked[0].first_date) == (LOADED, "r1", date(2024, 1, 2))
        assert ledger.mark(marked, state=LOADED)[0].run_id == "r1"

    def it_finds_who_brought_a_content_in_that_dataset(ledger):
        ledger.put([make(1), make(2, state=REJECTED), make(3, state=REPEATED, checksum="c1")])
        assert ledger.find("streams", ["c1", "c2", "c9"]) == {"c1": [make(1)]}
        assert ledger.find("users", ["c1"]) == {}

    @pytest.mark.parametrize(
        ("first", "last", "found"),
        [(None, None, [1, 2, 4]), (2, 2, [1, 4]), (3, None, [2, 4]), (None, 1, [1, 4]), (9, 9, [4])],
    )
    def it_finds_loaded_files_that_may_hold_rows_of_the_days(ledger, first, last, found):
        june = {"first_date": date(2024, 6, 1), "last_date": date(2024, 6, 2)}
        ledger.put(
            [
                make(1, state=LOADED, **june),
                make(2, state=LOADED, first_date=date(2024, 6, 3), last_date=date(2024, 6, 4)),
                make(3, state=REJECTED, **june),
                make(4, state=LOADED),
                make(5, state=LOADED, dataset="users"),
            ]
        )
        days = [day and date(2024, 6, day) for day in (first, last)]
        assert [file.file_key for file in ledger.files_of_days("streams", *days)] == [f"k{number}" for number in found]

    @pytest.mark.parametrize(
        ("item", "file"),
        [
            (
                {"state": FORMER_LOADED, "accepted_key": "accepted/a", "archived_key": "archive/a"},
                {"state": LOADED, "archive_key": "archive/a"},
            ),
            ({"state": LOADED, "accepted_key": "accepted/a"}, {"state": LOADED, "archive_key": "accepted/a"}),
        ],
        ids=["archived", "loaded"],
    )
    def it_reads_what_version_0_1_wrote(ledger, item, file):
        texts = {"file_key": "k", "dataset": "streams", "landing_key": "streams/a.csv", "checksum": "c", "header": "h"}
        texts |= {"accepted_at": "2024-07-01T04:00:00.000000+00:00", **item}
        item = {name: {"S": value} for name, value in texts.items()} | {"lines": {"N": "1"}, "bytes": {"N": "2"}}
        aws.client("dynamodb").put_item(TableName=TABLE, Item=item)
        (found,) = ledger.files_of_days("streams", None, None)
        assert {name: getattr(found, name) for name in file} == file

    def it_writes_and_reads_more_than_a_batch(ledger):
        files = [make(number) for number in range(230)]
        ledger.put(files)
        assert len(ledger.get(file.file_key for file in files)) == 230
        assert len(ledger.find("streams", [file.checksum for file in files])) == 230
        assert ledger.open_files("streams") == files

    def it_says_that_the_table_is_missing(ledger):
        with pytest.raises(MissingResourceError, match=r"DynamoDB table 'Nowhere'.*--ledger_table"):
            Ledger("Nowhere").open_files("streams")
