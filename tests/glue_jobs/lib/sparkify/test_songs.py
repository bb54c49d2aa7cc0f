"""Which songs are new or changed, and what follows for their artists."""

import pytest
from chispa.dataframe_comparer import assert_df_equality

from glue_jobs.lib.contracts import sparkify as tables
from glue_jobs.lib.sparkify import songs
from tests.glue_jobs.lib.sparkify.frames import SONG, songs_of

pytestmark = pytest.mark.spark

DELIVERED = "file_id int, turn int, num_songs int, "


def describe_judge():
    @pytest.fixture
    def judge(spark):
        def run(delivered, stored=()):
            rows = [{"num_songs": 1} | change for change in delivered]
            judged = songs.judge(songs_of(spark, *rows, extra=DELIVERED), songs_of(spark, *stored))
            return sorted((row.file_id, row.song_id, row.is_last, row.verdict) for row in judged.collect())

        return run

    def it_takes_the_file_that_was_accepted_last(judge):
        assert judge(
            [{"file_id": 0, "turn": 2}, {"file_id": 1, "turn": 1, "title": "Moon"}, {"file_id": 2, "song_id": "SO2"}]
        ) == [(0, "SO1", True, "loaded"), (1, "SO1", False, "repeated"), (2, "SO2", True, "loaded")]

    def it_compares_with_what_is_stored(judge):
        same, other = {"file_id": 0, "turn": 0}, {"file_id": 1, "turn": 1, "artist_location": None}
        assert judge([same], [{}]) == [(0, "SO1", True, "already_loaded")]
        assert judge([other], [{}]) == [(1, "SO1", True, "loaded")]
        assert judge([other], [{"artist_location": None}]) == [(1, "SO1", True, "already_loaded")]
        # A, B, A: the last version is the stored one.
        assert judge([other | {"turn": -1}, same], [{}]) == [
            (0, "SO1", True, "already_loaded"),
            (1, "SO1", False, "repeated"),
        ]


def describe_overlay():
    def it_has_each_song_once_as_after_the_run(spark):
        stored = songs_of(spark, {}, {"song_id": "SO2"})
        changed = songs_of(spark, {"title": "Moon"}, {"song_id": "SO3"})
        columns = ("song_id", *songs.ATTRIBUTES)
        expected = songs_of(spark, {"title": "Moon"}, {"song_id": "SO2"}, {"song_id": "SO3"}).select(*columns)
        assert_df_equality(songs.overlay(stored, changed), expected, ignore_row_order=True, ignore_nullable=True)


def describe_build_artists():
    def it_names_an_artist_as_the_smallest_song_id_does(spark):
        known = songs_of(
            spark,
            {"song_id": "SO9", "artist_location": "Rome"},
            {"song_id": "SO10", "artist_name": "Ann B", "artist_location": None, "artist_latitude": None},
            {"song_id": "SO11", "artist_id": "AR2"},
        )
        expected = spark.createDataFrame(
            [
                ("AR1", "Ann B", None, None, SONG["artist_longitude"]),
                ("AR2", "Ann", "Oslo", SONG["artist_latitude"], SONG["artist_longitude"]),
            ],
            tables.ARTISTS.spark_schema,
        )
        assert_df_equality(songs.build_artists(known), expected, ignore_row_order=True, ignore_nullable=True)
