"""JSON lines are parsed into fields, no matter what they contain."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from chispa.dataframe_comparer import assert_df_equality

from glue_jobs.lib.contracts.model import Dataset, Field
from glue_jobs.lib.intake.line_counter import LineCounter
from glue_jobs.lib.rows import json_lines, raw_lines

pytestmark = pytest.mark.spark

PATH = "s3://lake/archive/things/2024-06-25/a.json"
THINGS = Dataset(
    name="things",
    grain="one row a thing",
    fields=(
        Field("name", "VARCHAR(64)"),
        Field("n", "BIGINT"),
        Field("id", "BIGINT", as_text=True),
        Field("size", "DOUBLE PRECISION"),
        Field("at", "TIMESTAMP"),
    ),
    file_format="json",
    repeats="skip",
)
VALUES = "object_count int, name string, n bigint, id bigint, size double, at timestamp"


@pytest.fixture
def parse(spark):
    def run(*texts, path=PATH):
        file = SimpleNamespace(
            **{"archive_key": PATH.removeprefix("s3://lake/"), "landing_key": "things/a.json"},
            **{
                "file_key": "things/a.json@1",
                "header": "",
                "accepted_at": datetime(2024, 6, 25, tzinfo=UTC),
                "record_parts": (),
            },
        )
        files = raw_lines.files_frame(spark, [file], dataset=THINGS, lake_bucket="lake")
        read = spark.createDataFrame([(text, path) for text in texts], "line string, path string")
        return json_lines.parse_json(read, files, dataset=THINGS)

    return run


def describe_parse_json():
    def it_types_what_is_of_the_contracts_type_and_nothing_else(spark, parse):
        frame = parse(
            '{"name": " a ", "n": 5, "id": "7", "size": 1.5, "at": 1541105830796}',
            '{"at": 1541105830796.9, "size": 2, "unknown": [1], "name": "b"}',
            '{"name": 1, "n": "5", "id": "x", "size": "1.5", "at": "1541105830796"}',
            '{"name": {"a": 1}, "n": 5.0, "id": "", "size": [1], "at": 1541105830}',
            '{"name": null, "n": 9223372036854775808, "id": null, "size": 1e999, "at": 1e300}',
        )
        at = datetime(2018, 11, 1, 20, 57, 10, 796000, UTC)
        expected = [
            (1, "a", 5, 7, 1.5, at),
            (1, "b", None, None, 2.0, None),
            (1, "1", None, None, None, None),
            (1, '{"a":1}', 5, None, None, None),
            (1, None, None, None, None, None),
        ]
        values = frame.select(*(column.split()[0] for column in VALUES.split(", ")))
        assert_df_equality(values, spark.createDataFrame(expected, VALUES), ignore_nullable=True, ignore_row_order=True)

    @pytest.mark.parametrize(
        "line", ["\ufeff", "\ufeff ", "\ufeff\ufeff\t", " ", "", " \ufeff", "\ufeff{}", "\ufeff \ufeff"]
    )
    def it_drops_just_the_lines_that_are_not_counted(parse, line):
        counter = LineCounter(has_header=False)
        counter.feed(line.encode())
        counter.finish()
        assert parse(line).count() == counter.lines

    def it_keeps_texts_beside_values(parse):
        row = parse('{"name": "Zoë \\u2603", "n": "5 ", "id": " 7", "size": {"a": [1]}, "at": 12345}').first()
        texts = (row.name_text, row.n_text, row.id_text, row.size_text, row.at_text)
        assert texts == ("Zoë ☃", "5", "7", '{"a":[1]}', "12345")

    def it_counts_the_objects_of_a_line(parse):
        texts = ("{}", "{", "{} {}", "{},{}", "[{}]", "null", "", " \t", "[]", '{"n": 1}')
        counts = {row.raw: row.object_count for row in parse(*texts).collect()}
        whole = {"{}": 1, '{"n": 1}': 1}
        assert {raw: count for raw, count in counts.items() if count == 1} == whole | (
            {"[{}]": 1} if counts["[{}]"] == 1 else {}
        )
        assert counts["{"] is None
        assert counts["{},{}"] == 2
        assert counts.keys() == {*texts[:6], "[]", '{"n": 1}'}

    def it_tells_where_a_line_is_from_and_leaves_out_other_files(parse):
        row = parse('\ufeff{"n": 1}').first()
        assert (row.raw, row.file_id) == ('{"n": 1}', 0)
        assert parse("{}", path=PATH + "x").collect() == []
