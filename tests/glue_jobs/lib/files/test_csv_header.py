from dataclasses import replace

from glue_jobs.lib.contracts.model import Field
from glue_jobs.lib.contracts.music import STREAM_FILES
from glue_jobs.lib.files import csv_header


def describe_columns_of():
    def it_ignores_bom_line_end_and_spaces():
        assert csv_header.columns_of("\ufeffuser_id, track_id ,listen_time\r\n") == [
            "user_id",
            "track_id",
            "listen_time",
        ]

    def it_understands_quotes():
        assert csv_header.columns_of('"user_id","a,b"') == ["user_id", "a,b"]

    def it_finds_none_in_an_empty_line():
        assert csv_header.columns_of("") == []


def describe_positions():
    def it_gives_the_file_s_order_in_contract_order():
        assert csv_header.positions("listen_time,extra,user_id,track_id", STREAM_FILES) == [2, 3, 0]

    def it_marks_a_column_that_the_file_lacks():
        assert csv_header.positions("user_id,listen_time", STREAM_FILES) == [0, csv_header.ABSENT, 1]

    def it_lists_what_is_missing():
        assert csv_header.missing_columns("user_id,when", STREAM_FILES) == ["track_id", "listen_time"]

    def it_does_not_miss_an_optional_column():
        fields = (*STREAM_FILES.fields, Field("device", "VARCHAR(64)", optional=True))
        gained = replace(STREAM_FILES, fields=fields)
        assert csv_header.missing_columns("user_id,track_id,listen_time", gained) == []
        assert csv_header.positions("user_id,track_id,listen_time", gained) == [0, 1, 2, csv_header.ABSENT]
