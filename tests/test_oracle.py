"""The oracle itself: figures calculated by hand, and its two ways of reading compared on real data."""

from datetime import datetime
from pathlib import Path

import pytest
from oracle import Delivery, assert_same_tables, recompute
from oracle.compare import TABLES

LAB = Path(__file__).parents[1].parent / "shared" / "data" / "lab"
REAL = (
    ("users", "users.csv"),
    ("songs", "songs.sample20.csv"),
    ("streams", "streams1.csv"),
    ("streams", "streams2.csv"),
)

USERS = "user_id,user_name,user_age,user_country,created_at\n1,Ann,30,Ghana,2024-01-01\n2,Bo,0,Ghana,2024-01-01\n"
SONGS = (
    "id,track_id,artists,album_name,track_name,popularity,duration_ms,explicit,danceability,energy,loudness,"
    "speechiness,acousticness,instrumentalness,liveness,valence,tempo,track_genre\n"
    '7,a,"Duo; ""Q""",x,"One, two",10,1000,True,,,,,,,,,,pop\n'
    "8,b,Solo;Duo,x,Three,90,3000,False,,,,,,,,,,pop\n"
    "9,a,Other,x,Later id,99,9,False,,,,,,,,,,rock\n"
)
PLAYS = (
    "\ufeffuser_id,track_id,listen_time\r\n1,a,2025-01-01 00:30:00\r\n1,a,2025-01-01T01:30:00+01:00\r\n"
    "1,b,2024-12-31T23:59:59.5Z\r\n1,c,2025-01-01 00:00:00\r\n2,a,2025-01-01 00:00:00\r\n1,a,2025-02-30 00:00:00\r\n"
    '1,"a,2025-01-01 00:00:00\r\n1,a\r\n'
)


@pytest.fixture
def small(tmp_path):
    """The recomputation of three files of a few lines."""
    for name, text in (("users", USERS), ("songs", SONGS), ("streams", PLAYS)):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    return recompute([Delivery(name, tmp_path / name) for name in ("users", "songs", "streams")])


def describe_recompute():
    def it_keeps_valid_distinct_plays_of_known_users_and_tracks(small):
        assert sorted(small.rows("streams", ["track_id", "listen_time"])) == [
            ("a", datetime.fromisoformat("2025-01-01 00:30:00")),
            ("b", datetime.fromisoformat("2024-12-31 23:59:59.5")),
        ]
        assert sorted(small.rows("pending_streams", ["user_id", "track_id"])) == [(1, "c"), (2, "a")]

    def it_takes_the_smallest_id_of_a_track(small):
        assert sorted(small.rows("songs", ["id", "track_name", "artists"])) == [
            (7, "One, two", 'Duo; "Q"'),
            (8, "Three", "Solo;Duo"),
        ]

    def it_computes_genre_figures(small):
        columns = ["listen_count", "unique_tracks", "avg_track_duration_ms", "popularity_index", "track_id"]
        assert small.rows("genre_kpis", columns) == [(2, 2, 2000.0, 1.0, "b")]

    def it_counts_each_artist_of_a_track(small):
        columns = ["unique_artists", "top_artist", "active_days", "total_listening_time_ms", "top_track_id"]
        assert small.rows("user_features", columns) == [(3, "Duo", 2, 4000, "b")]

    @pytest.mark.skipif(not LAB.is_dir(), reason="the real data (../shared/data/lab) is not on this machine")
    def it_reads_real_files_like_duckdbs_own_reader():
        by_duckdb, by_line = (recompute([Delivery(d, LAB / f, clean=c) for d, f in REAL]) for c in (True, False))
        assert by_duckdb.value("SELECT count(DISTINCT track_genre) FROM songs") == 113
        columns = {name: [*keys, *others] for name, (keys, others) in TABLES.items()}
        assert_same_tables(*({n: e.rows(n, columns[n]) for n in columns} for e in (by_line, by_duckdb)))


def describe_assert_same_tables():
    def it_names_the_table_the_key_and_the_column():
        actual = {"track_totals": [("a", 2), ("b", 1)]}
        with pytest.raises(AssertionError, match=r"track_totals \('a',\): plays is 2, not 3"):
            assert_same_tables(actual, {"track_totals": [("a", 3), ("b", 1)]})

    def it_names_missing_and_surplus_rows():
        with pytest.raises(AssertionError, match=r"1 rows missing.*\n.*1 rows not expected"):
            assert_same_tables({"track_totals": [("a", 2)]}, {"track_totals": [("b", 2)]})

    def it_tolerates_the_last_bits_of_a_double():
        rows = {"hourly_kpis": [("h", 1, 3, 1, "x", 1 / 3)]}
        assert_same_tables(rows, {"hourly_kpis": [("h", 1, 3, 1, "x", 1 / 3 + 1e-12)]})
