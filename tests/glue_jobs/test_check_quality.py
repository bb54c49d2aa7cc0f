"""check_quality on a correct warehouse, and on one that is broken in each way that a check looks for."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from glue_jobs import check_quality
from glue_jobs.lib.contracts import tables
from glue_jobs.lib.quality import measure, suites
from glue_jobs.lib.report import subjects
from glue_jobs.lib.report.rows import FigureQuery
from glue_jobs.lib.run import arguments, session
from glue_jobs.lib.run.errors import QualityError
from glue_jobs.lib.warehouse import sql
from local_glue.job.redshift.dialect import translate

pytestmark = [pytest.mark.spark, pytest.mark.stack]

CHECKS = suites.get_suite(["streams"]).checks
FILLED = """
INSERT INTO music.users (user_id) VALUES (1), (2);
INSERT INTO music.songs (track_id, track_genre) VALUES ('a', 'pop'), ('b', 'rock');
INSERT INTO music.streams (user_id, track_id, listen_time) VALUES
  (1, 'a', '2024-06-25 01:00'), (1, 'b', '2024-06-25 01:10'), (2, 'a', '2024-06-26 02:00');
INSERT INTO music.genre_kpis (track_genre, listen_count, popularity_index) VALUES
  ('pop', 2, 0.6666666667), ('rock', 1, 0.3333333333);
INSERT INTO music.hourly_kpis (hour, total_plays) VALUES ('2024-06-25 01:00', 2), ('2024-06-26 02:00', 1);
INSERT INTO music.genre_daily_kpis (listen_date, track_genre, listen_count, popularity_index) VALUES
  ('2024-06-25', 'pop', 1, 0.5), ('2024-06-25', 'rock', 1, 0.5), ('2024-06-26', 'pop', 1, 1);
INSERT INTO music.daily_top_tracks (listen_date, track_genre, rank, track_id, listen_count) VALUES
  ('2024-06-25', 'pop', 1, 'a', 1), ('2024-06-25', 'rock', 1, 'b', 1), ('2024-06-26', 'pop', 1, 'a', 1);
INSERT INTO music.daily_top_genres (listen_date, rank, track_genre, listen_count) VALUES
  ('2024-06-25', 1, 'pop', 1), ('2024-06-25', 2, 'rock', 1), ('2024-06-26', 1, 'pop', 1);
INSERT INTO music.user_features (user_id, total_plays) VALUES (1, 2), (2, 1);
INSERT INTO music.track_totals VALUES ('a', 2), ('b', 1);
INSERT INTO music.user_track_totals (user_id, track_id, plays) VALUES (1, 'a', 1), (1, 'b', 1), (2, 'a', 1);
INSERT INTO music.user_days VALUES (1, '2024-06-25', 2), (2, '2024-06-26', 1);
INSERT INTO music.pending_streams (user_id, track_id, listen_time) VALUES (3, 'a', '2024-06-25 01:00');
INSERT INTO music.load_runs
  (run_id, pending_before, read, loaded, already_loaded, repeated, quarantined, out_of_window, pending_after)
  VALUES ('jr_1', 0, 4, 3, 0, 0, 0, 0, 1);
INSERT INTO music.load_files
  (run_id, file_key, dataset, read, loaded, already_loaded, repeated, quarantined, out_of_window, pending_after)
  VALUES ('jr_1', 's', 'streams', 4, 3, 0, 0, 0, 0, 1),
    ('jr_1', 'u', 'users', 2, 2, 0, 0, 0, 0, 0), ('jr_1', 'so', 'songs', 2, 2, 0, 0, 0, 0, 0);
UPDATE music.publication SET version = 1, run_id = 'jr_1', published_at = now() AT TIME ZONE 'UTC' - INTERVAL '1 hour';
"""

NAMED = """
UPDATE music.users SET user_country = 'Ghana', user_age = 30 WHERE user_id = 1;
UPDATE music.songs SET artists = 'Of two; Other', track_name = 'First <b>' WHERE track_id = 'a';
UPDATE music.load_runs SET job_name = 'load_streams', workflow_run_id = 'wr_1', duration_ms = 5000, files = 1,
  started_at = now() AT TIME ZONE 'UTC' - INTERVAL '2 hours';
UPDATE music.load_files SET loaded_at = now() AT TIME ZONE 'UTC', source_file = file_key, state = 'LOADED';
"""

BROKEN = {
    "streams_filled": "DELETE FROM music.streams",
    "streams_keys_unique": "INSERT INTO music.streams SELECT * FROM music.streams",
    "streams_user_id_in_users": "DELETE FROM music.users WHERE user_id = 2",
    "streams_track_id_in_songs": "DELETE FROM music.songs WHERE track_id = 'b'",
    "hourly_kpis_total_plays_sum": "UPDATE music.hourly_kpis SET total_plays = total_plays + 1",
    "genre_kpis_listen_count_sum": "DELETE FROM music.genre_kpis WHERE track_genre = 'rock'",
    "genre_daily_kpis_listen_count_sum": "UPDATE music.genre_daily_kpis SET listen_count = 2",
    "user_features_total_plays_sum": "DELETE FROM music.user_features WHERE user_id = 1",
    "track_totals_plays_sum": "UPDATE music.track_totals SET plays = 9",
    "user_track_totals_plays_sum": "DELETE FROM music.user_track_totals",
    "user_days_plays_sum": "UPDATE music.user_days SET plays = 9",
    "genre_kpis_popularity_index_shares": "UPDATE music.genre_kpis SET popularity_index = 0.6",
    "genre_daily_kpis_popularity_index_shares": "UPDATE music.genre_daily_kpis SET popularity_index = 0.4",
    "daily_top_tracks_ranks": "UPDATE music.daily_top_tracks SET rank = 2",
    "daily_top_genres_ranks": "UPDATE music.daily_top_genres SET rank = rank + 4",
    "daily_top_tracks_within_genre_daily_kpis": "UPDATE music.daily_top_tracks SET listen_count = 5",
    "daily_top_genres_within_genre_daily_kpis": "UPDATE music.daily_top_genres SET track_genre = 'jazz' WHERE rank = 2",
    "pending_streams_not_in_streams": "UPDATE music.pending_streams SET user_id = 1",
    "load_runs_balance": "UPDATE music.load_runs SET loaded = 2",
    "load_files_balance": "UPDATE music.load_files SET read = NULL WHERE dataset = 'users'",
}


A_PLAY = "INSERT INTO music.streams (user_id, track_id, listen_time, loaded_at) VALUES"
JUST_NOW = "now() AT TIME ZONE 'UTC'"
NEWLY_BROKEN = {
    "streams_keys_unique": f"{A_PLAY} (1, 'a', '2024-06-25 01:00', {JUST_NOW})",
    "streams_user_id_in_users": f"{A_PLAY} (9, 'a', '2024-06-27 01:00', {JUST_NOW})",
    "streams_track_id_in_songs": f"{A_PLAY} (1, 'z', '2024-06-27 01:00', {JUST_NOW})",
    "user_track_totals_keys_unique": f"{A_PLAY} (1, 'a', '2024-06-27 01:00', {JUST_NOW}); "
    "INSERT INTO music.user_track_totals (user_id, track_id, plays) VALUES (1, 'a', 1)",
    "user_days_keys_unique": f"{A_PLAY} (1, 'a', '2024-06-25 02:00', {JUST_NOW}); "
    "INSERT INTO music.user_days VALUES (1, '2024-06-25', 1)",
}
HALVED = "UPDATE music.user_days SET plays = 1 WHERE plays = 2; INSERT INTO music.user_days VALUES (1, '2024-06-25', 1)"
"""Of old rows, and with a sum as before: only a check of all keys finds it."""


@pytest.fixture
def warehouse(stack):
    with stack.connect("warehouse") as connection:
        yield lambda text: connection.execute(text)


@pytest.fixture
def empty(warehouse):
    warehouse("CREATE SCHEMA music AUTHORIZATION loader; SET ROLE loader")
    for statement in (*map(sql.create_table, tables.MUSIC_TABLES), sql.open_publication("music")):
        for text in translate(statement).sql:
            warehouse(text)
    return warehouse


@pytest.fixture
def filled(empty):
    empty(FILLED)
    return empty


@pytest.fixture
def check(glue_run, monkeypatch):
    def run(**options):
        config, started = glue_run(job_name="streams_check_quality", **options)
        monkeypatch.setattr(arguments, "resolve", lambda argv: config)
        monkeypatch.setattr(session, "start", lambda config, argv: started)
        check_quality.main([])
        return config

    return run


def failed_checks(warehouse):
    rows = warehouse(
        "SELECT check_name FROM music.data_quality_results WHERE outcome = 'failed' AND checked_at = "
        "(SELECT MAX(checked_at) FROM music.data_quality_results) ORDER BY check_name"
    )
    return {name for (name,) in rows.fetchall()}


def read_json(stack, prefix):
    s3 = stack.client("s3")
    [item] = s3.list_objects_v2(Bucket="music-lake", Prefix=prefix)["Contents"]
    body = s3.get_object(Bucket="music-lake", Key=item["Key"])["Body"].read().decode()
    return item["Key"], [json.loads(line) for line in body.splitlines()] if prefix == "logs/" else json.loads(body)


def test_a_right_warehouse_passes_every_check_and_leaves_a_report(stack, filled, check):
    config = check()
    assert failed_checks(filled) == set()
    key, report = read_json(stack, "reports/quality/")
    assert key.endswith(f"/{config.run_id}.json")
    assert report["outcome"] == "passed"
    assert report["checks"] > 50
    assert "Contents" not in stack.client("s3").list_objects_v2(Bucket="music-lake", Prefix="temp/")
    assert filled("SELECT version FROM music.publication").fetchall() == [(1,)]


def test_a_warehouse_that_nothing_was_ever_delivered_to_gets_warnings_only(stack, check, warehouse):
    check()
    delivered = {f"{name}_delivered" for name in ("users", "songs", "streams")}
    assert failed_checks(warehouse) == delivered | {"hours_since_publish"}
    _, entries = read_json(stack, "logs/")
    assert {entry["severity"] for entry in entries} == {"warn"}
    assert "below this prefix: users/" in next(e["message"] for e in entries if e["check"] == "users_delivered")


def test_each_check_finds_what_it_looks_for(filled, check):
    for name, damage in BROKEN.items():
        filled("BEGIN")
        filled(damage)
        found = measured_failures(filled)
        filled("ROLLBACK")
        assert name in found, name


def test_checks_of_what_is_new_find_what_new_rows_break(filled):
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    seen = {check.name: an_hour_ago for check in CHECKS}
    assert measured_failures(filled, seen=seen) == set()
    for name, damage in NEWLY_BROKEN.items():
        filled("BEGIN")
        filled(damage)
        found = measured_failures(filled, seen=seen)
        filled("ROLLBACK")
        assert name in found, name


@pytest.mark.ci
def test_old_rows_are_measured_by_sums_when_asked_for_and_until_they_are_mended(filled, check):
    check()
    filled("BEGIN")
    filled(BROKEN["streams_keys_unique"])
    assert "hourly_kpis_total_plays_sum" in measured_failures(filled, seen=seen_by(filled))
    filled("ROLLBACK")

    filled(HALVED)
    check()
    assert failed_checks(filled) == set()
    for options in ({"full": True}, {}):
        with pytest.raises(QualityError, match="user_days_keys_unique: observed 1"):
            check(**options)
    filled("DELETE FROM music.user_days; INSERT INTO music.user_days VALUES (1, '2024-06-25', 2), (2, '2024-06-26', 1)")
    check()
    filled(HALVED)
    check()
    assert failed_checks(filled) == set()


def test_a_week_begins_with_a_check_of_everything(filled, check):
    check()
    assert "streams_keys_unique" in seen_by(filled)
    assert seen_by(filled, now=datetime.now(UTC) + timedelta(days=7)) == {}


def test_a_broken_warehouse_fails_the_run_and_says_why(stack, filled, check):
    filled(BROKEN["hourly_kpis_total_plays_sum"])
    with pytest.raises(QualityError, match=r"hourly_kpis_total_plays_sum: observed 5, expected 3 \(as streams_rows\)"):
        check()
    assert failed_checks(filled) == {"hourly_kpis_total_plays_sum"}
    _, report = read_json(stack, "reports/quality/")
    assert (report["outcome"], report["errors"]) == ("failed", 1)
    _, [entry] = read_json(stack, "logs/")
    assert (entry["kind"], entry["check"], entry["observed"]) == ("quality_check", "hourly_kpis_total_plays_sum", 5)


def test_a_run_leaves_its_page_and_makes_it_the_latest(stack, filled, check):
    filled(NAMED)
    config = check()
    s3 = stack.client("s3")
    pages = s3.list_objects_v2(Bucket="music-lake", Prefix="reports/streams/")["Contents"]
    own, latest = sorted(item["Key"] for item in pages)
    assert own.endswith(f"/{config.run_id}.html")
    assert latest == "reports/streams/latest.html"
    found = s3.get_object(Bucket="music-lake", Key=latest)
    page = found["Body"].read().decode()
    assert found["ContentType"] == "text/html; charset=utf-8"
    assert s3.get_object(Bucket="music-lake", Key=own)["Body"].read().decode() == page
    for shown in (
        "The run went well",
        "Listeners by country and age",
        "Ghana",
        "Of two",
        "First &lt;b&gt;",
        ">25–34<",
        "1 file",
    ):
        assert shown in page, shown


def test_the_checks_stand_when_the_report_cannot_be_asked_for(stack, filled, check, monkeypatch):
    broken = replace(subjects.SUBJECTS["music"], questions=lambda: [FigureQuery("days", "SELECT nothing FROM nowhere")])
    monkeypatch.setitem(subjects.SUBJECTS, "music", broken)
    check()
    assert failed_checks(filled) == set()
    assert read_json(stack, "reports/quality/")[1]["checks"] > 50
    assert "The figures could not be read" in page_of(stack)


def test_the_checks_stand_when_the_report_cannot_be_drawn(stack, filled, check, monkeypatch):
    def fail(facts):
        raise RuntimeError("no ink")

    monkeypatch.setattr("glue_jobs.lib.report.write.render", fail)
    check()
    assert failed_checks(filled) == set()
    assert "Contents" not in stack.client("s3").list_objects_v2(Bucket="music-lake", Prefix="reports/streams/")


def test_what_changed_is_told_by_the_second_report(stack, filled, check):
    filled(NAMED)
    check()
    filled("INSERT INTO music.users (user_id) VALUES (9)")
    filled(
        "INSERT INTO music.load_runs SELECT 'jr_2', job_name, workflow_name, 'wr_2', now() AT TIME ZONE 'UTC', "
        "finished_at, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}', '{}', '{}' FROM music.load_runs"
    )
    check()
    page = page_of(stack)
    assert "Nothing was new" in page
    assert re.search(r"rows of users</th><td class=\"n\">2</td><td class=\"n\">3</td><td class=\"n\">\+1</td>", page)


def page_of(stack):
    return stack.client("s3").get_object(Bucket="music-lake", Key="reports/streams/latest.html")["Body"].read().decode()


def test_stale_data_is_a_warning(filled, check):
    filled("UPDATE music.publication SET published_at = published_at - INTERVAL '40 hours'")
    check()
    assert failed_checks(filled) == {"hours_since_publish"}


def seen_by(warehouse, *, now=None):
    return measure.seen_until(warehouse(measure.passed(now=now or datetime.now(UTC))).fetchall())


def measured_failures(warehouse, seen=None):
    checks = measure.narrowed(CHECKS, seen or {})
    rows = warehouse(measure.measure(checks, now=datetime.now(UTC))).fetchall()
    return {result.name for result in measure.judge(CHECKS, dict(rows)) if result.outcome == "failed"}
