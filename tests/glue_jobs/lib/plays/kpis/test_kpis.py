"""All KPIs of a random history that is loaded in two parts, against DuckDB's answer for all of it."""

import random
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from oracle import kpis as oracle
from pyspark.sql import functions as F

from glue_jobs.lib.contracts import kpis
from glue_jobs.lib.plays.kpis import daily, genre, hourly, totals, users
from glue_jobs.lib.plays.kpis.ranking import exact_sum, most_played_number
from glue_jobs.lib.plays.tracks import numbered, with_track_id

pytestmark = pytest.mark.spark

TRACKS = "track_id string, artists string, track_name string, popularity int, duration_ms bigint, track_genre string"
PLAYS = "user_id bigint, track_id string, listen_time timestamp, is_new boolean, touches boolean"
PLAYED = ("user_id", "track", "genre", "listen_time", "is_new", "touches")
ARTISTS = ["A;B", " A ; ;B;A", None, "", ";", "é;e", "C", "B"]


@pytest.fixture(scope="module")
def history():
    """Tracks and plays; every third play is new."""
    rng = random.Random(7)
    tracks = [
        (
            f"t{number:02}",
            ARTISTS[number % len(ARTISTS)],
            None if number % 11 == 0 else f"name {number % 5}",
            None if number % 7 == 0 else rng.randint(0, 2),
            rng.choice([1000, 2500, 9_000_000_000_000_003]),
            ["pop", "rock", "Älter", "zz"][number % 4],
        )
        for number in range(24)
    ]
    start = datetime(2024, 6, 23, 22, tzinfo=UTC)
    plays = {
        (
            rng.randint(1, 9),
            f"t{min(rng.randrange(24), rng.randrange(24)):02}",
            start + timedelta(minutes=rng.randrange(3000)),
        )
        for _ in range(400)
    }
    return tracks, [(*play, number % 3 == 0, number % 3 == 0) for number, play in enumerate(sorted(plays))]


@pytest.fixture(scope="module")
def expected(history):
    tracks, plays = history
    db = duckdb.connect(":memory:")
    db.execute("SET TimeZone = 'UTC'")
    db.execute(
        "CREATE TABLE songs (track_id VARCHAR, artists VARCHAR, track_name VARCHAR, popularity INTEGER,"
        " duration_ms BIGINT, track_genre VARCHAR)"
    )
    db.executemany("INSERT INTO songs VALUES (?, ?, ?, ?, ?, ?)", tracks)
    db.execute("CREATE TABLE streams (user_id BIGINT, track_id VARCHAR, listen_time TIMESTAMP)")
    db.executemany("INSERT INTO streams VALUES (?, ?, ?)", [(u, t, at.replace(tzinfo=None)) for u, t, at, *_ in plays])
    for name, sql in oracle.QUERIES.items():
        db.execute(f"CREATE TABLE {name} AS {sql}")
    return lambda table: sorted(
        db.execute(f"SELECT {', '.join(table.column_names)} FROM {table.name}").fetchall(), key=str
    )


@pytest.fixture(scope="module", params=[True, False], ids=["few plays", "many plays"])
def frames(spark, history, request):
    """The frames of a run: the plays of all touched dates, totals before the run, tracks with their totals."""
    tracks, plays = history
    delivered = spark.createDataFrame(plays, PLAYS)
    before = delivered.where(~F.col("is_new")).groupBy("track_id").agg(F.count("*").alias("plays"))
    catalogue = spark.createDataFrame(tracks, TRACKS).join(before, on="track_id", how="left").fillna(0, ["plays"])
    known = numbered(catalogue, lambda frame: frame.cache(), few_plays=request.param)
    every = delivered.join(known.rows, on="track_id").select(*PLAYED).cache()
    old = every.where(~F.col("is_new"))
    return {
        "plays": every,
        "new": every.where("is_new"),
        "tracks": known,
        "hour_tracks": totals.build_hour_tracks(every).cache(),
        "user_tracks": old.groupBy("user_id", "track").agg(
            F.count("*").alias("plays"),
            F.min("listen_time").alias("first_listen"),
            F.max("listen_time").alias("last_listen"),
        ),
        "user_days": old.groupBy("user_id", F.to_date("listen_time").alias("listen_date")).agg(
            F.count("*").alias("plays")
        ),
    }


def rows(frame, table):
    assert frame.columns == table.column_names
    assert [kind for _, kind in frame.dtypes] == [column.spark_type for column in table.columns]
    return sorted((tuple(row) for row in frame.collect()), key=str)


def keep(expected_rows, table, keys):
    """Those of `expected_rows` whose key columns are among `keys`."""
    places = [table.column_names.index(name) for name in table.key]
    return [row for row in expected_rows if tuple(row[place] for place in places) in keys]


def describe_hour_and_day():
    def it_counts_hours_that_new_plays_touch(frames, expected):
        actual = rows(
            hourly.build_hourly_kpis(frames["plays"], frames["hour_tracks"], frames["tracks"]), kpis.HOURLY_KPIS
        )
        touched = {
            (row.hour,) for row in frames["new"].select(F.date_trunc("hour", "listen_time").alias("hour")).collect()
        }
        wanted = expected(kpis.HOURLY_KPIS)
        assert actual == keep(wanted, kpis.HOURLY_KPIS, touched)
        assert len(actual) < len(wanted)

    def it_counts_days_and_genres(frames, expected):
        days = daily.build_day_tracks(frames["hour_tracks"], frames["tracks"])
        for frame, table in (
            (daily.build_genre_daily_kpis(frames["plays"], days, frames["tracks"]), kpis.GENRE_DAILY_KPIS),
            (daily.build_daily_top_tracks(days, frames["tracks"]), kpis.DAILY_TOP_TRACKS),
            (daily.build_daily_top_genres(days, frames["tracks"]), kpis.DAILY_TOP_GENRES),
        ):
            assert rows(frame, table) == expected(table)


def describe_all_time():
    def it_moves_track_totals_and_genres(frames, expected):
        moved = totals.move_tracks(frames["tracks"], frames["hour_tracks"])
        new_keys = {(row.track_id,) for row in with_track_id(frames["new"], frames["tracks"].of("track_id")).collect()}
        assert rows(totals.build_track_totals(moved), kpis.TRACK_TOTALS) == keep(
            expected(kpis.TRACK_TOTALS), kpis.TRACK_TOTALS, new_keys
        )
        assert rows(genre.build_genre_kpis(moved), kpis.GENRE_KPIS) == expected(kpis.GENRE_KPIS)

    def it_moves_user_totals_and_features(frames, expected):
        new, days = frames["new"], frames["user_days"]
        moved = totals.move_user_tracks(new, frames["user_tracks"])
        new_keys = {
            (row.user_id, row.track_id) for row in with_track_id(new, frames["tracks"].of("track_id")).collect()
        }
        assert rows(totals.build_user_track_totals(moved, frames["tracks"]), kpis.USER_TRACK_TOTALS) == keep(
            expected(kpis.USER_TRACK_TOTALS), kpis.USER_TRACK_TOTALS, new_keys
        )
        moved_days = totals.move_user_days(new, days)
        new_days = {tuple(row) for row in new.select("user_id", F.to_date("listen_time")).distinct().collect()}
        assert rows(totals.build_user_days(moved_days), kpis.USER_DAYS) == keep(
            expected(kpis.USER_DAYS), kpis.USER_DAYS, new_days
        )
        counts = days.groupBy("user_id").agg(F.count("*").alias("active_days"))
        active = totals.build_active_days(moved_days, counts)
        features = users.build_user_features(moved, active, frames["tracks"])
        assert rows(features, kpis.USER_FEATURES) == expected(kpis.USER_FEATURES)

    def it_has_no_genres_without_plays(frames):
        unplayed = frames["tracks"].rows.withColumn("plays", F.lit(0).cast("bigint"))
        assert genre.build_genre_kpis(unplayed).collect() == []

    def it_needs_no_totals_for_the_first_plays(frames, expected):
        every = frames["plays"]
        moved, days = totals.move_user_tracks(every, None), totals.move_user_days(every, None)
        features = users.build_user_features(moved, totals.build_active_days(days, None), frames["tracks"])
        assert rows(features, kpis.USER_FEATURES) == expected(kpis.USER_FEATURES)
        assert rows(totals.build_user_track_totals(moved, frames["tracks"]), kpis.USER_TRACK_TOTALS) == expected(
            kpis.USER_TRACK_TOTALS
        )


def test_the_most_played_number_is_exact_up_to_the_widest_values(spark):
    rows = [("a", 2, 5), ("a", 2, 3), ("a", 1, 0), ("b", (1 << 31) - 1, (1 << 31) - 1), ("b", (1 << 31) - 2, 0)]
    frame = spark.createDataFrame(rows, "name string, plays bigint, number int")
    best = frame.groupBy("name").agg(most_played_number("number").alias("number"))
    assert dict(best.collect()) == {"a": 3, "b": (1 << 31) - 1}


def test_sums_are_exact_beyond_64_bits(spark):
    rows = [((1 << 63) - 1, 3), ((1 << 62) + 12345, 2), (1, 1)]
    frame = spark.createDataFrame(rows, "value bigint, times bigint")
    (total,) = frame.agg(exact_sum(F.col("value"), F.col("times"))).first()
    assert int(total) == sum(value * times for value, times in rows)
