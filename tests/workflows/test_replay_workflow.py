"""A replay of the quarantine undoes what rules of the day and impatience had cost; DuckDB says what is right."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import samples
import star_samples

from glue_jobs.lib.rows.rule import CLOCK_SKEW

pytestmark = [pytest.mark.nightly, pytest.mark.stack, pytest.mark.spark]

PLAYS = samples.all_plays()
SOON = timedelta(seconds=45)
"""How far past the clock's allowance a play lies at first: more than the first run takes to begin its load."""


def _wait_until(moment):
    time.sleep(max(0, (moment - datetime.now(UTC)).total_seconds()))


@pytest.mark.timeout(600)
def test_streams(pipeline):
    user, track = PLAYS[0].values["user_id"], PLAYS[0].values["track_id"]
    pipeline.put("users/users.csv", samples.users())
    pipeline.put("songs/songs.csv", samples.songs([row for row in samples.tracks() if row["track_id"] != track]))
    ahead = datetime.now(UTC) + CLOCK_SKEW + SOON
    early = f"{user},{track},{ahead:%Y-%m-%d %H:%M:%S}\n"
    pipeline.put("streams/plays.csv", samples.plays(PLAYS) + early + "x,,soon\n")
    first = pipeline.file_books(pipeline.run())["streams/plays.csv"]
    assert first["quarantined_by_rule"]["listen_time_future"] == 1
    given_up = first["pending"]
    assert given_up > 0
    pipeline.run({"pending_days": "0"})
    assert pipeline.rows("SELECT count(*) FROM music.pending_streams") == [(0,)]

    pipeline.put("songs/songs.csv", samples.songs())
    _wait_until(ahead - CLOCK_SKEW)
    books = pipeline.file_books(pipeline.run({"replay": "quarantine/streams/"}))
    assert {(book["state"], book["read"]) for key, book in books.items() if key == "streams/plays.csv"} <= {
        ("REPLAYED", 2),
        ("REPLAYED", given_up),
    }
    pipeline.assert_exact()
    pipeline.assert_tidy()
    (rows,) = pipeline.rows("SELECT sum(loaded), sum(quarantined) FROM music.load_files WHERE state = 'REPLAYED'")
    assert rows == (given_up + 1, 1)

    pipeline.run({"replay": "quarantine/streams/"})
    pipeline.assert_exact()
    live = [key for key in pipeline.keys("music-lake", "quarantine/streams/") if key.endswith(".parquet")]
    assert len({key.split("/")[2] for key in live}) == 1


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_sparkify(sparkify):
    ahead = datetime.now(UTC) + CLOCK_SKEW + SOON
    early = star_samples.play(7, ts=int(ahead.timestamp() * 1000))
    plays = [early, *(star_samples.play(number) for number in range(40) if number != 7)]
    sparkify.put("log_data/2018/11/a.json", star_samples.lines([*plays, "{}}"]))
    sparkify.put("song_data/A/a.json", star_samples.lines([star_samples.song(7)]))
    books = sparkify.file_books(sparkify.run())
    assert books["log_data/2018/11/a.json"]["quarantined_by_rule"] == {"not_json": 1, "ts_future": 1}
    _wait_until(ahead - CLOCK_SKEW)
    books = sparkify.file_books(sparkify.run({"replay": "quarantine/log_data/"}))
    book = books["log_data/2018/11/a.json"]
    assert (book["state"], book["read"], book["loaded"], book["quarantined"]) == ("REPLAYED", 2, 1, 1)
    sparkify.assert_exact()
