"""The workflow sparkify on small files made for it: late and changed songs, broken lines, backfills, dying runs.

A workflow run takes seconds, so each test makes several deliveries to one warehouse.
"""

import json
import os
import random

import duckdb
import pytest
import star_samples as samples
from killing import Killer, killing
from pipeline import LAKE, LEDGER
from star_samples import play, play_id, song, visit

pytestmark = [pytest.mark.stack, pytest.mark.spark]

FOLDER = "log_data/2018/11"
FIRST = {
    f"{FOLDER}/a.json": [*map(play, range(20, 60)), *map(visit, range(20, 30)), *map(play, range(30, 35))],
    "song_data/A/0.json": [song(0)],
    "song_data/A/1.json": [song(1, artist_name=samples.twice("Björk"))],
    "song_data/A/9.json": [song(1, song_id="SO99", artist_id="AR9")],
    f"{FOLDER}/broken.json": [play(59), *(line for line, _ in samples.BROKEN)],
}
REST = {
    f"{FOLDER}/older.json": [*map(play, range(25)), visit(1, userId="", auth="Logged Out", page="Login")],
    f"{FOLDER}/other versions.json": samples.OTHER_VERSIONS,
    "song_data/A/late.json": [song(2), song(3), song(4, song_id="SO00a", artist_id="AR0")],
    "song_data/A/changed.json": [song(0, title=samples.TITLES[5], duration=95.5, artist_name="Björk")],
    "song_data/A/same triple.json": [song(1, song_id="SO001", artist_id="AR8")],
}
"""Files by key; what a later delivery changes depends on the order of FIRST and REST, the final result does not."""

UNFIT = {
    f"{FOLDER}/array.json": json.dumps([play(0), play(1)]),
    f"{FOLDER}/mostly wrong.json": samples.lines([*map(play, range(40)), *[play(0, ts="now")] * 60]),
}


def _put(pipeline, files):
    for key, records in files.items():
        pipeline.put(key, samples.lines(records))


def _rejections(pipeline, folder):
    """(raw line, its reasons) of all rows in the quarantine."""
    for number, key in enumerate(pipeline.keys(LAKE, "quarantine/log_data/")):
        pipeline.s3.download_file(LAKE, key, str(folder / f"{number}.parquet"))
    query = f"SELECT raw, list_transform(_errors, e -> e.rule), _source_file FROM read_parquet('{folder}/*.parquet')"
    return [(raw, tuple(rules)) for raw, rules, file in duckdb.sql(query).fetchall() if file.endswith("/broken.json")]


def _assert_books_balance(books):
    for key, book in books.items():
        outcomes = ("loaded", "already_loaded", "repeated", "quarantined", "out_of_window", "pending")
        assert (key, book["read"]) == (key, sum(book[name] for name in outcomes))


def _ledger(pipeline):
    items = pipeline.dynamodb.scan(TableName=LEDGER)["Items"]
    return sorted(items, key=lambda item: item["file_key"]["S"])


def _bookmark(pipeline):
    return pipeline.glue.get_job_bookmark(JobName="load_sparkify")["JobBookmarkEntry"]["JobBookmark"]


def describe_sparkify():
    @pytest.mark.nightly
    @pytest.mark.timeout(600)
    def it_is_exact_after_broken_lines_late_and_changed_songs_and_a_backfill(sparkify, tmp_path):
        _put(sparkify, FIRST)
        for key, content in UNFIT.items():
            sparkify.put(key, content, valid=False)
        books = sparkify.file_books(sparkify.run())
        sparkify.assert_exact()
        _assert_books_balance(books)
        assert [books[key]["reason"] for key in UNFIT] == ["not_json", "reject_rate_exceeded"]
        assert books[f"{FOLDER}/a.json"]["repeated"] == 5
        (tmp_path / "quarantine").mkdir()
        texts = [(samples.lines([line]), reasons) for line, reasons in samples.BROKEN]
        assert sorted(_rejections(sparkify, tmp_path / "quarantine")) == sorted(texts)
        assert _songs_of(sparkify, 25, 26, 29, 36) == ["SO01", None, None, "SO00"]

        _put(sparkify, REST)
        books = sparkify.file_books(sparkify.run())
        sparkify.assert_exact()
        _assert_books_balance(books)
        assert books[f"{FOLDER}/older.json"]["already_loaded"] == 5
        assert _songs_of(sparkify, 25, 26, 29, 36) == ["SO001", "SO02", "SO00", None]

        _backfill(sparkify)


def _songs_of(pipeline, *numbers):
    songs = dict(pipeline.rows("SELECT songplay_id, song_id FROM sparkify.songplays"))
    return [songs[play_id(number)] for number in numbers]


def _backfill(pipeline):
    """Deletes two days, loads one of them again, and then the other."""
    columns = "songplay_id, start_time, level, song_id"
    days = {
        day: pipeline.rows(f"SELECT {columns} FROM sparkify.songplays WHERE start_time::date = %s", day)
        for day in ("2018-11-06", "2018-11-07")
    }
    assert all(days.values())
    for table in ("songplays", "time"):
        pipeline.execute(f"DELETE FROM sparkify.{table} WHERE start_time::date IN ('2018-11-06', '2018-11-07')")
    pipeline.put("log_data/2018/12/new.json", samples.lines([visit(3)]))
    bookmark = _bookmark(pipeline)
    ledger = _ledger(pipeline)
    books = pipeline.file_books(pipeline.run({"from_date": "2018-11-06", "to_date": "2018-11-06"}))
    _assert_books_balance(books)
    assert {book["state"] for book in books.values()} == {"BACKFILLED"}
    assert sum(book["loaded"] for book in books.values()) >= len(days["2018-11-06"])
    for day, rows in {**days, "2018-11-07": []}.items():
        found = pipeline.rows(f"SELECT {columns} FROM sparkify.songplays WHERE start_time::date = %s", day)
        assert (day, sorted(found)) == (day, sorted(rows))
    assert _bookmark(pipeline) == bookmark
    assert [item for item in _ledger(pipeline) if "/12/" not in str(item)] == ledger
    pipeline.run({"from_date": "2018-11-07"})
    pipeline.assert_exact()


def describe_a_killed_run():
    @pytest.mark.nightly
    @pytest.mark.timeout(600)
    def it_is_made_good_by_the_next_in_whatever_order_files_came(sparkify, monkeypatch):
        deaths = (("load_runs.*:commit$", "stage_songplays"), ("bookmark:save", "load_runs.*:committed$"))
        for files, (when, after) in zip((REST, FIRST), deaths, strict=True):
            _put(sparkify, dict(reversed(files.items())))
            with killing(Killer(when=when, after=after), monkeypatch) as killer:
                failures = sparkify.failures(sparkify.start_and_wait())
            assert killer.dead
            assert "KilledError" in failures["load_sparkify"]
        sparkify.run()
        sparkify.assert_exact()
        loaded = sparkify.rows("SELECT sum(loaded) FROM music.load_files WHERE source_file LIKE 'song_data/%%'")
        assert loaded == sparkify.rows("SELECT count(*) FROM sparkify.songs")
        sparkify.assert_tidy()

    @pytest.mark.slow
    @pytest.mark.timeout(7200)
    def it_is_made_good_wherever_it_died(sparkify, monkeypatch):
        """KILL_EVERY=n tries every n-th side effect."""
        _put(sparkify, FIRST)
        sparkify.run()
        _put(sparkify, REST)
        with killing(Killer(), monkeypatch) as killer:
            sparkify.run()
        for number in range(1, len(killer.seen) + 1, int(os.environ.get("KILL_EVERY", "1"))):
            sparkify.stack.reset()
            sparkify.delivered.clear()
            _put(sparkify, FIRST)
            sparkify.run()
            _put(sparkify, REST)
            with killing(Killer(at=number), monkeypatch):
                sparkify.start_and_wait()
            sparkify.run()
            try:
                sparkify.assert_exact()
            except AssertionError as error:
                effect = killer.seen[number - 1]
                raise AssertionError(f"killed before side effect {number}, {effect}: {error}") from error


def describe_any_split():
    @pytest.mark.slow
    @pytest.mark.timeout(1200)
    @pytest.mark.parametrize("seed", range(4))
    def it_gives_the_recomputation(sparkify, seed):
        rng = random.Random(seed)
        records = [(key, record) for files in (FIRST, REST) for key, some in files.items() for record in some]
        records += rng.sample(records, 20)
        rng.shuffle(records)
        events = [record for key, record in records if key.startswith("log_data/")]
        files = [("song_data", [record]) for key, record in records if key.startswith("song_data/")]
        files += [("log_data/2018/11", events[number::7]) for number in range(7)]
        rng.shuffle(files)
        numbered = [(f"{folder}/{number:02}.json", some) for number, (folder, some) in enumerate(files)]
        cuts = sorted(rng.sample(range(1, len(numbered)), 2))
        for start, end in zip([0, *cuts], [*cuts, len(numbered)], strict=True):
            _put(sparkify, dict(numbered[start:end]))
            sparkify.run()
            sparkify.assert_exact()
