import pytest
from files_support import LAKE, account, make_config, read

from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.run import aws, logs
from glue_jobs.lib.run.error_log import ErrorLog
from glue_jobs.lib.run.errors import MissingResourceError, PipelineError


@pytest.fixture
def lake(monkeypatch):
    with account(monkeypatch):
        yield aws.client("s3")


def describe_in_parallel():
    def it_keeps_the_order():
        assert s3_copy.in_parallel(lambda number: number * 2, range(100)) == list(range(0, 200, 2))

    def it_raises_what_was_raised_and_begins_no_more():
        begun = []

        def fail(number):
            begun.append(number)
            raise ValueError(number)

        with pytest.raises(ValueError, match="0"):
            s3_copy.in_parallel(fail, range(10_000), workers=2)
        assert len(begun) < 10_000


def describe_copy():
    def it_keeps_the_file_key_whatever_its_characters(lake):
        lake.put_object(Bucket=LAKE, Key="a", Body=b"x")
        s3_copy.copy({"Bucket": LAKE, "Key": "a"}, LAKE, "b", size=1, file_key="streams/é %+.csv@v1")
        assert s3_copy.file_key_of(LAKE, "b") == "streams/é %+.csv@v1"
        assert (s3_copy.file_key_of(LAKE, "a"), s3_copy.file_key_of(LAKE, "gone")) == (None, None)

    def it_copies_in_parts_what_is_too_large_for_one_call(lake, monkeypatch):
        monkeypatch.setattr(s3_copy, "LARGEST_SINGLE_COPY", 10)
        body = b"x" * (9 << 20)
        lake.put_object(Bucket=LAKE, Key="a", Body=body)
        s3_copy.copy({"Bucket": LAKE, "Key": "a"}, LAKE, "b", size=len(body), file_key="k", checksum=True)
        assert (read(LAKE, "b"), s3_copy.file_key_of(LAKE, "b")) == (body, "k")

    def it_names_what_is_gone_or_missing(lake):
        with pytest.raises(PipelineError, match="'a' in bucket"):
            s3_copy.copy({"Bucket": LAKE, "Key": "a"}, LAKE, "b", size=1)
        lake.put_object(Bucket=LAKE, Key="a", Body=b"x")
        with pytest.raises(MissingResourceError, match="bucket 'nowhere'"):
            s3_copy.copy({"Bucket": LAKE, "Key": "a"}, "nowhere", "b", size=1)


def describe_fit_key():
    def it_cuts_the_beginning_of_a_key_too_long():
        assert s3_copy.fit_key("p/", "a/b.csv") == "p/a/b.csv"
        fitted = s3_copy.fit_key("p/", "é" * 600 + ".csv", room_for=".json")
        assert fitted.startswith("p/é")
        assert fitted.endswith("é.csv")
        assert 1015 < len(fitted.encode()) <= 1024 - len(".json")


def describe_progress():
    def it_speaks_only_now_and_then(monkeypatch):
        said = []
        monkeypatch.setattr(logs, "info", lambda event, **counts: said.append(counts))
        progress = s3_copy.Progress("reading", every_seconds=0)
        progress.add(files=1, bytes=5)
        progress.add(files=1)
        s3_copy.Progress("reading").add(files=1)
        assert said == [{"files": 1, "bytes": 5}, {"files": 2, "bytes": 5}]


def describe_error_log():
    def it_writes_lines_once_for_all(lake):
        log = ErrorLog(make_config())
        assert log.flush() is None
        log.add("rejected_rows", file="é", rule="ragged_row", rows=2)
        log.flush()
        log.add("retried_call", call="s3:GetObject")
        assert log.flush() == "logs/errors/2024-07-01/jr_1.jsonl"
        first, second = read(LAKE, log.key).decode().splitlines()
        assert '"file": "é", "rule": "ragged_row", "rows": 2' in first
        assert '"kind": "retried_call"' in second

    def it_refuses_an_unknown_kind(lake):
        with pytest.raises(ValueError, match="'oops'"):
            ErrorLog(make_config()).add("oops")
