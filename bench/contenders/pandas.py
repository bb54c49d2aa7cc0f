"""The work in pandas, as a careful engineer writes it: narrow types, whole columns at a time, one process."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from bench.tables import COUNTS, names, plays_of

TOP_TRACKS, TOP_GENRES = 3, 5
GZIP = {"method": "gzip", "compresslevel": 6, "mtime": 1}
"""The level of Spark's and DuckDB's gzip; pandas' own default compresses harder and takes longer."""

Counts = dict[str, int]


def main(source: Path, out: Path) -> None:
    """Reads, checks, computes, writes."""
    songs = pd.read_parquet(
        source / "dims" / "songs.parquet",
        columns=["track_id", "artists", "track_name", "popularity", "duration_ms", "track_genre"],
    )
    songs = songs.sort_values("track_id", ignore_index=True)
    songs["track_genre"] = songs["track_genre"].astype("category")
    users = pd.read_parquet(source / "dims" / "users.parquet", columns=["user_id"])
    plays, counts = read_plays(source, songs["track_id"], users["user_id"])
    for name, frame in tables(plays, songs):
        _write(out, name, frame)
    (out / COUNTS).write_text(json.dumps(counts))


def read_plays(source: Path, track_ids: pd.Series, user_ids: pd.Series) -> tuple[pd.DataFrame, Counts]:
    """The plays to load: user_id, track (row number in the sorted songs), listen_time; and the counts."""
    texts = _read(source)
    user, track, time = _users(texts["user_id"]), _tracks(texts["track_id"], track_ids), _times(texts["listen_time"])
    is_clean = (user >= 0) & (texts["track_id"].notna()) & time.notna()
    is_known = user.isin(user_ids) & (track >= 0)
    every = pd.DataFrame({"user_id": user, "track": track, "listen_time": time})
    candidates = every[is_clean & is_known]
    plays = candidates.drop_duplicates(ignore_index=True)
    unknown = texts[is_clean & ~is_known]
    waiting = len(unknown.drop_duplicates())
    counts = {
        "loaded": len(plays),
        "repeated": len(candidates) - len(plays) + len(unknown) - waiting,
        "quarantined": len(texts) - int(is_clean.sum()),
        "pending_after": waiting,
    }
    return plays, counts


def _read(source: Path) -> pd.DataFrame:
    kinds = {"user_id": "category", "track_id": "category", "listen_time": "string[pyarrow]"}
    parts = [pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values=[""]) for path in plays_of(source)]
    return pd.DataFrame(
        {
            "user_id": union_categoricals([part["user_id"] for part in parts]),
            "track_id": union_categoricals([part["track_id"] for part in parts]),
            "listen_time": pd.concat([part["listen_time"] for part in parts], ignore_index=True),
        }
    )


def _users(texts: pd.Series) -> pd.Series:
    """Ids as numbers, -1 where the text is none; parsed once for each distinct text."""
    numbers = pd.to_numeric(pd.Series(texts.cat.categories, dtype="object"), errors="coerce")
    whole = numbers.where((numbers >= 0) & (numbers % 1 == 0), -1).astype("int64").to_numpy()
    return pd.Series(np.append(whole, -1)[texts.cat.codes])


def _tracks(texts: pd.Series, track_ids: pd.Series) -> pd.Series:
    numbers = pd.Index(track_ids).get_indexer(texts.cat.categories)
    return pd.Series(np.append(numbers, -1)[texts.cat.codes].astype("int32"))


def _times(texts: pd.Series) -> pd.Series:
    times = pd.to_datetime(texts, format="%Y-%m-%d %H:%M:%S", errors="coerce")
    latest = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)
    return times.where(times.between(pd.Timestamp("1900-01-01"), latest))


def tables(plays: pd.DataFrame, songs: pd.DataFrame):
    """Each table's name and rows."""
    plays["hour"] = plays["listen_time"].dt.floor("h")
    plays["listen_date"] = plays["listen_time"].dt.floor("D")
    plays["track_genre"] = songs["track_genre"].cat.codes.to_numpy()[plays["track"]]
    plays["duration_ms"] = songs["duration_ms"].to_numpy()[plays["track"]]
    artists = _artists(songs)
    day_tracks = plays.groupby(["listen_date", "track"]).size().rename("listen_count").reset_index()
    user_tracks = (
        plays.groupby(["user_id", "track"])["listen_time"]
        .agg(plays="size", first_listen="min", last_listen="max")
        .reset_index()
    )
    user_days = plays.groupby(["user_id", "listen_date"]).size().rename("plays").reset_index()
    track_totals = plays.groupby("track").size().rename("plays").reset_index()
    yield "streams", _named(plays[["user_id", "track", "listen_time"]], songs)
    yield "track_totals", _named(track_totals, songs)
    yield "user_track_totals", _named(user_tracks, songs)
    yield "user_days", user_days
    yield "hourly_kpis", _hourly(plays, artists)
    yield "genre_daily_kpis", _genre_daily(plays, songs)
    yield "daily_top_tracks", _top_tracks(day_tracks, songs)
    yield "daily_top_genres", _top_genres(plays, songs)
    yield "genre_kpis", _genres(track_totals, songs)
    yield "user_features", _users_features(user_tracks, user_days, songs, artists)


def _artists(songs: pd.DataFrame) -> pd.DataFrame:
    """track, artist: one row per distinct name in a track's artists; names as numbers in alphabetical order."""
    names = songs["artists"].str.split(";").explode().str.strip().rename("artist").rename_axis("track")
    pairs = names[names.notna() & (names != "")].reset_index().drop_duplicates()
    return pairs.astype({"track": "int32", "artist": "category"})


def _hourly(plays: pd.DataFrame, artists: pd.DataFrame) -> pd.DataFrame:
    hours = plays.groupby("hour").agg(
        unique_listeners=("user_id", "nunique"), total_plays=("track", "size"), unique_tracks=("track", "nunique")
    )
    hour_tracks = plays.groupby(["hour", "track"]).size().rename("plays").reset_index()
    hours["top_artist"] = _top_artist(hour_tracks, "hour", artists).set_index("hour")["artist"]
    hours["track_diversity_index"] = hours["unique_tracks"] / hours["total_plays"]
    return hours.reset_index()


def _top_artist(counted: pd.DataFrame, by: str, artists: pd.DataFrame) -> pd.DataFrame:
    """By `by`: its most played artist, and how many artists it has."""
    played = counted[[by, "track", "plays"]].merge(artists, on="track")
    totals = played.groupby([by, "artist"], observed=True)["plays"].sum().reset_index()
    first = totals.sort_values([by, "plays", "artist"], ascending=[True, False, True]).drop_duplicates(by)
    return first[[by, "artist"]].merge(totals.groupby(by).size().rename("artists").reset_index(), on=by)


def _genre_daily(plays: pd.DataFrame, songs: pd.DataFrame) -> pd.DataFrame:
    days = (
        plays.groupby(["listen_date", "track_genre"])
        .agg(
            listen_count=("user_id", "size"),
            unique_listeners=("user_id", "nunique"),
            total_listening_time_ms=("duration_ms", "sum"),
        )
        .reset_index()
    )
    days["avg_listening_time_per_user_ms"] = days["total_listening_time_ms"] / days["unique_listeners"]
    days["avg_track_duration_ms"] = days["total_listening_time_ms"] / days["listen_count"]
    days["popularity_index"] = days["listen_count"] / days.groupby("listen_date")["listen_count"].transform("sum")
    return _with_genre(days, songs)


def _top_tracks(day_tracks: pd.DataFrame, songs: pd.DataFrame) -> pd.DataFrame:
    facts = songs[["track_id", "track_name", "popularity", "track_genre"]]
    ranked = day_tracks.merge(facts, left_on="track", right_index=True).sort_values(
        ["listen_date", "track_genre", "listen_count", "popularity", "track_id"],
        ascending=[True, True, False, False, True],
    )
    ranked["rank"] = ranked.groupby(["listen_date", "track_genre"], observed=True).cumcount() + 1
    return ranked[ranked["rank"] <= TOP_TRACKS]


def _top_genres(plays: pd.DataFrame, songs: pd.DataFrame) -> pd.DataFrame:
    genres = plays.groupby(["listen_date", "track_genre"]).size().rename("listen_count").reset_index()
    ranked = genres.sort_values(["listen_date", "listen_count", "track_genre"], ascending=[True, False, True])
    ranked["rank"] = ranked.groupby("listen_date").cumcount() + 1
    return _with_genre(ranked[ranked["rank"] <= TOP_GENRES], songs)


def _genres(track_totals: pd.DataFrame, songs: pd.DataFrame) -> pd.DataFrame:
    tracks = track_totals.merge(songs, left_on="track", right_index=True)
    tracks["total_ms"] = tracks["plays"] * tracks["duration_ms"]
    genres = tracks.groupby("track_genre", observed=True).agg(
        listen_count=("plays", "sum"), unique_tracks=("track", "size"), total_ms=("total_ms", "sum")
    )
    genres["avg_track_duration_ms"] = genres["total_ms"] / genres["listen_count"]
    genres["popularity_index"] = genres["listen_count"] / genres["listen_count"].sum()
    order = tracks.sort_values(["plays", "popularity", "track_id"], ascending=[False, False, True])
    return genres.reset_index().merge(order.drop_duplicates("track_genre")[["track_genre", "track_id", "track_name"]])


def _users_features(
    user_tracks: pd.DataFrame, user_days: pd.DataFrame, songs: pd.DataFrame, artists: pd.DataFrame
) -> pd.DataFrame:
    facts = songs[["popularity", "duration_ms", "track_genre"]]
    played = user_tracks.merge(facts, left_on="track", right_index=True)
    played["total_ms"] = played["plays"] * played["duration_ms"]
    users = played.groupby("user_id").agg(
        total_plays=("plays", "sum"),
        unique_tracks=("track", "size"),
        total_listening_time_ms=("total_ms", "sum"),
        first_listen=("first_listen", "min"),
        last_listen=("last_listen", "max"),
    )
    users["active_days"] = user_days.groupby("user_id").size()
    users["plays_per_active_day"] = users["total_plays"] / users["active_days"]
    best = played.sort_values(["user_id", "plays", "popularity", "track"], ascending=[True, False, False, True])
    users["top_track_id"] = songs["track_id"].to_numpy()[best.drop_duplicates("user_id")["track"]]
    genres = played.groupby(["user_id", "track_genre"], observed=True)["plays"].sum().reset_index()
    genres = genres.sort_values(["user_id", "plays", "track_genre"], ascending=[True, False, True])
    users["favourite_genre"] = genres.drop_duplicates("user_id").set_index("user_id")["track_genre"]
    top = _top_artist(played, "user_id", artists).set_index("user_id")
    users["top_artist"], users["unique_artists"] = top["artist"], top["artists"]
    return users.fillna({"unique_artists": 0}).astype({"unique_artists": "int64"}).reset_index()


def _named(frame: pd.DataFrame, songs: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(track_id=songs["track_id"].to_numpy()[frame["track"]])


def _with_genre(frame: pd.DataFrame, songs: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(track_genre=songs["track_genre"].cat.categories.to_numpy()[frame["track_genre"]])


def _write(out: Path, name: str, frame: pd.DataFrame) -> None:
    (out / name).mkdir(parents=True)
    frame.to_csv(out / name / "part.csv.gz", columns=names(name), index=False, compression=GZIP)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
