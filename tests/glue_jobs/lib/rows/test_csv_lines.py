from types import SimpleNamespace

import pytest
from chispa.dataframe_comparer import assert_df_equality

from glue_jobs.lib.contracts.music import STREAM_FILES
from glue_jobs.lib.rows import csv_lines, raw_lines

pytestmark = pytest.mark.spark

PATH = "s3://lake/accepted/streams/2024-06-25/a.csv"
HEADER = "user_id,track_id,listen_time"


@pytest.fixture
def files(spark):
    def build(header=HEADER):
        file = SimpleNamespace(
            accepted_key="accepted/streams/2024-06-25/a.csv",
            archived_key=None,
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
        frame = parse("\ufeff" + HEADER + "\r", "1,t,x\r", "", " \t", HEADER, "2,t,x")
        assert [row.raw for row in frame.collect()] == ["1,t,x", "2,t,x"]

    def it_tells_where_a_line_is_from(parse):
        row = parse("1,t,x").first()
        assert (row.path, row.file_id, row.width) == (PATH, 0, 3)

    def it_leaves_the_file_unknown_that_the_ledger_does_not_know(parse):
        row = parse("1,t,x", path="s3://lake/accepted/streams/2024-06-25/b.csv").first()
        assert (row.path[-5:], row.file_id, row.user_id) == ("b.csv", None, None)

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
    def it_gives_an_empty_frame_when_there_is_nothing_to_read(spark):
        class Reader:
            def from_options(self, **options):
                empty = spark.createDataFrame([], "struct<>") if False else spark.range(0).drop("id")
                return SimpleNamespace(toDF=lambda: empty)

        context = SimpleNamespace(spark_session=spark, create_dynamic_frame=Reader())
        for paths in ([], ["s3://lake/accepted/streams/"]):
            frame = raw_lines.read_lines(context, paths=paths, transformation_ctx="plays")
            assert (frame.columns, frame.collect()) == (["line", "path"], [])

    def it_puts_a_line_that_holds_the_separator_together_again(spark):
        read = spark.createDataFrame(
            [("s3a://lake/a", "1,t,x", None), ("s3://lake/a", "2,", ",x")], "path string, col0 string, col1 string"
        )
        reader = SimpleNamespace(from_options=lambda **options: SimpleNamespace(toDF=lambda: read))
        context = SimpleNamespace(spark_session=spark, create_dynamic_frame=reader)
        frame = raw_lines.read_lines(context, paths=["s3://lake/"], transformation_ctx="plays")
        assert [tuple(row) for row in frame.collect()] == [("1,t,x", "s3://lake/a"), ("2,\u0001,x", "s3://lake/a")]
