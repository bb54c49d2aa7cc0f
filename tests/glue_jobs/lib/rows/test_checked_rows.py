"""Each rule once broken and once kept: a good record, and what a test changes in it."""

import hashlib
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from glue_jobs.lib.contracts.model import Bounds, Dataset, Field
from glue_jobs.lib.contracts.music import SONG_FILES, STREAM_FILES, USER_FILES
from glue_jobs.lib.rows import checked_rows, csv_lines, raw_lines

pytestmark = pytest.mark.spark

RUN_START = datetime(2024, 7, 1, 12, tzinfo=UTC)
PATH = "s3://lake/archive/x/a.csv"
GOOD = {
    "streams": {"user_id": "7", "track_id": "t1", "listen_time": "2024-06-25 01:02:03"},
    "users": {
        "user_id": "7",
        "user_name": "Ada",
        "user_age": "36",
        "user_country": "Ghana",
        "created_at": "2024-02-07",
    },
    "songs": {
        "id": "1",
        "track_id": "t1",
        "artists": "A;B",
        "album_name": "L",
        "track_name": "N",
        "popularity": "5",
        "duration_ms": "1000",
        "explicit": "True",
        "track_genre": "pop",
        **{field.name: "1.01e-06" for field in SONG_FILES.fields if field.type == "DOUBLE PRECISION"},
    },
}


@pytest.fixture
def check(spark):
    def run(dataset, *overrides, raw=None, header=None, record=()):
        """Rows of the checked frame, one per override of the good record (or per raw line)."""
        header = header or ",".join(dataset.field_names)
        records = [{**GOOD[dataset.name], **override} for override in overrides]
        texts = raw or [",".join(record[name] for name in dataset.field_names) for record in records]
        file = SimpleNamespace(
            archive_key="archive/x/a.csv",
            landing_key="x/a.csv",
            file_key="x/a.csv@1",
            header=header,
            accepted_at=None,
            record_parts=[hashlib.md5(line.encode()).hexdigest() for line in record],
        )
        read = spark.createDataFrame([(text, PATH) for text in texts], "line string, path string").coalesce(1)
        files = raw_lines.files_frame(spark, [file], dataset=dataset, lake_bucket="lake")
        parsed = csv_lines.parse_lines(read, files, dataset=dataset)
        rows = checked_rows.with_checks(parsed, dataset=dataset, run_start=RUN_START).collect()
        sifted = checked_rows.sifted(parsed, dataset=dataset, run_start=RUN_START).collect()
        kept = ["file_id", *dataset.field_names, *(["_warnings"] if dataset.has_warnings else [])]
        assert [[row[name] for name in kept] for row in sifted] == [[row[name] for name in kept] for row in rows]
        assert [row.raw for row in sifted] == [row.raw if row._errors else None for row in rows]
        return rows

    return run


def names(rows):
    return [[error.rule for error in row._errors] for row in rows]


def describe_with_checks():
    @pytest.mark.parametrize("dataset", [STREAM_FILES, USER_FILES, SONG_FILES])
    def it_finds_nothing_wrong_with_good_rows(check, dataset):
        (row,) = check(dataset, {})
        assert (row._errors, row._warnings) == ([], [])

    def it_types_every_column(check):
        (row,) = check(SONG_FILES, {"explicit": "0", "popularity": "-3", "tempo": "120"})
        assert (row.id, row.duration_ms, row.explicit, row.popularity, row.tempo) == (1, 1000, False, -3, 120.0)
        assert row.energy == 1.01e-06

    def it_takes_empty_values_for_null_where_the_contract_allows(check):
        (row,) = check(USER_FILES, {"user_name": " ", "user_age": "", "created_at": ""})
        assert (row.user_name, row.user_age, row.created_at, row._errors) == (None, None, None, [])

    def it_keeps_texts_beside_values_and_all_reasons(check):
        (row,) = check(STREAM_FILES, {"user_id": " 12abc ", "track_id": " ", "listen_time": "soon"})
        assert (row.user_id, row.user_id_text, row.listen_time_text) == (None, "12abc", "soon")
        assert [tuple(error) for error in row._errors] == [
            ("user_id_invalid", "user_id", "user_id '12abc' is not a whole number of 64 bits"),
            ("track_id_empty", "track_id", "track_id is empty"),
            (
                "listen_time_invalid",
                "listen_time",
                "listen_time 'soon' is not a time from 1900-01-01 on (yyyy-MM-dd HH:mm:ss)",
            ),
        ]

    def it_judges_the_line_before_its_fields(check):
        rows = check(STREAM_FILES, raw=["x,y", 'x,"y,z', "x,y,z,1", "1,a\u0000,2024-06-25 01:02:03"])
        assert names(rows) == [["ragged_row"], ["unbalanced_quotes"], ["ragged_row"], ["nul_byte"]]
        assert rows[0]._errors[0].message == "2 fields where the header has 3"

    def it_names_comments_decimal_commas_and_floats(check):
        rows = check(STREAM_FILES, raw=["# made by hand", "1,t1,2024-06-25 01:02:03,5"])
        assert [row._errors[0].message for row in rows] == [
            "a comment line, which CSV does not have",
            "4 fields where the header has 3; is there a decimal comma, or no quotes?",
        ]
        rows = check(SONG_FILES, {"energy": '"0,5"'}, {"id": "7.0"})
        assert [row._errors[0].message for row in rows] == [
            "energy '0,5' is not a number; write a decimal point, not a comma",
            "id '7.0' is not a whole number of 64 bits; write it without a decimal point",
        ]

    def it_takes_whole_numbers_as_pandas_writes_them_where_a_cell_may_be_empty(check):
        rows = check(
            USER_FILES, *({"user_age": age} for age in ("34.0", "34.00", "34.5", "34.", "1e1")), {"user_id": "7.0"}
        )
        assert [row.user_age for row in rows] == [34, 34, None, None, None, 36]
        assert names(rows) == [[], [], *[["user_age_invalid"]] * 3, ["user_id_invalid"]]

    def it_takes_quotes_between_spaces(check):
        rows = check(STREAM_FILES, raw=['2, "t,1" ,2024-06-25 01:02:03', '2, "t"1",2024-06-25 01:02:03'])
        assert (rows[0].track_id, names(rows)) == ("t,1", [[], ["unbalanced_quotes"]])

    def it_refuses_every_line_of_a_record_of_several_lines(check):
        record = ('3,"a', "4,trk,2024-06-25 01:02:03", 'b",2024-06-25 01:02:03')
        rows = check(STREAM_FILES, raw=[*record, "5,trk,2024-06-25 01:02:03"], record=record)
        assert names(rows) == [["unbalanced_quotes"], ["multiline_record"], ["unbalanced_quotes"], []]


def describe_ids():
    def it_accepts_digits(check):
        values = {"7": 7, " 7 ": 7, "0": 0, "007": 7, "9223372036854775807": 9223372036854775807}
        rows = check(STREAM_FILES, *({"user_id": text} for text in values))
        assert [(row.user_id, row._errors) for row in rows] == [(value, []) for value in values.values()]

    def it_refuses_anything_else(check):
        texts = ["12abc", "1e3", "1.0", "+1", "1 2", "٣", "9223372036854775808", "-", "0x1", "NaN"]
        rows = check(STREAM_FILES, *({"user_id": text} for text in texts))
        assert dict(zip(texts, names(rows), strict=True)) == {text: ["user_id_invalid"] for text in texts}

    def it_refuses_negative_and_empty_ones(check):
        rows = check(STREAM_FILES, {"user_id": "-5"}, {"user_id": ""}, {"track_id": ""})
        assert names(rows) == [["user_id_negative"], ["user_id_empty"], ["track_id_empty"]]


def describe_listen_time():
    def it_accepts_the_form_in_any_zone(check):
        values = {
            "2024-06-25 01:02:03": "2024-06-25 01:02:03",
            "2024-06-25T01:02:03.1": "2024-06-25 01:02:03.100000",
            "2024-06-25 01:02:03.123456": "2024-06-25 01:02:03.123456",
            "2024-06-25T01:02:03Z": "2024-06-25 01:02:03",
            "2024-06-25T01:02:03+02:00": "2024-06-24 23:02:03",
            "2024-06-25 01:02:03.5-0330": "2024-06-25 04:32:03.500000",
            "2024-06-25 01:02:03+02": "2024-06-24 23:02:03",
            "2024-02-29 00:00:00": "2024-02-29 00:00:00",
            "2024-07-01 13:00:00": "2024-07-01 13:00:00",
        }
        rows = check(STREAM_FILES, *({"listen_time": text} for text in values))
        read = {text: (str(row.listen_time), row._errors) for text, row in zip(values, rows, strict=True)}
        assert read == {text: (value, []) for text, value in values.items()}

    def it_refuses_what_is_no_time(check):
        texts = [
            "2024-02-30 00:00:00",
            "2023-02-29 00:00:00",
            "2024-13-01 00:00:00",
            "2024-06-25 24:00:00",
            "2024-06-25 01:02:60",
            "2024-06-25",
            "2024-06-25 01:02",
            "2024-6-25 01:02:03",
            "25/06/2024 01:02:03",
            "2024-06-25 01:02:03 UTC",
            "2024-06-25 01:02:03+19:00",
            "2024-06-25 01:02:03.1234567",
            "1719277323",
            "now",
            "0000-01-01 00:00:00",
            "1899-12-31 23:59:59",
        ]
        rows = check(STREAM_FILES, *({"listen_time": text} for text in texts))
        assert dict(zip(texts, names(rows), strict=True)) == {text: ["listen_time_invalid"] for text in texts}

    def it_refuses_plays_more_than_an_hour_ahead(check):
        rows = check(
            STREAM_FILES, {"listen_time": "2024-07-01 13:00:00.000001"}, {"listen_time": "9999-12-31 23:59:59"}
        )
        assert names(rows) == [["listen_time_future"], ["listen_time_future"]]


def describe_users():
    def it_refuses_impossible_ages_and_dates(check):
        rows = check(
            USER_FILES,
            *({"user_age": age} for age in ("0", "1", "120", "121", "200", "-3", "x", "36.0", "99999999999")),
            *({"created_at": day} for day in ("2024-02-30", "yesterday", "2024-02-07T23:30:00-01:00")),
        )
        assert names(rows) == [
            ["user_age_out_of_range"],
            [],
            [],
            ["user_age_out_of_range"],
            ["user_age_out_of_range"],
            ["user_age_out_of_range"],
            ["user_age_invalid"],
            [],
            ["user_age_invalid"],
            ["created_at_invalid"],
            ["created_at_invalid"],
            [],
        ]
        assert rows[-1].created_at == date(2024, 2, 8)

    def it_counts_unknown_countries(check):
        (row,) = check(USER_FILES, {"user_country": ""})
        assert (row._errors, row._warnings) == ([], ["user_country_missing"])

    def it_refuses_values_over_their_bytes(check):
        rows = check(USER_FILES, {"user_name": "ü" * 128}, {"user_name": "ü" * 128 + "x"})
        assert names(rows) == [[], ["value_too_long"]]
        assert rows[1]._errors[0].column == "user_name"


def describe_songs():
    def it_refuses_values_that_are_none(check):
        rows = check(
            SONG_FILES,
            {"duration_ms": "0"},
            {"duration_ms": "-1"},
            {"duration_ms": ""},
            {"track_genre": " "},
            {"explicit": "yes"},
            {"energy": "1e999"},
            {"energy": "NaN"},
            {"popularity": "1.5"},
            {"id": "-1"},
            {"track_id": "x" * 65},
        )
        assert names(rows) == [
            ["duration_not_positive"],
            ["duration_not_positive"],
            ["duration_ms_empty"],
            ["track_genre_empty"],
            ["explicit_invalid"],
            ["energy_invalid"],
            ["energy_invalid"],
            ["popularity_invalid"],
            ["id_negative"],
            ["value_too_long"],
        ]

    def it_counts_missing_names(check):
        (row,) = check(SONG_FILES, {"track_name": "", "artists": ""})
        assert (row._errors, row._warnings) == ([], ["track_name_missing"])


def describe_what_a_contract_can_say():
    @pytest.mark.parametrize(
        ("bounds", "values", "broken"),
        [
            (Bounds(least=0), (-1, 0), "n_negative"),
            (Bounds(least=5), (4, 5), "n_too_small"),
            (Bounds(above=0), (0, 1), "n_not_positive"),
            (Bounds(above=9), (9, 10), "n_too_small"),
            (Bounds(most=9), (10, 9), "n_too_large"),
            (Bounds(1, 9), (0, 1), "n_out_of_range"),
            (Bounds(1, 9), (10, 9), "n_out_of_range"),
            (Bounds(above=0, most=9), (0, 1), "n_out_of_range"),
        ],
    )
    def it_names_the_bound_that_a_value_breaks(check, bounds, values, broken):
        rows = check(things(bounds=bounds), raw=[str(value) for value in values])
        assert names(rows) == [[broken], []]

    def it_keeps_rows_whose_values_are_only_odd(check):
        (row,) = check(things(bounds=Bounds(most=9, severity="warning")), raw=["10"])
        assert (row.n, row._errors, row._warnings) == (10, [], ["n_too_large"])

    def it_takes_only_the_choices(check):
        rows = check(things("VARCHAR(8)", choices=("a", "b")), raw=["a", "c"])
        assert names(rows) == [[], ["n_unknown"]]

    def it_lets_a_file_lack_an_optional_column_only(check):
        (old,) = check(things(optional=True), raw=["1"], header="other")
        (bad,) = check(things(), raw=["1"], header="other")
        assert (old.n, names([old, bad])) == (None, [[], ["n_empty"]])


def things(kind="BIGINT", **says):
    """A dataset of one field."""
    return Dataset("things", "one row a thing", (Field("n", kind, **says),), file_format="csv", repeats="skip")
