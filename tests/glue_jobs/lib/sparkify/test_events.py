"""Which events are new, in any order of arrival, and the users and times that follow from them."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from chispa.dataframe_comparer import assert_df_equality
from pyspark.sql import functions as F

from glue_jobs.lib.rows.small_frames import lookup
from glue_jobs.lib.sparkify import events
from tests.glue_jobs.lib.sparkify.frames import EVENT, NOON, events_of, seconds, songplays_of, users_of

pytestmark = pytest.mark.spark

VERSIONS = (
    {},
    {"start_time": seconds(0.001)},
    {"start_time": datetime(1999, 1, 1, tzinfo=UTC)},
    {"level": "free trial"},
    {"level": 'free"'},
    {"song_title": "Sun!"},
    {"song_title": "Šun"},
    {"length_s": 99.5},
    {"length_s": 1e-7},
    {"location": None},
    {"location": "", "user_agent": None},
    {"user_agent": None},
    {"user_agent": "Mozilla\\"},
    {"location_raw": "OslÃ¶"},
)
"""Versions of one event."""


def _stored(version):
    raw = version.get("location_raw")
    return version | ({"repaired_from": f'{{"location":"{raw}"}}'} if raw else {})


def verdicts(judged):
    return sorted((row.event_id, row.page, row.file_id, row.verdict) for row in judged.collect())


def describe_build_events():
    def it_names_an_event_by_user_session_and_item(spark):
        expected = events_of(spark, {}, {"page": "Home"})
        assert_df_equality(events.build_events(as_rows(expected)), expected, ignore_nullable=True)

    def it_tells_visitors_of_one_session_apart_by_all_that_their_events_say(spark):
        visitor = {"user_id": None, "page": "Home"}
        others = ({"start_time": seconds(1)}, {"user_agent": "Lynx"}, {"location": "Bergen"})
        built = events.build_events(as_rows(events_of(spark, visitor, visitor, *(visitor | other for other in others))))
        same, again, *different = (row.event_id for row in built.collect())
        assert same == again
        assert same.startswith("-38-3-")
        assert len({same, *different}) == 4


def as_rows(wanted):
    """Checked rows of log_data that make these events."""
    fields = (f"`{name}` AS `{field}`" for name, field in events.EVENTS.items())
    return wanted.selectExpr("file_id", *fields, *(f"{field}_raw" for field in events.TEXT_FIELDS))


def describe_judge():
    def it_loads_what_is_new_and_knows_repeats(spark):
        delivered = events_of(
            spark,
            {"file_id": 1},
            {"file_id": 0},
            {"file_id": 0, "page": "Home"},
            {"file_id": 2, "item_in_session": 4},
        )
        judged = events.judge(delivered, songplays_of(spark, {"songplay_id": "7-38-4"}))
        assert verdicts(judged) == [
            ("7-38-3", "Home", 0, "loaded"),
            ("7-38-3", "NextSong", 0, "loaded"),
            ("7-38-3", "NextSong", 1, "repeated"),
            ("7-38-4", "NextSong", 2, "already_loaded"),
        ]
        assert {row.file_id for row in judged.where("is_first AND page = 'NextSong'").collect()} == {0, 2}

    def it_takes_the_place_of_a_stored_play_that_is_greater(spark):
        judged = events.judge(events_of(spark, {}), songplays_of(spark, {"start_time": seconds(5)})).first()
        assert (judged.verdict, judged.replaced_time) == ("loaded", seconds(5).replace(tzinfo=None))

    def it_prefers_the_same_version_in_one_run_and_in_two(spark):
        pairs = list(permutations(VERSIONS, 2))
        together, later, stored = [], [], []
        for session, (mine, other) in enumerate(pairs):
            here = {"session_id": session}
            together += [mine | here | {"file_id": 1}, other | here | {"file_id": 0}]
            later.append(mine | here)
            stored.append(_stored(other) | {"songplay_id": f"7-{session}-3"})
        firsts = events.judge(events_of(spark, *together), songplays_of(spark)).where("is_first AND file_id = 1")
        won = {row.session_id for row in firsts.collect()}
        judged = events.judge(events_of(spark, *later), songplays_of(spark, *stored))
        replaced = {row.session_id for row in judged.where("verdict = 'loaded'").collect()}
        assert won == replaced
        assert len(won) == len(pairs) // 2


def describe_build_songplays():
    def it_takes_new_plays_only_and_tells_what_was_repaired(spark):
        delivered = events_of(
            spark, {"location_raw": "OslÃ¶"}, {"item_in_session": 4, "page": "Home"}, {"item_in_session": 5}
        )
        judged = events.judge(delivered, songplays_of(spark, {"songplay_id": "7-38-5"}))
        (row,) = events.build_songplays(judged).collect()
        assert (row.songplay_id, row.start_time, row.song_title) == ("7-38-3", NOON.replace(tzinfo=None), "Sun")
        assert (row.repaired_from, row.raw_title, row.raw_artist) == ('{"location":"OslÃ¶"}', "Sun", "Ann")


def describe_build_users():
    @pytest.fixture
    def latest(spark):
        def run(delivered, stored=()):
            judged = events.judge(events_of(spark, *delivered), songplays_of(spark))
            rows = events.build_users(judged, users_of(spark, *stored)).collect()
            return sorted((row.user_id, row.level, row.level_session_id, row.level_item_in_session) for row in rows)

        return run

    def it_is_as_of_the_latest_play_by_time_session_and_item(latest):
        at = {"start_time": seconds(9)}
        assert latest(
            [
                {"level": "a", "start_time": seconds(8), "session_id": 99},
                {"level": "b", **at, "session_id": 39, "item_in_session": 0},
                {"level": "c", **at, "session_id": 39, "item_in_session": 1},
                {"level": "d", **at, "session_id": 38, "item_in_session": 9},
                {"level": "e", "start_time": seconds(10), "page": "Home", "session_id": 40},
                {"level": "f", "user_id": 8},
            ]
        ) == [(7, "c", 39, 1), (8, "f", 38, 3)]

    def it_is_not_changed_by_an_older_play_that_comes_late(latest):
        stored = [{"level": "paid", "level_at": seconds(5)}]
        assert latest([{}, {"start_time": seconds(4), "item_in_session": 9}], stored) == []
        assert latest([{"start_time": seconds(6), "session_id": 1}], stored) == [(7, "free", 1, 3)]

    def it_stays_when_the_same_play_comes_again(latest):
        assert latest([{}], [{}]) == []


def describe_build_time():
    def it_splits_a_moment(spark):
        moments = [datetime(2018, 11, 4, 23, 59, 59, 796000, UTC), datetime(2018, 12, 31, tzinfo=UTC)]
        times = spark.createDataFrame([(moment,) for moment in moments], "start_time timestamp")
        expected = spark.createDataFrame(
            [(moments[0], 23, 4, 44, 11, 2018, 0), (moments[1], 0, 31, 1, 12, 2018, 1)],
            "start_time timestamp, hour int, day int, week int, month int, year int, weekday int",
        )
        assert_df_equality(events.build_time(times), expected, ignore_nullable=True)


def describe_build_staging():
    def it_leaves_out_repeats_and_names_the_file(spark):
        judged = events.judge(events_of(spark, {}, {"file_id": 1}), songplays_of(spark))
        source_file = lookup(["log_data/a.json", "b"], F.col("file_id"))
        (row,) = events.build_staging(judged.withColumn("source_file", source_file)).collect()
        assert (row.event_id, row.source_file, row.first_name) == ("7-38-3", "log_data/a.json", EVENT["first_name"])
