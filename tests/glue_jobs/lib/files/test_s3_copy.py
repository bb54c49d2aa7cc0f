import hashlib

import pytest
from files_support import LAKE, account, read

from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.run import aws
from glue_jobs.lib.run.errors import MissingResourceError, PipelineError


@pytest.fixture
def lake(monkeypatch):
    with account(monkeypatch):
        yield aws.client("s3")


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
        s3_copy.copy({"Bucket": LAKE, "Key": "a"}, LAKE, "b", size=len(body), file_key="k", sha256="other")
        assert (read(LAKE, "b"), s3_copy.file_key_of(LAKE, "b")) == (body, "k")

    def it_copies_only_the_beginning(lake):
        etag = lake.put_object(Bucket=LAKE, Key="a", Body=b"packed\0\0")["ETag"]
        source = {"Bucket": LAKE, "Key": "a"}
        s3_copy.copy(source, LAKE, "b", size=8, length=6, etag=etag, file_key="k", sha256="of all")
        assert (read(LAKE, "b"), s3_copy.file_key_of(LAKE, "b")) == (b"packed", "k")
        lake.put_object(Bucket=LAKE, Key="a", Body=b"replaced")
        with pytest.raises(PipelineError, match="'a' in bucket"):
            s3_copy.copy(source, LAKE, "c", size=8, length=6, etag=etag)

    def it_finds_a_copy_that_differs(lake):
        lake.put_object(Bucket=LAKE, Key="a", Body=b"x")
        s3_copy.copy({"Bucket": LAKE, "Key": "a"}, LAKE, "b", size=1, sha256=hashlib.sha256(b"x").hexdigest())
        with pytest.raises(PipelineError, match="'b' differs"):
            s3_copy.copy({"Bucket": LAKE, "Key": "a"}, LAKE, "b", size=1, sha256=hashlib.sha256(b"y").hexdigest())

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
