"""The books: sums, balance, rows."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from glue_jobs.lib.books.book import FileBook, check_balance, close_books, file_rows, fit, run_row
from glue_jobs.lib.contracts.books import LOAD_FILES, LOAD_RUNS, OUTCOMES
from glue_jobs.lib.run.errors import BooksError
from tests.glue_jobs.lib.configs import make_config

BOOK = FileBook(run_id="jr_1", file_key="streams/a.csv@1", dataset="streams", source_file="streams/a.csv")


def describe_check_balance():
    def it_accepts_a_file_whose_lines_are_all_accounted_for():
        check_balance(
            replace(BOOK, read=21, outcomes={count: number for number, count in enumerate(OUTCOMES, start=1)})
        )

    def it_names_the_file_and_both_numbers():
        with pytest.raises(BooksError, match=r"streams/a\.csv: validate_files counted 10 lines.* for 9 \(loaded 9\)"):
            check_balance(replace(BOOK, read=10, outcomes={"loaded": 9}))

    def it_refuses_negative_counts_that_happen_to_balance():
        with pytest.raises(BooksError):
            check_balance(replace(BOOK, read=1, outcomes={"loaded": 2, "repeated": -1}))


def describe_close_books():
    def it_adds_up_files_and_what_became_of_pending_plays():
        files = [
            replace(
                BOOK,
                read=5,
                outcomes={"loaded": 3, "quarantined": 2},
                quarantined_by_rule={"a": 2},
                warnings_by_rule={"w": 1},
            ),
            replace(
                BOOK,
                read=4,
                outcomes={"loaded": 1, "pending_after": 1, "quarantined": 2},
                quarantined_by_rule={"a": 1, "b": 1},
            ),
        ]
        book = close_books(
            make_config(),
            files,
            pending_before=10,
            from_pending={"loaded": 4, "quarantined": 1, "relabelled": 2},
            rules_from_pending={"pending_expired": 1},
        )
        assert (book.files, book.read, book.pending_before) == (2, 9, 10)
        assert {count: lines for count, lines in book.outcomes.items() if lines} == {
            "loaded": 8,
            "quarantined": 5,
            "pending_after": 6,
        }
        assert book.quarantined_by_rule == {"a": 3, "b": 1, "pending_expired": 1}
        assert book.warnings_by_rule == {"w": 1}

    def it_fails_when_more_plays_were_resolved_than_waited():
        with pytest.raises(BooksError, match=r"0 lines read and 1 pending plays make 1.*loaded 2, pending_after -1"):
            close_books(make_config(), [], pending_before=1, from_pending={"loaded": 2})

    def it_measures_the_duration():
        config = make_config(started_at=datetime(2024, 6, 25, tzinfo=UTC))
        book = close_books(config, [], finished_at=datetime(2024, 6, 25, 0, 0, 1, 500999, tzinfo=UTC))
        assert book.duration_ms == 1500


def describe_rows():
    def it_puts_every_column_of_the_contract_in_order():
        row = file_rows([replace(BOOK, read=1, outcomes={"loaded": 1}, quarantined_by_rule={"é": 1})])[0]
        by_name = dict(zip(LOAD_FILES.column_names, row, strict=True))
        assert by_name["source_file"] == "streams/a.csv"
        assert (by_name["read"], by_name["loaded"], by_name["repeated"]) == (1, 1, 0)
        assert json.loads(by_name["quarantined_by_rule"]) == {"é": 1}

    def it_writes_the_run():
        row = run_row(close_books(make_config(), [], measures={"users": 2}))
        by_name = dict(zip(LOAD_RUNS.column_names, row, strict=True))
        assert by_name["measures"] == '{"users":2}'
        assert by_name["run_id"] == "jr_1"

    def it_cuts_text_to_its_columns_bytes_between_characters():
        row = file_rows([replace(BOOK, reason="é" * 600)])[0]
        reason = dict(zip(LOAD_FILES.column_names, row, strict=True))["reason"]
        assert len(reason.encode()) == 1024
        assert fit("aé", 2) == "a"
