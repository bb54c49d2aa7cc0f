"""Users and songs of a benchmark: as Parquet, which every contender reads, and as the CSV files that are delivered."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from bench.draw import zipf

SEED = 11
GENRES, ARTISTS_PER_TRACK = 114, 0.25
AUDIO = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness", "valence")
FIRST_SIGNUP = np.datetime64(date(2023, 4, 1))
COUNTRIES = np.array(["United States", "Ghana", "Brazil", "Deutschland", "Côte d'Ivoire", "日本"])


def track_ids(count: int) -> list[str]:
    """The ids of all tracks, each of 22 signs like Spotify's; their order says nothing of how often they are played."""
    return [f"track{number * 2_654_435_761 % 2**32:010d}{number:07d}" for number in range(count)]


def write_catalogue(folder: Path, *, users: int, tracks: int) -> None:
    """Writes `dims/{users,songs}.parquet` and `landing/{users,songs}/*.csv`."""
    pick = np.random.default_rng(SEED)
    for name, frame in (("users", _users(pick, users)), ("songs", _songs(pick, tracks))):
        for path in (folder / "dims", folder / "landing" / name):
            path.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(folder / "dims" / f"{name}.parquet", index=False)
        frame.to_csv(folder / "landing" / name / f"{name}.csv", index=False)


def _users(pick: np.random.Generator, count: int) -> pd.DataFrame:
    ids = np.arange(1, count + 1, dtype="int64")
    return pd.DataFrame(
        {
            "user_id": ids,
            "user_name": [f'Name {number}, "DJ"' if number % 97 == 0 else f"Name {number}" for number in ids],
            "user_age": pick.integers(13, 90, count, dtype="int32"),
            "user_country": COUNTRIES[zipf(pick, count, len(COUNTRIES), 1.1)],
            "created_at": (FIRST_SIGNUP + pick.integers(0, 720, count)).astype(object),
        }
    )


def _songs(pick: np.random.Generator, count: int) -> pd.DataFrame:
    numbers = np.arange(count)
    return pd.DataFrame(
        {
            "id": numbers.astype("int64"),
            "track_id": track_ids(count),
            "artists": _artists(pick, count),
            "album_name": [f"Album {number // 9}" for number in numbers],
            "track_name": [f'Song {number}, "live"' if number % 50 == 0 else f"Song {number}" for number in numbers],
            "popularity": pick.integers(0, 101, count, dtype="int32"),
            "duration_ms": np.maximum(31_000, pick.lognormal(12.2, 0.3, count)).astype("int64"),
            "explicit": pick.random(count) < 0.12,
            "track_genre": np.array([f"genre {number:03d}" for number in range(GENRES)])[
                zipf(pick, count, GENRES, 0.7)
            ],
            **{name: pick.random(count).round(3) for name in AUDIO},
            "loudness": (-pick.gamma(3, 2.7, count)).round(3),
            "tempo": pick.normal(121, 26, count).round(3),
        }
    )


def _artists(pick: np.random.Generator, count: int) -> list[str]:
    """One artist, in a quarter of the tracks two, rarely the same twice."""
    first, second = (zipf(pick, count, max(5, count // 5), 0.8) for _ in range(2))
    pairs = pick.random(count) < ARTISTS_PER_TRACK
    return [
        f"Artist {a};Artist {b}" if both else f"Artist {a}" for a, b, both in zip(first, second, pairs, strict=True)
    ]
