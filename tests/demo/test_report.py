"""The report that a user sees after a run."""

from types import SimpleNamespace

import pytest
from rich.console import Console

from demo.books import Books
from demo.report import print_report
from glue_jobs.lib.books.book import by_rule

FILE = {
    **{"source_file": "streams/a [1].csv", "checksum": "c1", "state": "LOADED", "reason": None, "read": 1200},
    **{"loaded": 1100, "already_loaded": 40, "repeated": 30, "pending_after": 20, "quarantined": 10},
    **{"out_of_window": 0, "quarantined_by_rule": '{"ragged_row": 1, "user_id_invalid": 9}'},
    "warnings_by_rule": '{"before_signup": 77}',
    "dataset": "streams",
}
REJECTED = {
    **FILE,
    **{"source_file": "streams/b.csv", "checksum": "c2", "state": "REJECTED", "reason": "not_csv", "read": 0},
    **{"loaded": 0, "quarantined_by_rule": "{}", "warnings_by_rule": None},
}
RUN = {"loaded": 1107, "pending_after": 23}
MEASURES = '{"new_songplays": 200, "matched": 90, "matched_before_repair": 50, "rematched_songplays": 7}'


@pytest.fixture
def printed():
    """Prints the report of some books; returns its text."""

    class Warehouse:
        def execute(self, sql):
            columns = [SimpleNamespace(name="track_genre"), SimpleNamespace(name="popularity_index")]
            rows = [("pop", 0.25)] if "genre_kpis ORDER" in sql else []
            return SimpleNamespace(description=columns, fetchall=lambda: rows)

    def report(books, workflow="streams"):
        console = Console(width=150, record=True, quiet=True, highlight=False)
        console.quiet = False
        with console.capture() as capture:
            print_report(console, Warehouse(), books, workflow)
        return capture.get()

    return report


def describe_print_report():
    def it_shows_every_count_of_a_file(printed):
        text = printed(Books("wr_1", [RUN], [FILE]))
        row = next(line for line in text.splitlines() if "streams/a [1].csv" in line)
        assert [word for word in row.split() if word[0].isdigit()] == [
            "1,200",
            "1,100",
            "40",
            "30",
            "20",
            "10",
            "9,",
            "1",
        ]
        assert "user_id_invalid 9, ragged_row 1" in text
        assert "before_signup 77" in text

    def it_shows_a_rejected_file_with_what_to_do(printed):
        books = Books("wr_1", [RUN], [FILE, REJECTED], {("streams/b.csv", "c2"): "is a PNG image; deliver CSV"})
        text = printed(books)
        assert "not_csv" in text
        assert "is a PNG image; deliver CSV" in text

    def it_tells_plays_that_waited(printed):
        text = printed(Books("wr_1", [RUN], [FILE]))
        assert "7 plays" in text
        assert "23 plays" in text

    def it_says_plainly_that_nothing_was_new(printed):
        text = printed(Books("wr_1", [{"loaded": 0, "pending_after": 3}]))
        assert "Nothing new" in text
        assert "3 plays still wait" in text
        assert "The books of each file" not in text

    def it_tells_how_many_plays_are_of_a_known_song(printed):
        text = printed(Books("wr_1", [{**RUN, "measures": MEASURES}], [FILE]), "sparkify")
        assert "90 of 200 (45.0%)" in text
        assert "50 (25.0%) before" in text
        assert "whose song is known now, or another: 7" in text

    def it_shows_many_sound_files_in_one_row(printed):
        sound = {**FILE, "read": 1, "loaded": 1, "already_loaded": 0, "repeated": 0, "pending_after": 0}
        sound |= {"quarantined": 0, "quarantined_by_rule": "{}", "dataset": "song_data"}
        text = printed(Books("wr_1", [RUN], [FILE, *({**sound, "source_file": f"s/{n}.json"} for n in range(99))]))
        assert "s/7.json" not in text
        row = next(line for line in text.splitlines() if "99 other files of song_data" in line)
        assert row.count("99") == 3
        assert "1,299" in text

    def it_shows_kpis_and_where_to_look_next(printed):
        text = printed(Books("wr_1", [RUN], [FILE]))
        assert "0.2500" in text
        assert "local-glue query" in text


def describe_by_rule():
    def it_names_the_most_frequent_first():
        assert list(by_rule('{"a": 1, "c": 5, "b": 5}')) == ["b", "c", "a"]

    def it_takes_an_empty_column():
        assert by_rule(None) == {}
