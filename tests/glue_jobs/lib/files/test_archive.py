from datetime import UTC, date, datetime

import pytest
from files_support import LAKE, account

from glue_jobs.lib.contracts.music import STREAM_FILES
from glue_jobs.lib.files import archive
from glue_jobs.lib.run import aws

DELIVERED = datetime(2024, 7, 1, 23, 59, tzinfo=UTC)


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
    def it_is_in_the_key_or_that_of_delivery(key, expected):
        assert archive.file_date(key, DELIVERED) == expected


def describe_archive_key():
    @pytest.mark.parametrize(("gzipped", "ending"), [(False, "csv"), (True, "csv.gz")])
    def it_tells_what_is_inside_whatever_the_file_was_called(gzipped, ending):
        key = archive.archive_key(
            STREAM_FILES, "streams/a *\n.txt", checksum="c1", gzipped=gzipped, delivered_at=DELIVERED
        )
        assert key == f"archive/streams/2024/07/01/c1.{ending}"


def describe_paths_to_read():
    @pytest.fixture
    def lake(monkeypatch):
        with account(monkeypatch):
            for key in ("archive/x/1/a", "archive/x/1/b", "archive/x/2/c", "archive/x/2/d", "archive/x/3/[e]*"):
                aws.client("s3").put_object(Bucket=LAKE, Key=key, Body=b"1")
            yield

    def it_gives_a_folder_of_which_all_is_wanted_and_single_files_of_others(lake):
        wanted = ["archive/x/1/a", "archive/x/1/b", "archive/x/2/c"]
        assert archive.paths_to_read(LAKE, wanted) == [f"s3://{LAKE}/archive/x/1/", f"s3://{LAKE}/archive/x/2/c"]

    def it_leaves_out_what_is_gone(lake):
        assert archive.paths_to_read(LAKE, ["archive/x/1/a", "archive/x/1/gone"]) == [f"s3://{LAKE}/archive/x/1/a"]
        assert archive.paths_to_read(LAKE, ["archive/x/9/gone"]) == []

    def it_takes_patterns_literally(lake):
        aws.client("s3").put_object(Bucket=LAKE, Key="archive/x/3/f", Body=b"1")
        assert archive.paths_to_read(LAKE, ["archive/x/3/[e]*"]) == [rf"s3://{LAKE}/archive/x/3/\[e\]\*"]
