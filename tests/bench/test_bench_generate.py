import re

import pyarrow as pa
import pytest

from bench import shape
from bench.catalogue import track_ids
from bench.generate import BAD_SHARE, HEADER, REPEATED_SHARE, UNKNOWN_SHARE, generate, read_delivery
from bench.shape import Shape

SMALL = Shape(plays=20_000, files=4, users=500, tracks=300)
GOOD = re.compile(r"\d{1,3},track\d{17},2025-0[34]-\d\d \d\d:\d\d:\d\d")


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Generates into the test's folder."""
    monkeypatch.setattr(shape, "BUILD", tmp_path)
    return generate


def lines_of(folder):
    files = sorted((folder / "landing" / "streams").glob("*.csv"))
    return [path.read_text().splitlines() for path in files]


def hour_of(line):
    return line.rsplit(",", 1)[-1][:13]


def describe_generate():
    def it_gives_the_same_bytes_for_the_same_shape(made, tmp_path, monkeypatch):
        first = made(SMALL)
        monkeypatch.setattr(shape, "BUILD", tmp_path / "again")
        second = made(SMALL)
        names = sorted(path.relative_to(first) for path in first.rglob("*.*"))
        assert [(first / name).read_bytes() for name in names] == [(second / name).read_bytes() for name in names]

    def it_plants_known_shares_of_odd_lines(made):
        folder = made(SMALL)
        files, delivery = lines_of(folder), read_delivery(folder)
        assert {lines[0] for lines in files} == {HEADER}
        lines = [line for file in files for line in file[1:]]
        assert len(lines) == SMALL.plays
        odd = [line for line in lines if not GOOD.fullmatch(line)]
        assert len(odd) == delivery["quarantined"] + delivery["pending"]
        assert delivery["quarantined"] == SMALL.plays * BAD_SHARE
        assert delivery["pending"] == SMALL.plays * UNKNOWN_SHARE
        assert len(lines) - len(set(lines)) >= delivery["repeated"] == SMALL.plays * REPEATED_SHARE

    def it_counts_the_lines_of_each_file(made):
        folder = made(SMALL)
        counted = [file["lines"] for file in read_delivery(folder)["files"]]
        assert counted == [len(lines) - 1 for lines in lines_of(folder)]

    def it_is_skewed(made):
        lines = [line for file in lines_of(made(SMALL)) for line in file[1:] if GOOD.fullmatch(line)]
        tracks = [line.split(",")[1] for line in lines]
        most = max(tracks.count(track) for track in set(tracks))
        assert most > 10 * len(tracks) / SMALL.tracks

    def it_puts_a_share_into_one_hour(made):
        folder = made(Shape(plays=5_000, files=1, users=100, tracks=100, hot_share=0.5))
        hours = [hour_of(line) for line in lines_of(folder)[0][1:]]
        assert max(hours.count(hour) for hour in set(hours)) == pytest.approx(2_500, abs=200)

    def it_lets_few_users_play_and_some_plays_come_late(made):
        folder = made(Shape(plays=5_000, files=1, users=400, tracks=100, days=1, active=20, late_share=0.01))
        lines = [line for line in lines_of(folder)[0][1:] if re.match(r"\d+,track\d+,202[0-8]", line)]
        assert len({line.split(",")[0] for line in lines if len(line.split(",")[0]) < 9}) <= 20
        days = [hour_of(line)[:10] for line in lines]
        assert sum(day < "2025-03-03" for day in days) == pytest.approx(50, abs=30)


def test_the_names_of_a_million_tracks_are_one_array_too():
    names = pa.array(track_ids(1_000_000))
    assert isinstance(names, pa.Array)
    assert len(names.unique()) == 1_000_000
