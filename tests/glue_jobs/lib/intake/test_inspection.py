import gzip
import hashlib
import re
import tracemalloc
import zlib
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import pytest
from files_support import PLAYS, STREAMS_HEADER
from hypothesis import given
from hypothesis import strategies as st

from glue_jobs.lib.contracts.model import Dataset, Field
from glue_jobs.lib.contracts.music import STREAM_FILES
from glue_jobs.lib.intake.inspection import Checked, check
from glue_jobs.lib.intake.line_counter import BOM, MAX_HEADER, LineCounter

HEADER = STREAMS_HEADER.encode()
ROW = b"1,t1,2024-06-25 10:00:00"
LOGS = Dataset(
    name="log_data", grain="one row an event", fields=(Field("ts", "BIGINT"),), file_format="json", repeats="skip"
)


# Without a time stamp, so that every worker collects the same test ids.
packed = partial(gzip.compress, mtime=0)


def look(body: bytes, *, dataset: Dataset = STREAM_FILES, chunk: int = 1 << 20) -> Checked:
    return check((body[at : at + chunk] for at in range(0, len(body), chunk)), dataset, name="streams/a.csv")


def reason(body: bytes, **options) -> str | None:
    problem = look(body, **options).problem
    return problem.reason if problem else None


def measured(chunks: Iterator[bytes]) -> tuple[Checked, int]:
    """What is found, and the most memory that it took."""
    tracemalloc.start()
    found = check(chunks, STREAM_FILES, name="a")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found, peak


def describe_check():
    def it_finds_checksum_header_and_lines():
        found = look(PLAYS)
        assert found == Checked(hashlib.sha256(PLAYS).hexdigest(), len(PLAYS), STREAMS_HEADER, 2, False, None)

    @pytest.mark.parametrize(
        ("body", "lines"),
        [
            (HEADER + b"\n" + ROW, 1),
            (HEADER + b"\r\n" + ROW + b"\r\n" + ROW + b"\r\n", 2),
            (HEADER + b"\r" + ROW + b"\r" + ROW, 2),
            (b"\xef\xbb\xbf" + HEADER + b"\n" + ROW + b"\n", 1),
            (b"\n \t\n" + HEADER + b"\n\n\n" + ROW + b"\n  \n", 1),
            (HEADER + b"\n" + ROW + b"\n" + HEADER + b"\n" + ROW + b"\n\xef\xbb\xbf" + HEADER + b"\r\n" + ROW, 3),
            (HEADER + b"\n" + ROW + b"\x00\n", 1),
            (HEADER + b"\n1,t\n,,\n", 2),
            (HEADER + b'\n"1,t1\n', 1),
            (HEADER + b"\n" + "1,café,2024\n".encode(), 1),
        ],
        ids=[
            "no last line end",
            "crlf",
            "cr",
            "bom",
            "blank lines",
            "repeated headers",
            "nul",
            "ragged",
            "quote",
            "text",
        ],
    )
    def it_counts_lines(body, lines):
        found = look(body)
        assert (found.lines, found.header, found.problem) == (lines, STREAMS_HEADER, None)

    @pytest.mark.parametrize(
        "header",
        [
            b"listen_time,user_id,track_id",
            b"user_id,extra,track_id,listen_time,extra",
            b' "User_ID" ,"track_id", LISTEN_TIME ',
            b'user_id,track_id,listen_time,"a,b"',
        ],
        ids=["other order", "extra columns", "quotes, case, spaces", "comma in a name"],
    )
    def it_finds_columns_by_name(header):
        found = look(header + b"\n" + ROW + b"\n")
        assert (found.problem, found.header) == (None, header.decode())

    @pytest.mark.parametrize(
        ("body", "expected", "says"),
        [
            (
                b"user_id,track_id\n1,t\n",
                "missing_columns",
                "lacks column 'listen_time'; its header is: user_id,track_id",
            ),
            (b"user_id,track_id,time\n1,t,x\n", "missing_columns", "lacks column 'listen_time'"),
            (b"user_id,track_id,listen_time,USER_ID\n1,t,x,2\n", "duplicate_columns", "has column 'user_id' twice"),
            (b"", "empty", "is empty"),
            (b"\n\n  \n", "empty", "is empty"),
            (HEADER + b"\n", "empty", "a header and no rows"),
            (HEADER, "empty", "a header and no rows"),
            (HEADER + b"\n" + HEADER + b"\n", "empty", "a header and no rows"),
            (packed(b""), "empty", "is empty"),
            (b'{"user_id": 1, "track_id": "t", "listen_time": "x"}\n', "not_csv", "is JSON"),
            (b'[{"user_id": 1}]', "not_csv", "is JSON"),
            (b"<!DOCTYPE html>\n<html><body>503</body></html>", "not_csv", "is HTML"),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not_csv", "is a PNG image"),
            (b"PK\x03\x04" + bytes(200), "not_csv", "is a ZIP archive"),
            (b"PAR1\x15\x04", "not_csv", "is a Parquet file"),
            (packed(packed(PLAYS)), "not_csv", "is gzip inside gzip"),
            (b"user_id;track_id;listen_time\n1;t;x\n", "not_csv", "separated by semicolons"),
            (b"sep=;\nuser_id;track_id;listen_time\n1;t;x\n", "not_csv", "Excel's line 'sep=;'"),
            (b"# plays of June\n" + PLAYS, "not_csv", "begins with a comment line"),
            (HEADER + b'\n1,"a\nb",x' * 600, "multiline_records", "more than 1000 lines in records"),
            (b"x" * (MAX_HEADER + 10) + b"\n1\n", "not_csv", "first line of more than"),
            (PLAYS.decode().encode("utf-16"), "not_utf8", "is UTF-16"),
            (PLAYS.decode().encode("utf-16-le"), "not_utf8", "is UTF-16"),
            (PLAYS.decode().encode("utf-16-be"), "not_utf8", "is UTF-16"),
            (PLAYS + "3,café,2024\n".encode("latin-1"), "not_utf8", f"byte 0xe9 at offset {len(PLAYS) + 5}"),
            (PLAYS + "é".encode()[:1], "not_utf8", "is not UTF-8"),
            (packed(PLAYS)[:-4], "truncated", "ends inside its gzip data"),
            (packed(PLAYS)[:20], "truncated", "ends inside its gzip data"),
            (packed(PLAYS)[:-8] + bytes(8), "damaged", "broken gzip data"),
            (packed(PLAYS) + b"rubbish", "damaged", "broken gzip data"),
        ],
    )
    def it_says_why_a_file_is_not_fit(body, expected, says):
        found = look(body)
        assert found.problem.reason == expected
        assert says in found.problem.message
        assert "'streams/a.csv'" in found.problem.message
        assert found.problem.remedy
        assert found.checksum == hashlib.sha256(body).hexdigest()

    @pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
    def it_unpacks_gzip_whatever_the_name_and_with_several_members(chunk):
        found = look(packed(PLAYS) + packed(PLAYS + b"\n") + packed(b""), chunk=chunk)
        assert (found.gzipped, found.lines, found.problem) == (True, 4, None)

    @pytest.mark.parametrize(("mebibytes", "expected"), [(15, None), (200, "line_too_long")])
    def it_reads_long_lines_in_bounded_memory(mebibytes, expected):
        def chunks() -> Iterator[bytes]:
            yield HEADER + b"\n"
            for _ in range(mebibytes):
                yield b"x" * (1 << 20)
            yield b"\n" + ROW

        found, peak = measured(chunks())
        assert found.problem.reason == expected if expected else (found.lines, found.problem) == (2, None)
        assert peak < 16 << 20

    def it_gives_up_a_gzip_bomb_in_bounded_memory():
        packer = zlib.compressobj(1, wbits=31)
        rows = (HEADER + b"\n", *[(ROW + b" " * 60_000 + b"\n") * 250] * 20)
        body = b"".join(map(packer.compress, rows)) + packer.flush()
        found, peak = measured(iter([body]))
        assert (found.problem.reason, found.checksum) == ("gzip_bomb", hashlib.sha256(body).hexdigest())
        assert "unpacks to more than 256 MiB and 200 times its size" in found.problem.message
        assert peak < 16 << 20

    @pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
    def it_counts_the_zeros_behind_gzip_data(chunk):
        found = look(packed(PLAYS) + packed(PLAYS) + bytes(500), chunk=chunk)
        assert (found.lines, found.padding, found.problem) == (4, 500, None)
        assert reason(packed(PLAYS) + bytes(500) + packed(PLAYS), chunk=chunk) == "damaged"

    @given(
        st.lists(
            st.sampled_from([ROW, HEADER, b"\n", b"\r", b"\r\n", b" ", b"\x00", "é".encode(), b'"', b","]), max_size=30
        ),
        st.integers(1, 50),
        st.booleans(),
    )
    def it_finds_the_same_however_the_bytes_part(parts, chunk, gzipped):
        body = HEADER + b"\n" + b"".join(parts)
        assert look(packed(body) if gzipped else body, chunk=chunk).lines == naive_lines(body)[1]


def describe_check_of_json_lines():
    def it_counts_objects():
        found = look(b'{"ts": 1}\n\n{"ts": 2}', dataset=LOGS)
        assert (found.lines, found.header, found.problem) == (2, "", None)

    @pytest.mark.parametrize("mark", [BOM, BOM + b" ", BOM + BOM, BOM + b"\t\x00"])
    def it_counts_no_line_of_byte_order_marks_only(mark):
        assert look(b'{"ts": 1}\n' + mark + b'\n{"ts": 2}\n' + mark, dataset=LOGS).lines == 2

    def it_counts_equal_lines_too():
        assert look(b'{"ts": 1}\n{"ts": 1}\n', dataset=LOGS).lines == 2

    def it_leaves_broken_lines_to_those_who_read_rows():
        found = look(b'{"ts": 1\n[{"ts": 2}]\n{"ts": 3}\n', dataset=LOGS)
        assert (found.lines, found.problem) == (3, None)

    def it_takes_lines_of_any_length():
        body = b'{"ts": 1, "song": "' + b"x" * 3 * MAX_HEADER + b'"}\n{"ts": 2}\n'
        for chunk in (1 << 10, 1 << 20):
            assert (look(body, dataset=LOGS, chunk=chunk).lines, reason(body, dataset=LOGS)) == (2, None)

    @pytest.mark.parametrize(
        "body", [b"ts\n1\n", b"[1]", b'[{"ts": 1}]', b"{", b'{\n  "ts": 1\n}\n', b"\x89PNG\r\n", b"null\n12\n"]
    )
    def it_refuses_a_file_without_a_line_that_begins_an_object(body):
        assert reason(body, dataset=LOGS) == "not_json"


def naive_lines(text: bytes) -> tuple[bytes | None, int]:
    filled = [line for line in re.split(b"\r\n|\r|\n", text) if re.search(rb"[^\x00-\x20]", line)]
    if not filled:
        return None, 0
    header = filled[0].removeprefix(b"\xef\xbb\xbf")
    return header, sum(line not in (header, b"\xef\xbb\xbf" + header) for line in filled)


def describe_line_counter():
    @given(
        st.lists(
            st.sampled_from(
                [b"a", b"a\n", b"b,c", b"b,c\n", b"\n", b"\r", b"\r\n", b" ", b"\t", b"\xef\xbb\xbf", b"\x00"]
            ),
            max_size=40,
        ),
        st.lists(st.integers(0, 60), max_size=10),
    )
    def it_agrees_with_a_split_of_the_whole_text(parts, cuts):
        text = b"".join(parts)
        counter = LineCounter(has_header=True)
        edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
        for start, end in pairwise(edges):
            counter.feed(text[start:end])
        counter.finish()
        assert (counter.first, counter.lines) == naive_lines(text)
