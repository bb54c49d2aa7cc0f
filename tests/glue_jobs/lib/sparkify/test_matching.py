"""Which song a songplay gets, before and after songs are added or changed."""

import pytest

from glue_jobs.lib.sparkify import matching
from tests.glue_jobs.lib.sparkify.frames import songplays_of, songs_of

pytestmark = pytest.mark.spark


def found(frame):
    return sorted((row.songplay_id, row.song_id, row.artist_id) for row in frame.collect())


def describe_with_song():
    def it_matches_title_artist_and_duration_all_three(spark):
        plays = songplays_of(
            spark,
            {"songplay_id": "a"},
            {"songplay_id": "b", "song_title": "sun"},
            {"songplay_id": "c", "artist_name": "Ann "},
            {"songplay_id": "d", "length_s": 100.50001},
        ).drop("song_id", "artist_id")
        assert found(matching.with_song(plays, songs_of(spark, {}))) == [
            ("a", "SO1", "AR1"),
            *((name, None, None) for name in "bcd"),
        ]

    def it_takes_the_smallest_song_id_of_several(spark):
        plays = songplays_of(spark, {"songplay_id": "a"}).drop("song_id", "artist_id")
        known = songs_of(spark, {"song_id": "SO9", "artist_id": "AR0"}, {"song_id": "SO10", "artist_id": "AR5"})
        assert found(matching.with_song(plays, known)) == [("a", "SO10", "AR5")]


def describe_with_raw_match():
    def it_compares_texts_as_they_were_delivered(spark):
        plays = songplays_of(spark, {"songplay_id": "a"}, {"songplay_id": "b"}).selectExpr(
            "*", "song_title AS raw_title", "if(songplay_id = 'a', artist_name, 'AnnÃ') AS raw_artist"
        )
        repaired = songs_of(spark, {"repaired_from": '{"artist_name":"AnnÃ"}'})
        untouched = songs_of(spark, {}, {"song_id": "SO2"})
        for songs, expected in ((untouched, {"a"}), (repaired, {"b"})):
            rows = matching.with_raw_match(plays, songs).collect()
            assert len(rows) == 2
            assert {row.songplay_id for row in rows if row.matches_raw} == expected


def describe_rematched():
    def it_gives_only_plays_whose_song_is_another_now(spark):
        known = songs_of(
            spark,
            {},
            {"song_id": "SO2", "title": "Moon", "artist_id": "AR2"},
        )
        is_one, is_two = {"song_id": "SO1", "artist_id": "AR1"}, {"song_id": "SO2", "artist_id": "AR1"}
        stored = songplays_of(
            spark,
            {"songplay_id": "same", **is_one},
            {"songplay_id": "found"},
            {"songplay_id": "lost", "song_title": "Rain", **is_one},
            {"songplay_id": "unknown", "song_title": "Rain"},
            {"songplay_id": "moved artist", "song_title": "Moon", **is_two},
        )
        assert found(matching.rematched(stored, known)) == [
            ("found", "SO1", "AR1"),
            ("lost", None, None),
            ("moved artist", "SO2", "AR2"),
        ]
