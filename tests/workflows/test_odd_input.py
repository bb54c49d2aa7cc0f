"""Deliveries that are allowed but easy to handle wrong: replaced files, repeated catalogues, no files, many files.

A workflow run takes seconds, so each test makes several deliveries to one warehouse.
"""

import pytest
import samples

pytestmark = [pytest.mark.stack, pytest.mark.spark]

JOBS = (
    *("streams_validate_files", "load_metadata", "load_catalog", "load_streams"),
    *("streams_check_quality", "streams_clean_up"),
)
TODAYS = ("users", "songs", "streams", "pending_streams", "track_totals", "genre_kpis")
"""Tables that equal today's recomputation after a catalogue change; the others are as of their last update."""

PLAYS = samples.all_plays()


def _deliver_catalogue(pipeline):
    pipeline.put("users/users.csv", samples.users())
    pipeline.put("songs/songs.csv", samples.songs())


def describe_no_input():
    @pytest.mark.ci
    def it_lets_each_job_run_alone(pipeline):
        for job in reversed(JOBS):
            run = pipeline.stack.run_job(job)
            assert (job, run["JobRunState"], run.get("ErrorMessage")) == (job, "SUCCEEDED", None)

    @pytest.mark.ci
    def it_ends_well_and_leaves_empty_tables(pipeline):
        assert pipeline.file_books(pipeline.run()) == {}
        for table in ("users", "songs", "streams", "genre_kpis", "hourly_kpis", "user_features", "pending_streams"):
            assert pipeline.rows(f"SELECT count(*) FROM music.{table}") == [(0,)], table


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_plays_before_their_catalogue_files_replaced_in_place_and_files_that_come_again(pipeline):
    pipeline.put("streams/plays.csv", samples.plays(PLAYS[:50]))
    pipeline.run()
    pipeline.assert_exact()
    assert pipeline.rows("SELECT count(*) FROM music.pending_streams") == [(50,)]

    _deliver_catalogue(pipeline)
    pipeline.put("streams/plays.csv", samples.plays(PLAYS[40:70]))
    pipeline.put("streams/plays.csv", samples.plays(PLAYS[60:90]))
    pipeline.run()
    pipeline.assert_exact()
    assert pipeline.rows("SELECT count(*) FROM music.streams") == [(90,)]
    assert pipeline.rows("SELECT count(*) FROM music.pending_streams") == [(0,)]

    pipeline.put("streams/plays.csv", samples.plays(PLAYS[:50]))
    pipeline.put("streams/other name.csv", samples.plays(PLAYS[60:90]))
    pipeline.put("streams/overlaps.csv", samples.plays(PLAYS[80:120]))
    books = pipeline.file_books(pipeline.run())
    pipeline.assert_exact()
    for key, lines in (("streams/plays.csv", 50), ("streams/other name.csv", 30)):
        assert (books[key]["state"], books[key]["read"], books[key]["already_loaded"]) == ("REPEATED", lines, lines)
    assert (books["streams/overlaps.csv"]["loaded"], books["streams/overlaps.csv"]["already_loaded"]) == (30, 10)


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_catalogue_changes_rows_changed_in_rds_recompute_and_backfill(pipeline):
    old = samples.songs()
    new = samples.songs([{**row, "track_name": "Renamed", "track_genre": "zydeco"} for row in samples.tracks()])
    pipeline.put("users/users.csv", samples.users())
    for content in (old, new, old):
        pipeline.put("songs/songs.csv", content)
    pipeline.put("streams/plays.csv", samples.plays(PLAYS))
    pipeline.run()
    pipeline.assert_exact()

    pipeline.put("songs/songs.csv", new)
    pipeline.run()
    pipeline.assert_exact(tables=TODAYS)

    pipeline.put("songs/songs.csv", old)
    pipeline.execute("UPDATE users SET user_country = 'Iceland' WHERE user_id = 7", database="rds")
    pipeline.run()
    assert pipeline.rows("SELECT user_country FROM music.users WHERE user_id = 7") == [("Iceland",)]
    pipeline.assert_exact(tables=[table for table in TODAYS if table != "users"])

    pipeline.put("users/users, again.csv", samples.users())
    changed = [{**row, "duration_ms": 1000, "artists": "Somebody Else"} for row in samples.tracks()]
    pipeline.put("songs/songs.csv", samples.songs(changed))
    window = {"from_date": "2025-03-01", "to_date": "2025-03-31"}
    pipeline.run({**window, "recompute": "true"})
    pipeline.assert_exact()

    pipeline.execute("DELETE FROM music.streams WHERE listen_time < '2025-03-04'")
    pipeline.run(window)
    pipeline.assert_exact()


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_an_old_warehouse_gains_columns_and_500_small_files_load_in_one_run(pipeline):
    pipeline.execute("CREATE SCHEMA music")
    pipeline.execute("GRANT ALL ON SCHEMA music TO loader")
    pipeline.execute("CREATE TABLE music.songs (track_id VARCHAR(64), id BIGINT, track_name VARCHAR(1024))")
    pipeline.execute("ALTER TABLE music.songs OWNER TO loader")
    pipeline.execute("INSERT INTO music.songs VALUES ('old', 1, 'From before')")
    _deliver_catalogue(pipeline)
    plays = samples.more_plays(1_000)
    for number in range(500):
        pipeline.put(f"streams/2025/part {number:03d}+%é.csv", samples.plays(plays[number * 2 : number * 2 + 2]))
    books = pipeline.file_books(pipeline.run())
    assert sum(book["loaded"] for key, book in books.items() if key.startswith("streams/")) == len(plays)
    old = pipeline.rows("SELECT track_name, tempo FROM music.songs WHERE track_id = 'old'")
    assert old == [("From before", None)]
    pipeline.execute("DELETE FROM music.songs WHERE track_id = 'old'")
    pipeline.assert_exact()
