"""Records of several lines are found wherever the text is split; a stray quote is no such record."""

import hashlib

import pytest

from glue_jobs.lib.intake.line_counter import LineCounter

HEADER = b"user_id,track_id,listen_time"


def parts(*lines, piece=7):
    counter = LineCounter(has_header=True)
    text = b"\n".join([HEADER, *lines]) + b"\n"
    for start in range(0, len(text), piece):
        counter.feed(text[start : start + piece])
    counter.finish()
    return counter.multiline.parts


def hashes(*lines):
    return [hashlib.md5(line).hexdigest() for line in lines]


RECORD = (b'3,"a', b"4,trk,2025-01-01 00:00:04", b'b",2025-01-01 00:00:03')


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_a_row_inside_a_quoted_value_is_part_of_the_record(piece):
    assert parts(b"1,t,x", *RECORD, b"5,t,x", piece=piece) == hashes(*RECORD)


@pytest.mark.parametrize(
    "lines",
    [
        (b'1,"t,x', b"2,t,x", b"3,t,x"),
        (b'1,"t,x', b"2,t,x", b'3,"t",x', b"4,t,x"),
        (b'1,"t,x', b"2,t,x", b'3,t,"x', b"4,t,x"),
        (b'1,"t', b'2",x,y,z'),
        (b'1,"a""b",x', b'2,"t",x'),
    ],
)
def test_a_quote_that_was_left_open_makes_no_record_of_the_lines_behind_it(lines):
    assert parts(*lines) == []


def test_a_record_behind_a_stray_quote_is_found():
    assert parts(b'1,"t,x', b"2,t,x", *RECORD) == hashes(*RECORD)


def test_doubled_quotes_belong_to_the_value():
    record = (b'3,"say ""hi""', b'4,""t"",x', b'b",x')
    assert parts(*record) == hashes(*record)
