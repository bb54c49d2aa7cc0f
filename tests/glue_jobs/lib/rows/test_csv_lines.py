import gzip
from types import SimpleNamespace

import pytest
from chispa.dataframe_comparer import assert_df_equality

from glue_jobs.lib.contracts.music import STREAM_FILES
from glue_jobs.lib.rows import csv_lines, raw_lines

pytestmark = pytest.mark.spark

PATH = "s3://lake/archive/streams/2024-06-25/a.csv"
HEADER = "user_id,track_id,listen_time"


@pytest.fixture
def files(spark):
    def build(header=HEADER):
        file = SimpleNamespace(
            archive_key="archive/streams/2024-06-25/a.csv",
            landing_key="streams/a.csv",
            file_key="streams/a.csv@1",
            header=header,
            accepted_at=None,
            record_parts=(),
        )
        return raw_lines.files_frame(spark, [file], dataset=STREAM_FILES, lake_bucket="lake")

    return build


@pytest.fixture
def parse(spark, files):
    def run(*texts, header=HEADER, path=PATH):
        read = spark.createDataFrame([(text, path) for text in texts], "line string, path string")
        return csv_lines.parse_lines(read, files(header), dataset=STREAM_FILES)

    return run


def texts(frame):
    return [tuple(row) for row in frame.select("field_count", "quotes_broken", *STREAM_FILES.field_names).collect()]


def describe_files_frame():
    def it_has_a_row_a_file(spark, files):
        expected = spark.createDataFrame(
            [(PATH, 0, "listen_time,x,user_id,track_id", [2, 3, 0], 4, [])],
            raw_lines.FILES_SCHEMA,
        )
        assert_df_equality(files("\ufefflisten_time,x,user_id,track_id\r"), expected, ignore_nullable=True)


def describe_parse_lines():
    def it_binds_columns_by_the_file_s_own_header(parse):
        frame = parse("2024-06-25 01:02:03,x,7,t1", header="listen_time,extra,user_id,track_id")
        assert texts(frame) == [(4, False, "7", "t1", "2024-06-25 01:02:03")]

    def it_leaves_a_column_empty_that_the_file_lacks(parse):
        frame = parse("2024-06-25 01:02:03,7", header="listen_time,user_id")
        assert texts(frame) == [(2, False, "7", None, "2024-06-25 01:02:03")]

    def it_drops_headers_and_blank_lines_wherever_they_are(parse):
        frame = parse("\ufeff" + HEADER, "1,t,x", "", " \t", HEADER, "2,t,x")
        assert [row.raw for row in frame.collect()] == ["1,t,x", "2,t,x"]

    def it_tells_where_a_line_is_from(parse):
        row = parse("1,t,x").first()
        assert (row.file_id, row.width) == (0, 3)

    def it_leaves_out_lines_of_files_that_are_not_the_run_s(parse):
        assert parse("1,t,x", path="s3://lake/archive/streams/2024-06-25/b.csv").collect() == []

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ('1,"a,b",x', (3, False, "1", "a,b", "x")),
            ('1,"say ""hi"", you",x', (3, False, "1", 'say "hi", you', "x")),
            ('1,"",x', (3, False, "1", "", "x")),
            ('1,"""",x', (3, False, "1", '"', "x")),
            ('"1","t","x"', (3, False, "1", "t", "x")),
            ("1,,", (3, False, "1", "", "")),
            (",,", (3, False, "", "", "")),
            ('1,the "best" of,x', (3, False, "1", 'the "best" of', "x")),
            ("1,t", (2, False, "1", "t", None)),
            ("1,t,x,y", (4, False, "1", "t", "x")),
            ("1,a\u0000b,x", (3, False, "1", "a\ufffdb", "x")),
            ('1,"a\u0000,b",x', (3, False, "1", "a\ufffd,b", "x")),
            ("1,a\\,x", (3, False, "1", "a\\", "x")),
        ],
    )
    def it_splits_as_rfc_4180_says(parse, line, expected):
        assert texts(parse(line)) == [expected]

    @pytest.mark.parametrize("line", ['1,"t,x', '1,t",x', '1,"a"b,x"",y', '1,12" a,7" b', '1,"a"b",c",x'])
    def it_marks_quotes_that_do_not_balance(parse, line):
        assert parse(line).first().quotes_broken is True

    def it_survives_a_line_of_a_megabyte_of_quotes(parse):
        row = parse('1,"' + '""' * 500_000 + '",x').first()
        assert (row.quotes_broken, row.field_count, len(row.track_id)) == (False, 3, 500_000)


def describe_read_lines():
    @pytest.fixture
    def read(spark, tmp_path):
        def run(*bodies):
            for number, body in enumerate(bodies):
                (tmp_path / f"{number}.csv").write_bytes(body)
            frame = raw_lines.read_lines(spark, [str(tmp_path / f"{number}.csv") for number in range(len(bodies))])
            return [(row.path.rpartition("/")[2], row.line) for row in frame.collect()]

        return run

    def it_ends_lines_as_intake_does_and_takes_off_the_byte_order_mark(read):
        assert sorted(read(b"\xef\xbb\xbfa\r\nb\rc\n\nd")) == [
            ("0.csv", ""),
            *(("0.csv", line) for line in ("a", "b", "c", "d")),
        ]

    def it_keeps_every_character_of_a_line(read):
        odd = "\x01,\x00\x0b\x0c\x1c\x85\u2028é"
        assert read(odd.encode()) == [("0.csv", odd)]

    def it_unpacks_gzip_of_several_members(read, tmp_path, spark):
        (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a\n") + gzip.compress(b"b\n"))
        assert [row.line for row in raw_lines.read_lines(spark, [str(tmp_path / "a.csv.gz")]).collect()] == ["a", "b"]
