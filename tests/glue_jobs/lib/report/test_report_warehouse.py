"""The report's questions to a warehouse of 600 days: what comes back is bounded, cut into months, and drawn small."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from glue_jobs.lib.contracts import tables
from glue_jobs.lib.quality import measure
from glue_jobs.lib.quality.suites import SUITES
from glue_jobs.lib.report import ask
from glue_jobs.lib.report.facts import make_facts
from glue_jobs.lib.report.music_queries import AGE_LIMITS
from glue_jobs.lib.report.page import render
from glue_jobs.lib.report.subjects import subject_of
from glue_jobs.lib.warehouse import sql
from local_glue.job.redshift.dialect import translate

pytestmark = pytest.mark.stack

DAYS = 600
FILLED = f"""
INSERT INTO music.hourly_kpis (hour, total_plays)
  SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '1 hour', 50 + n % 24 FROM generate_series(0, {24 * DAYS - 1}) AS n;
INSERT INTO music.genre_daily_kpis (listen_date, track_genre, listen_count)
  SELECT DATE '2025-01-01' + d, 'genre ' || g, 10 + g
  FROM generate_series(0, {DAYS - 1}) AS d, generate_series(1, 100) AS g;
INSERT INTO music.genre_kpis (track_genre, listen_count, popularity_index)
  SELECT 'genre ' || g, g, 0.01 FROM generate_series(1, 100) AS g;
INSERT INTO music.users (user_id, user_country, user_age)
  SELECT n, CASE WHEN n % 9 > 0 THEN 'country ' || n % 41 END, CASE WHEN n % 7 > 0 THEN n % 90 END
  FROM generate_series(1, 2000) AS n;
INSERT INTO music.user_features (user_id, total_plays) SELECT n, 10 FROM generate_series(1, 1900) AS n;
INSERT INTO music.songs (track_id, track_name, artists)
  SELECT 't' || n, 'name ' || n, 'artist ' || n % 50 || '; artist ' || n % 50 || ';guest ' || n
  FROM generate_series(1, 3000) AS n;
INSERT INTO music.track_totals SELECT 't' || n, n FROM generate_series(1, 3000) AS n;
INSERT INTO music.load_runs (run_id, job_name, workflow_run_id, started_at, duration_ms, files, read, loaded)
  SELECT 'jr_' || n, 'load_streams', 'wr_' || n, (now() AT TIME ZONE 'UTC') - n * INTERVAL '1 day', 1000, 400, 9, 9
  FROM generate_series(0, {DAYS - 1}) AS n;
INSERT INTO music.load_files (run_id, file_key, source_file, dataset, state, read, loaded, quarantined, loaded_at)
  SELECT 'jr_' || r, 'f' || n, 'f' || n, 'streams', 'LOADED', 9, 9 - n % 2, n % 2, now() AT TIME ZONE 'UTC'
  FROM generate_series(1, 400) AS n, generate_series(0, 9) AS r;
"""


@pytest.fixture(scope="module")
def music():
    return next(suite for suite in SUITES if suite.publisher == "music")


@pytest.fixture
def answered(stack, music):
    """The rows of every figure, from a warehouse of 600 days."""
    now = datetime.now(UTC)
    with stack.connect("warehouse") as warehouse:
        warehouse.execute("CREATE SCHEMA music AUTHORIZATION loader; SET ROLE loader")
        for statement in map(sql.create_table, tables.MUSIC_TABLES):
            for text in translate(statement).sql:
                warehouse.execute(text)
        warehouse.execute(FILLED)

        def read(query, schema):
            return warehouse.execute(query).fetchall()

        return ask.ask(read, subject_of(music), music.checks, now=now)


def test_what_comes_back_is_bounded(answered):
    _, rows = answered
    assert {figure: len(found) for figure, found in rows.items()} == {
        **{"checks": len(rows["checks"]), "runs": 30, "files": 200, "file_sums": 1, "days": 600, "hours": 168},
        **{"genres_over_time": 20 * 7, "top_genres": 10, "top_tracks": 10, "top_artists": 10},
        **{"listeners": 11 * 8},
    }


def test_the_figures_are_right(answered, music):
    _, rows = answered
    assert sum(row.numbers[0] for row in rows["days"]) == sum(50 + n % 24 for n in range(24 * DAYS))
    assert sum(row.numbers[0] for row in rows["genres_over_time"]) == DAYS * sum(10 + g for g in range(1, 101))
    assert {row.numbers[3] for row in rows["hours"]} == {4}
    [first] = [row for row in rows["top_artists"] if row.numbers[0] == 1]
    # Track n was played n times; an artist who is named twice for a track counts once.
    assert (first.texts[0], first.numbers[1]) == ("artist 0", sum(range(50, 3001, 50)))
    assert rows["runs"][0].texts[1] == "load_streams"
    assert rows["file_sums"][0].numbers[0] == 400


def test_listeners_are_crossed_by_country_and_age(answered):
    _, rows = answered
    expected = Counter()
    for n in range(1, 1901):
        country = f"country {n % 41}" if n % 9 else ""
        expected[country, sum(n % 90 >= limit for limit in AGE_LIMITS) if n % 7 else 7] += 1
    of_country = Counter()
    for (country, _), users in expected.items():
        of_country[country] += users
    first = sorted(of_country, key=lambda country: (-of_country[country], country))[:10]
    found = Counter()
    for row in rows["listeners"]:
        place, band, users, plays, countries = row.numbers[:5]
        assert (plays, countries) == (10 * users, 42)
        found[row.texts[0] if place <= 10 else "others", int(band)] += users
        assert place > 10 or first[int(place) - 1] == row.texts[0]
    wanted = Counter()
    for (country, band), users in expected.items():
        wanted[country if country in first else "others", band] += users
    assert found == wanted


def test_the_page_is_small(answered, music):
    observed, rows = answered
    results = measure.judge(music.checks, observed)
    page = render(make_facts(rows, results, workflow="streams", made_at=datetime.now(UTC)))
    assert len(page.encode()) < 500_000
    assert "plays a month (UTC)" in page
    assert "200 more files of this run" in page
    assert "32 other countries" in page
