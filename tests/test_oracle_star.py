"""The star schema's oracle: figures calculated by hand."""

from datetime import datetime

import pytest
from oracle import Delivery, recompute_star

PLAY = (
    '{"artist":"BjÃ¶rk","auth":"Logged In","firstName":"Bo","gender":"F","itemInSession":%s,"lastName":"Lee",'
    '"length":99.5,"level":"%s","location":"","method":"PUT","page":"%s","registration":1540919166796.0,'
    '"sessionId":38,"song":"Sun","status":200,"ts":%s,"userAgent":null,"userId":"39"}'
)
SONG = (
    '{"num_songs":1,"artist_id":"%s","artist_latitude":null,"artist_longitude":null,"artist_location":"%s",'
    '"artist_name":"Björk","song_id":"%s","title":"%s","duration":99.5,"year":0}'
)
FIRST, LATER = 1541105830796, 1541105930000


@pytest.fixture
def star(tmp_path):
    lines = [
        PLAY % (3, "free", "NextSong", LATER),
        PLAY % (3, "paid", "NextSong", LATER),
        PLAY % (2, "free", "NextSong", FIRST),
        PLAY % (1, "free", "Home", LATER + 1),
        PLAY % ('"1"', "free", "NextSong", LATER + 2),
        PLAY % (5, "free", "NextSong", 1541105830),
        PLAY % (6, "free", "NextSong", LATER + 3) + "}",
    ]
    songs = [SONG % song for song in (("A2", "Oslo", "S2", "Sun"), ("A1", "Rome", "S3", "Sun"), ("A1", "", "S4", "X"))]
    deliveries = []
    for number, (dataset, text) in enumerate(
        [("log_data", "\ufeff" + "\r\n\n".join(lines)), *(("song_data", song) for song in songs)]
    ):
        (tmp_path / str(number)).write_text(text, encoding="utf-8", newline="")
        deliveries.append(Delivery(dataset, tmp_path / str(number)))
    return recompute_star(deliveries)


def describe_recompute_star():
    def it_has_each_play_once_with_its_song(star):
        columns = ["songplay_id", "level", "song_id", "artist_id", "artist_name", "repaired_from", "location"]
        found = ("free", "S2", "A2", "Björk", '{"artist_name":"BjÃ¶rk"}', None)
        assert sorted(star.rows("songplays", columns)) == [("39-38-2", *found), ("39-38-3", *found)]

    def it_takes_users_as_of_their_latest_play(star):
        assert star.rows("users", ["user_id", "level", "level_at"]) == [
            (39, "paid", datetime.fromisoformat("2018-11-01 20:58:50"))
        ]

    def it_names_artists_as_their_smallest_song_does(star):
        assert sorted(star.rows("artists", ["artist_id", "location"])) == [("A1", "Rome"), ("A2", "Oslo")]

    def it_splits_the_moments_of_plays(star):
        columns = ["start_time", "hour", "day", "week", "month", "year", "weekday"]
        assert sorted(star.rows("time", columns))[0] == (
            datetime.fromisoformat("2018-11-01 20:57:10.796"),
            *(20, 1, 44, 11, 2018, 4),
        )
