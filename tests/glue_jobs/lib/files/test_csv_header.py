import pytest

from glue_jobs.lib.contracts.datasets import STREAMS
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
        assert csv_header.positions("listen_time,extra,user_id,track_id", STREAMS) == [2, 3, 0]

    def it_fails_without_a_column():
        with pytest.raises(ValueError, match="track_id"):
            csv_header.positions("user_id,listen_time", STREAMS)

    def it_lists_what_is_missing():
        assert csv_header.missing_columns("user_id,when", STREAMS) == ["track_id", "listen_time"]
