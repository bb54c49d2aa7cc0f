"""A file without a user's lines: every other byte stays, however the text comes in pieces."""

import gzip
import hashlib
import itertools

import pytest

from glue_jobs.lib.contracts.music import STREAM_FILES, USER_FILES
from glue_jobs.lib.contracts.sparkify import LOG_DATA
from glue_jobs.lib.erasure.rewrite import Filter, count, rewrite
from glue_jobs.lib.intake import inspection
from glue_jobs.lib.intake.inspection import check

PLAYS = (
    b"\xef\xbb\xbfuser_id,track_id,listen_time\r\n"
    b"42,t1,2024-06-25 10:00:00\r\n"
    b"7,t42,2024-06-25 10:00:00\n"
    b"\n  \n"
    b"user_id,track_id,listen_time\n"
    b"042,t1,soon\r"
    b"8,\xff,2024-06-25 10:00:00\r"
    b'"9","t,1",2024-06-25 10:00:00\n'
    b"42,t3,2024-06-25 10:00:00"
)
WITHOUT = (
    b"\xef\xbb\xbfuser_id,track_id,listen_time\r\n"
    b"7,t42,2024-06-25 10:00:00\n"
    b"\n  \n"
    b"user_id,track_id,listen_time\n"
    b"8,\xff,2024-06-25 10:00:00\r"
    b'"9","t,1",2024-06-25 10:00:00\n'
)
RECORDS = (
    b"user_id,user_name,user_age,user_country,created_at\n"
    b'41,"Bo\nb",42,Spain,2024-01-01\n'
    b'42,"An\nn\nLee",30,France,2024-01-01\n'
    b"43,Cy,30,Chad,2024-01-01\n"
)
EVENTS = b'{"userId":"42","song":"a"}\n{"userId":"7","sessionId":42}\n{"userId":"42"\n{"userId":""}\n'


def cut(content, size):
    return (bytes(piece) for piece in itertools.batched(content, size)) if hasattr(itertools, "batched") else (
        content[at : at + size] for at in range(0, len(content), size)
    )  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 1000])
def test_csv(size):
    filter_ = Filter(STREAM_FILES, {42})
    made = rewrite(cut(PLAYS, size), filter_)
    assert made.body.read() == WITHOUT
    assert (made.checksum, made.bytes) == (hashlib.sha256(WITHOUT).hexdigest(), len(WITHOUT))
    assert (filter_.removed.lines, filter_.removed.has_others) == (3, True)


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_json(size):
    made = rewrite(cut(EVENTS, size), Filter(LOG_DATA, {42}))
    assert made.body.read() == b'{"userId":"7","sessionId":42}\n{"userId":""}\n'


def test_gzip_stays_gzip_and_is_the_same_each_time():
    packed = gzip.compress(PLAYS[:80]) + gzip.compress(PLAYS[80:])
    first, second = (rewrite([packed], Filter(STREAM_FILES, {42})) for _ in range(2))
    assert gzip.decompress(first.body.read()) == WITHOUT
    assert first.checksum == second.checksum == hashlib.sha256(second.body.read()).hexdigest()


@pytest.mark.parametrize("size", [1, 11, 1000])
def test_records_of_several_lines_go_or_stay_as_a_whole(size):
    checked = check([RECORDS], USER_FILES, name="users.csv")
    filter_ = Filter(USER_FILES, {42}, checked.record_parts)
    made = rewrite(cut(RECORDS, size), filter_).body.read()
    assert made == RECORDS.replace(b'42,"An\nn\nLee",30,France,2024-01-01\n', b"")
    assert filter_.removed.lines == 3
    assert filter_.removed.parts == [
        hashlib.md5(line).hexdigest() for line in (b'42,"An', b"n", b'Lee",30,France,2024-01-01')
    ]


@pytest.mark.parametrize(("content", "dataset"), [(PLAYS.replace(b"\xff", b"t"), STREAM_FILES), (EVENTS, LOG_DATA)])
def test_the_lines_that_validate_files_counts_are_those_that_stay(content, dataset):
    filter_ = Filter(dataset, {42})
    made = rewrite([content], filter_).body.read()
    before, after = (inspection.check([text], dataset, name="x") for text in (content, made))
    assert before.lines - filter_.removed.lines == after.lines


def test_a_file_of_no_other_lines():
    removed = count([b"user_id,track_id,listen_time\n42,t,2024-06-25 10:00:00\n"], Filter(STREAM_FILES, {42}))
    assert (removed.lines, removed.has_others) == (1, False)


def test_a_file_without_header():
    removed = count([b"7,t,2024-06-25 10:00:00\n42,t,2024-06-25 10:00:00\n"], Filter(STREAM_FILES, {42}))
    assert (removed.lines, removed.has_others) == (1, True)


def test_utf_16_is_searched():
    content = "user_id,user_name\n42,Ann\n".encode("utf-16")
    assert count([content], Filter(USER_FILES, {42})).lines == 1
    assert count([content], Filter(USER_FILES, {43})).lines == 0
